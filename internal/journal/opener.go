package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// File is an open segment, read as it was before compression.
type File interface {
	io.ReadSeeker
	io.ReaderAt
	io.Closer
}

// Opener opens a segment for reading. A nil Opener opens those that are not
// compressed; package archive has one that opens both kinds, which this package
// does not link for the hook's sake.
type Opener func(path string) (File, error)

// ErrCompressed is what a nil Opener says of a compressed segment.
var ErrCompressed = errors.New("the segment is compressed")

// open opens the segment that was listed under path, which may be compressed
// by now.
func (o Opener) open(path string) (File, error) {
	if o == nil {
		o = openPlain
	}
	f, err := o(path)
	if errors.Is(err, fs.ErrNotExist) && filepath.Base(path) != activeName {
		if zipped, again := o(path + compressedSuffix); !errors.Is(again, fs.ErrNotExist) {
			return zipped, again
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	return f, nil
}

func openPlain(path string) (File, error) {
	if strings.HasSuffix(path, compressedSuffix) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: ErrCompressed}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// firstHeader reads the header of a segment's first line; that of an empty
// segment, or of one that begins with a torn line, has seq 0.
func (o Opener) firstHeader(path string) (header, error) {
	line, err := o.firstLine(path)
	if err != nil || line == nil {
		return header{}, err
	}
	h, ok := parseHeader(line.Bytes)
	if !ok {
		return header{}, nil
	}
	return h, nil
}

// FirstTime is the timestamp of a segment's first record; zero where there is none.
func (o Opener) FirstTime(path string) (time.Time, error) {
	line, err := o.firstLine(path)
	if err != nil || line == nil {
		return time.Time{}, err
	}
	_, v, ok := parseRecord(line.Bytes)
	if !ok {
		return time.Time{}, nil
	}
	t, _ := timestampOf(v)
	return t, nil
}

// firstLine reads a segment's first line; nil if it is empty.
func (o Opener) firstLine(path string) (*Line, error) {
	f, err := o.open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	line, err := newLineReader(f).next()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read segment %s: %w", path, err)
	}
	return line, nil
}

// size is how long a segment is before compression.
func (o Opener) size(s Segment) (int64, error) {
	if !s.Compressed {
		return s.Bytes, nil
	}
	f, err := o.open(s.Path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	return f.Seek(0, io.SeekEnd)
}
