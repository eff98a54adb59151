package archive

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sort"
)

const (
	skippableMagic = 0x184D2A5E
	seekableMagic  = 0x8F92EAB1
	withChecksums  = 0x80
	reservedBits   = 0x7c

	headerSize = 8
	entrySize  = 12
	footerSize = 9

	maxFrame  = 1 << 20 // bytes that a frame holds at most
	maxFrames = 1 << 20
)

// frame is one frame's place in the file and in what it was made of.
type frame struct {
	at, size       int64 // in the file
	offset, length int64 // before compression
	sum            uint32
}

// table is where each frame lies, in order.
type table []frame

// size is how much all frames hold.
func (t table) size() int64 {
	if len(t) == 0 {
		return 0
	}
	last := t[len(t)-1]
	return last.offset + last.length
}

// find is the index of the frame that holds the byte at offset.
func (t table) find(offset int64) int {
	return sort.Search(len(t), func(i int) bool { return t[i].offset+t[i].length > offset })
}

// append adds the frame that follows the last.
func (t table) append(size, length int64, sum uint32) table {
	f := frame{size: size, length: length, sum: sum}
	if n := len(t); n > 0 {
		f.at, f.offset = t[n-1].at+t[n-1].size, t[n-1].offset+t[n-1].length
	}
	return append(t, f)
}

func (t table) encode() []byte {
	b := make([]byte, 0, headerSize+len(t)*entrySize+footerSize)
	b = binary.LittleEndian.AppendUint32(b, skippableMagic)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t)*entrySize+footerSize))
	for _, f := range t {
		b = binary.LittleEndian.AppendUint32(b, uint32(f.size))
		b = binary.LittleEndian.AppendUint32(b, uint32(f.length))
		b = binary.LittleEndian.AppendUint32(b, f.sum)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t)))
	b = append(b, withChecksums)
	return binary.LittleEndian.AppendUint32(b, seekableMagic)
}

// readTable reads the table at the end of a file of the given size.
func readTable(f io.ReaderAt, size int64) (table, error) {
	if size < headerSize+footerSize {
		return nil, fmt.Errorf("%w: it is too short", ErrDamaged)
	}
	footer := make([]byte, footerSize)
	if _, err := f.ReadAt(footer, size-footerSize); err != nil {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(footer))
	if binary.LittleEndian.Uint32(footer[5:]) != seekableMagic || n > maxFrames {
		return nil, fmt.Errorf("%w: it does not end in a table of frames", ErrDamaged)
	}
	if footer[4]&withChecksums == 0 || footer[4]&reservedBits != 0 {
		return nil, fmt.Errorf("%w: its table is of another kind", ErrDamaged)
	}
	whole := headerSize + n*entrySize + footerSize
	if whole > size {
		return nil, fmt.Errorf("%w: its table is longer than the file", ErrDamaged)
	}
	b := make([]byte, whole)
	if _, err := f.ReadAt(b, size-whole); err != nil {
		return nil, err
	}
	return decodeTable(b, size-whole)
}

// decodeTable reads a table's bytes; the frames before it take up so many.
func decodeTable(b []byte, before int64) (t table, err error) {
	if binary.LittleEndian.Uint32(b) != skippableMagic || int(binary.LittleEndian.Uint32(b[4:])) != len(b)-headerSize {
		return nil, fmt.Errorf("%w: its table has another length", ErrDamaged)
	}
	entries := b[headerSize : len(b)-footerSize]
	t = make(table, 0, len(entries)/entrySize)
	for ; len(entries) > 0; entries = entries[entrySize:] {
		size, length := binary.LittleEndian.Uint32(entries), binary.LittleEndian.Uint32(entries[4:])
		if length == 0 || length > maxFrame || size == 0 || size > 2*maxFrame {
			return nil, fmt.Errorf("%w: frame %d cannot have %d bytes for %d", ErrDamaged, len(t), size, length)
		}
		t = t.append(int64(size), int64(length), binary.LittleEndian.Uint32(entries[8:]))
		before -= int64(size)
	}
	if before != 0 {
		return nil, fmt.Errorf("%w: its frames do not add up to the file's size", ErrDamaged)
	}
	return t, nil
}

// openTable reads an open file's table.
func openTable(f *os.File) (table, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	t, err := readTable(f, info.Size())
	if err != nil {
		return nil, damaged(f.Name(), err)
	}
	return t, nil
}
