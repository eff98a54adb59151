package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
