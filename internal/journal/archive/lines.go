package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"agent-telemetry/internal/journal"

	"github.com/klauspost/compress/zstd"
)

const (
	maxOpen  = 8        // files that Lines keeps open
	maxCache = 16 << 20 // bytes of decoded frames that it keeps
	maxSize  = 1 << 20  // of a line
	recheck  = time.Second
)

// Lines reads single lines of a journal by their place, wherever their segments
// are: active, rotated, compressed. It is safe for concurrent use and keeps a few
// files open and up to 16 MiB of decoded frames.
type Lines struct {
	data string

	mu     sync.Mutex
	closed bool
	dec    *zstd.Decoder // nil until the first compressed segment
	files  []*opened     // the last used first
	frames frameCache
}

// opened is a segment's file. It may have got another name since, or none.
type opened struct {
	segment uint64
	path    string
	f       *os.File
	t       table // nil for one that is not compressed
	checked time.Time
}

// NewLines reads lines of the journal in a data folder.
func NewLines(data string) *Lines { return &Lines{data: data, frames: frameCache{room: maxCache}} }

// Line returns the line of so many bytes, its newline not counted, at an offset
// of the segment that begins with the record of the given number. Of a segment
// that is gone the error is fs.ErrNotExist. What is there but is not exactly one
// line is an error.
func (l *Lines) Line(segment uint64, offset int64, size int) ([]byte, error) {
	for {
		o, err := l.open(segment)
		if err != nil {
			return nil, err
		}
		line, err := l.read(o, offset, size)
		if errors.Is(err, os.ErrClosed) {
			continue // another goroutine needed the room
		}
		return line, err
	}
}

// Close closes all files. Calls under way, and later ones, fail.
func (l *Lines) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	for _, o := range l.files {
		err = errors.Join(err, o.f.Close())
	}
	if l.dec != nil {
		l.dec.Close()
	}
	l.closed, l.files, l.frames = true, nil, frameCache{}
	return err
}

// read reads a line with the newlines around it, which prove that it is one.
func (l *Lines) read(o *opened, offset int64, size int) ([]byte, error) {
	if offset < 0 || size < 0 || size > maxSize {
		return nil, fmt.Errorf("segment %s has no line of %d bytes at %d", o.path, size, offset)
	}
	before := min(offset, 1)
	b := make([]byte, int(before)+size+1)
	if err := l.readAt(o, b, offset-before); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("it ends before that")
		}
		return nil, fmt.Errorf("read a line at %d of segment %s: %w", offset, o.path, err)
	}
	line := b[before : len(b)-1 : len(b)-1]
	if before > 0 && b[0] != '\n' || b[len(b)-1] != '\n' || bytes.IndexByte(line, '\n') >= 0 {
		return nil, fmt.Errorf("segment %s has no line of %d bytes at %d", o.path, size, offset)
	}
	return line, nil
}

func (l *Lines) readAt(o *opened, b []byte, offset int64) error {
	if o.t == nil {
		_, err := o.f.ReadAt(b, offset)
		return err
	}
	for len(b) > 0 {
		i := o.t.find(offset)
		if i == len(o.t) {
			return io.EOF
		}
		text, err := l.frame(o, i)
		if err != nil {
			return err
		}
		n := copy(b, text[offset-o.t[i].offset:])
		b, offset = b[n:], offset+int64(n)
	}
	return nil
}

// frame decodes a frame, or has it already.
func (l *Lines) frame(o *opened, i int) ([]byte, error) {
	key := frameKey{o.segment, i}
	l.mu.Lock()
	text, dec := l.frames.get(key), l.dec
	l.mu.Unlock()
	if text != nil {
		return text, nil
	}
	text, err := decodeFrame(o.f, dec, o.t, i)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frames.put(key, text)
	return text, nil
}

// open returns the segment's file, which stays open until others need the room.
func (l *Lines) open(segment uint64) (*opened, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, fmt.Errorf("read segment %d: the reader is closed", segment)
	}
	for i, o := range l.files {
		if o.segment != segment {
			continue
		}
		copy(l.files[1:i+1], l.files[:i])
		l.files[0] = o
		if o.stillThere() {
			return o, nil
		}
		_ = o.f.Close()
		l.files = l.files[1:]
		break
	}
	o, err := l.find(segment)
	if err != nil {
		return nil, err
	}
	if len(l.files) == maxOpen {
		_ = l.files[maxOpen-1].f.Close()
		l.files = l.files[:maxOpen-1]
	}
	l.files = append([]*opened{o}, l.files...)
	return o, nil
}

// stillThere looks now and then whether the file is still what its name stands
// for: one that was removed is to take up no disk, nor to give its lines away.
func (o *opened) stillThere() bool {
	if time.Since(o.checked) < recheck {
		return true
	}
	named, err := os.Stat(o.path)
	if err != nil {
		return false
	}
	mine, err := o.f.Stat()
	o.checked = time.Now()
	return err == nil && os.SameFile(named, mine)
}

// find opens the segment under whichever name it has. The active one is looked at
// on both sides of the others, since it may become one of them meanwhile.
func (l *Lines) find(segment uint64) (*opened, error) {
	older := journal.SegmentPath(l.data, segment)
	for _, path := range []string{older, older + Suffix, journal.ActivePath(l.data), older, older + Suffix} {
		o, err := l.openPath(segment, path)
		if !errors.Is(err, fs.ErrNotExist) {
			return o, err
		}
	}
	return nil, fmt.Errorf("the segment of record %d is gone: %w", segment, fs.ErrNotExist)
}

func (l *Lines) openPath(segment uint64, path string) (*opened, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	o := &opened{segment: segment, path: path, f: f, checked: time.Now()}
	switch path {
	case journal.ActivePath(l.data):
		if first, firstErr := journal.FirstSeq(f); firstErr != nil || first != segment {
			err = fs.ErrNotExist
		}
	case journal.SegmentPath(l.data, segment):
	default:
		if o.t, err = openTable(f); err == nil && l.dec == nil {
			l.dec, err = newDecoder()
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return o, nil
}
