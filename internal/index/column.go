package index

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
)

// dimension is a column of values that are few in a block: they are stored as
// codes into the block's own list of values.
type dimension int

const (
	dimJournal dimension = iota
	dimHost
	dimSession
	dimProject // a pair of path and name
	dimTool
	dimEvent
	dimHook
	dimOutcome
	dimLevel
	dimOutside
	dimAgent // a subagent's id
	dimAgentName
	dimPath
	dimKind // a kind; its values are no ids
	numDims
)

// kind says what a row stands for.
type kind = uint32

const (
	kindRecord     kind = iota // a record
	kindConclusion             // a record that concludes a call
	kindRefused                // a call that never ran, of which a batch's record tells; not itself a record
	kindBegun                  // a call that nothing before its batch told of: a step of the story, and nothing else
)

func isRecord(k kind) bool { return k == kindRecord || k == kindConclusion }
func isAction(k kind) bool { return k == kindConclusion || k == kindRefused }

// integer is a column of numbers.
type integer int

const (
	intTime     integer = iota // milliseconds since 1970
	intNanos                   // nanoseconds within that
	intSeq                     // number of the record
	intSub                     // 1, 2, … for refused calls
	intSegment                 // seq of the first record of its segment
	intOffset                  // of its line there
	intSize                    // of its line
	intDuration                // milliseconds plus 1; 0 if it has none
	numInts
)

// Ids of blobs in table col: the column in the upper bits, so that one column of
// all blocks lies side by side.
const (
	sumColumn = 0  // plus the dimension: its values in the block, and how often
	dimColumn = 32 // plus the dimension: one code a row
	intColumn = 64 // plus the integer
)

func colID(column int, block int64) int64 { return int64(column)<<40 | block }

// dim is a dimension's column in one block: a code a row, into its values. They
// are in the list that is wide enough, or in none if there is only one value.
type dim struct {
	summary
	narrow []byte
	codes  []uint16
}

// at is a row's code.
func (d *dim) at(i int) uint16 {
	switch {
	case d.narrow != nil:
		return uint16(d.narrow[i])
	case d.codes != nil:
		return d.codes[i]
	}
	return 0
}

// value is a row's value.
func (d *dim) value(i int) uint32 { return d.values[d.at(i)] }

// summary lists a dimension's values in a block, and how often they occur.
type summary struct {
	values  []uint32
	records []uint32 // rows that are records
	actions []uint32 // rows that stand for a concluded call
}

// seal puts a checksum over a blob and the place it belongs to.
func seal(id int64, data []byte) []byte {
	return binary.LittleEndian.AppendUint32(data, checksum(id, data))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(id int64, data []byte) uint32 {
	var place [8]byte
	binary.LittleEndian.PutUint64(place[:], uint64(id))
	return crc32.Update(crc32.Checksum(place[:], castagnoli), castagnoli, data)
}

// unseal returns what seal was given, or a damageError.
func unseal(table string, id int64, data []byte) ([]byte, error) {
	n := len(data) - 4
	if n < 0 || binary.LittleEndian.Uint32(data[n:]) != checksum(id, data[:n]) {
		return nil, damaged("%s %d is not what was written there", table, id)
	}
	return data[:n], nil
}

// damageError says that the index is not to be trusted. It can always be made
// again from the journal.
type damageError struct{ what string }

func (e *damageError) Error() string { return "the index is damaged: " + e.what }

func damaged(format string, args ...any) error {
	return &damageError{fmt.Sprintf(format, args...)}
}

func (s *summary) encode() []byte {
	b := binary.AppendUvarint(nil, uint64(len(s.values)))
	for i, v := range s.values {
		b = binary.AppendUvarint(b, uint64(v))
		b = binary.AppendUvarint(b, uint64(s.records[i]))
		b = binary.AppendUvarint(b, uint64(s.actions[i]))
	}
	return b
}

func decodeSummary(b []byte) (s summary, err error) {
	n := next(&b)
	if n > math.MaxUint16+1 || n > uint64(len(b)) {
		return s, damaged("a block with %d values", n)
	}
	all := make([]uint32, 3*n)
	s.values, s.records, s.actions = all[:n:n], all[n:2*n:2*n], all[2*n:]
	for i := range s.values {
		s.values[i], s.records[i], s.actions[i] = uint32(next(&b)), uint32(next(&b)), uint32(next(&b))
	}
	return s, nil
}

// next reads a number off b; a missing one reads as 0.
func next(b *[]byte) uint64 {
	v, n := binary.Uvarint(*b)
	if n <= 0 {
		*b = nil
		return 0
	}
	*b = (*b)[n:]
	return v
}

// bitsOf is how many bits a code into so many values takes: 0, 1, 2, 4, 8 or 16.
func bitsOf(values int) int {
	for _, bits := range [...]int{0, 1, 2, 4, 8} {
		if values <= 1<<bits {
			return bits
		}
	}
	return 16
}

// encodeCodes packs codes, the first of a byte in its lowest bits.
func encodeCodes(codes []uint16, values int) []byte {
	bits := bitsOf(values)
	b := make([]byte, (len(codes)*bits+7)/8)
	for i, c := range codes {
		at := i * bits
		switch {
		case bits == 16:
			binary.LittleEndian.PutUint16(b[2*i:], c)
		case bits > 0:
			b[at/8] |= byte(c) << (at % 8)
		}
	}
	return b
}

// decodeCodes reads what encodeCodes wrote, which its checksum has vouched for.
// Narrow codes are unpacked into buf, if that is large enough.
func (d *dim) decodeCodes(b []byte, rows int, buf []byte) error {
	bits := bitsOf(len(d.values))
	if len(b) != (rows*bits+7)/8 {
		return damaged("a column of %d bytes for %d rows of %d bits", len(b), rows, bits)
	}
	switch bits {
	case 0:
	case 16:
		d.codes = make([]uint16, rows)
		for i := range d.codes {
			d.codes[i] = binary.LittleEndian.Uint16(b[2*i:])
		}
	default:
		if cap(buf) < rows+8 {
			buf = make([]byte, rows+8)
		}
		buf = buf[:rows+8] // a last byte may hold more codes than there are rows
		unpack(buf, b, bits)
		d.narrow = buf[:rows]
	}
	return nil
}

// unpack writes one byte for each code.
func unpack(to, b []byte, bits int) {
	switch bits {
	case 8:
		copy(to, b)
	case 4:
		for i, c := range b {
			binary.LittleEndian.PutUint16(to[2*i:], uint16(c&15)|uint16(c>>4)<<8)
		}
	case 2:
		for i, c := range b {
			c := uint32(c)
			binary.LittleEndian.PutUint32(to[4*i:], c&3|c>>2&3<<8|c>>4&3<<16|c>>6<<24)
		}
	case 1:
		for i, c := range b {
			spread := uint64(c) * 0x8040201008040201 >> 7 & 0x0101010101010101 // bits 7 to 0
			binary.BigEndian.PutUint64(to[8*i:], spread)
		}
	}
}

// encodeInts stores each number's distance from the least in as few bytes as the
// greatest distance needs.
func encodeInts(v []int64) []byte {
	least, most := v[0], v[0]
	for _, n := range v {
		least, most = min(least, n), max(most, n)
	}
	width := widthOf(uint64(most - least))
	b := append(binary.AppendVarint(nil, least), byte(width))
	for _, n := range v {
		d := uint64(n - least)
		for range width {
			b = append(b, byte(d))
			d >>= 8
		}
	}
	return b
}

func widthOf(v uint64) int {
	width := 0
	for ; v > 0; v >>= 8 {
		width++
	}
	return width
}

func decodeInts(b []byte, rows int) ([]int64, error) {
	least, n := binary.Varint(b)
	if n <= 0 || len(b) == n || len(b)-n-1 != rows*int(b[n]) || b[n] > 8 {
		return nil, damaged("a column of %d bytes for %d rows", len(b), rows)
	}
	width, b := int(b[n]), b[n+1:]
	v := make([]int64, rows)
	for i := range v {
		var d uint64
		for j := width - 1; j >= 0; j-- {
			d = d<<8 | uint64(b[i*width+j])
		}
		v[i] = least + int64(d)
	}
	return v, nil
}
