package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"
)

// newDecoder makes a decoder for frames, safe for concurrent use, that starts no
// goroutine and takes no more memory than a frame may.
func newDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(maxFrame), zstd.WithDecoderMaxWindow(maxFrame))
}

// decodeFrame reads one frame and holds it against its checksum.
func decodeFrame(f *os.File, d *zstd.Decoder, t table, i int) ([]byte, error) {
	packed := make([]byte, t[i].size)
	if _, err := f.ReadAt(packed, t[i].at); err != nil {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: it ends within frame %d", ErrDamaged, i)
		}
		return nil, damaged(f.Name(), err)
	}
	text, err := d.DecodeAll(packed, make([]byte, 0, t[i].length))
	if err == nil && (int64(len(text)) != t[i].length || uint32(xxhash.Sum64(text)) != t[i].sum) {
		err = errors.New("it does not hold what was written")
	}
	if err != nil {
		return nil, damaged(f.Name(), fmt.Errorf("%w: frame %d: %w", ErrDamaged, i, err))
	}
	return text, nil
}

// file is a compressed segment, read as it was before.
type file struct {
	f   *os.File
	t   table
	dec *zstd.Decoder

	mu   sync.Mutex
	pos  int64
	held int // the frame in text; -1: none
	text []byte
}

func newFile(f *os.File) (*file, error) {
	t, err := openTable(f)
	if err != nil {
		return nil, err
	}
	dec, err := newDecoder()
	if err != nil {
		return nil, fmt.Errorf("start the decompression of %s: %w", f.Name(), err)
	}
	return &file{f: f, t: t, dec: dec, held: -1}, nil
}

func (r *file) Close() error {
	r.dec.Close()
	return r.f.Close()
}

func (r *file) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := r.readAt(p, r.pos)
	r.pos += int64(n)
	return n, err
}

// ReadAt reads across frames until p is full.
func (r *file) ReadAt(p []byte, offset int64) (n int, err error) {
	if offset < 0 {
		return 0, fmt.Errorf("read segment %s: negative offset", r.f.Name())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for n < len(p) && err == nil {
		var m int
		m, err = r.readAt(p[n:], offset+int64(n))
		n += m
	}
	return n, err
}

// readAt reads what the frame at offset has.
func (r *file) readAt(p []byte, offset int64) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	i := r.t.find(offset)
	if i == len(r.t) {
		return 0, io.EOF
	}
	if i != r.held {
		text, err := decodeFrame(r.f, r.dec, r.t, i)
		if err != nil {
			return 0, err
		}
		r.text, r.held = text, i
	}
	return copy(p, r.text[offset-r.t[i].offset:]), nil
}

func (r *file) Seek(offset int64, whence int) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.t.size()
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek in segment %s: negative offset", r.f.Name())
	}
	r.pos = offset
	return offset, nil
}
