package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Reader reads the whole lines of a journal in order, across rotations, while
// others append. It takes no lock. It is not safe for concurrent use.
type Reader struct {
	data  string
	f     *os.File
	lines *lineReader
	seq   uint64 // of the last record read, and at least the open segment's first
}

// NewReader reads from the journal's beginning.
func NewReader(data string) *Reader { return &Reader{data: data} }

// NewTailReader reads from about the last n bytes on, beginning with a whole line.
func NewTailReader(data string, n int64) (*Reader, error) {
	r := NewReader(data)
	segments, err := Segments(data)
	if err != nil {
		return nil, err
	}
	for i := len(segments) - 1; i >= 0; i-- {
		if s := segments[i]; i == 0 || s.Bytes >= n {
			if h, err := firstHeader(s.Path); err == nil {
				r.seq = h.seq
			}
			return r, r.openAt(s.Path, max(0, s.Bytes-n))
		}
		n -= segments[i].Bytes
	}
	return r, nil
}

// NewReaderSince reads from the segment on that holds the first record of the
// given time or later; earlier records of that segment come first.
func NewReaderSince(data string, since time.Time) (*Reader, error) {
	r := NewReader(data)
	segments, err := Segments(data)
	if err != nil || since.IsZero() {
		return r, err
	}
	from := 0
	for i := 1; i < len(segments); i++ {
		first, err := firstTime(segments[i].Path)
		if err != nil {
			return nil, err
		}
		if first.IsZero() || !first.Before(since) {
			break
		}
		from = i
	}
	if from > 0 {
		return r, r.openAt(segments[from].Path, 0)
	}
	return r, nil
}

func firstTime(path string) (time.Time, error) {
	f, err := os.Open(path)
	if err != nil {
		return time.Time{}, fmt.Errorf("open segment: %w", err)
	}
	defer func() { _ = f.Close() }()
	line, err := newLineReader(f).next()
	if err != nil {
		return time.Time{}, nil // empty: nothing to skip
	}
	_, v, ok := parseRecord(line.Bytes)
	if !ok {
		return time.Time{}, nil
	}
	t, _ := timestampOf(v)
	return t, nil
}

// openAt continues at the first line that begins at or behind an offset.
func (r *Reader) openAt(path string, offset int64) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open segment: %w", err)
	}
	r.Close()
	r.f = f
	if offset > 0 {
		offset-- // a line begins behind a newline
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return fmt.Errorf("seek in segment %s: %w", path, err)
	}
	r.lines = newLineReader(f)
	r.lines.whole = true
	if offset > 0 {
		if _, err := r.lines.next(); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read segment %s: %w", path, err)
		}
	}
	return nil
}

// Close closes the open segment.
func (r *Reader) Close() {
	if r.f != nil {
		_ = r.f.Close()
		r.f = nil
	}
}

// Next returns the next line, torn ones included, valid until the call after.
// io.EOF says that there is none yet; a later call may have one.
func (r *Reader) Next() (*Line, error) {
	for {
		if r.f == nil {
			if err := r.openNext(); err != nil {
				return nil, err
			}
		}
		line, err := r.lines.next()
		if err == nil {
			if h, ok := parseHeader(line.Bytes); ok {
				r.seq = max(r.seq, h.seq)
			}
			return line, nil
		}
		if !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read segment %s: %w", r.f.Name(), err)
		}
		if !r.superseded() {
			return nil, io.EOF
		}
		// What was appended between the last read and the rotation.
		if line, err := r.lines.next(); err == nil {
			if h, ok := parseHeader(line.Bytes); ok {
				r.seq = max(r.seq, h.seq)
			}
			return line, nil
		}
		r.Close()
	}
}

// superseded reports whether the open segment is no longer the active one.
func (r *Reader) superseded() bool {
	mine, err := r.f.Stat()
	if err != nil {
		return true
	}
	active, err := os.Stat(ActivePath(r.data))
	return err == nil && !os.SameFile(mine, active)
}

// openNext opens the segment that holds what follows the last record read.
func (r *Reader) openNext() error {
	s, ok, err := r.following()
	if err != nil {
		return err
	}
	if !ok {
		return io.EOF
	}
	err = r.openAt(s.Path, 0)
	r.seq = max(r.seq, s.First) // a segment without a record is not opened again
	if errors.Is(err, os.ErrNotExist) {
		return io.EOF // rotated or removed meanwhile; a later call finds its successor
	}
	if err != nil || !s.Active {
		return err
	}
	// A rotation between listing and opening would have us skip a segment.
	if again, _, err := r.following(); err != nil || !again.Active {
		r.Close()
		return errors.Join(err, io.EOF)
	}
	return nil
}

func (r *Reader) following() (Segment, bool, error) {
	segments, err := Segments(r.data)
	if err != nil {
		return Segment{}, false, err
	}
	for _, s := range segments {
		if s.Active || s.First > r.seq {
			return s, true, nil
		}
	}
	return Segment{}, false, nil
}

// Follow hands every line from the reader's position on to yield, and waits for
// more until ctx ends or yield returns false. While it waits it calls idle, which
// may be nil, at every poll; false ends it, too.
func (r *Reader) Follow(ctx context.Context, poll time.Duration, yield func(*Line) bool, idle func() bool) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		line, err := r.Next()
		switch {
		case err == nil:
			if !yield(line) {
				return nil
			}
			continue
		case !errors.Is(err, io.EOF):
			return err
		}
		if idle != nil && !idle() {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
