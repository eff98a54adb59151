package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Reader reads the whole lines of a journal in order, across rotations, while
// others append, and while segments behind it are compressed or removed. It takes
// no lock. It is not safe for concurrent use.
type Reader struct {
	data  string
	open  Opener
	lines *lineReader

	f       File
	path    string   // that f was opened under
	active  *os.File // f, where it was the active segment then
	drained bool     // f is no longer the active segment, and was looked at since
	asleep  bool     // f had no more when it was last looked at
	synced  int64    // so much of f is known to be durable

	segment uint64 // seq of f's first record; 0 where there is none yet
	passed  uint64 // of the last segment that was read to its end
	next    uint64 // of the one that was to be opened then
	mark    mark
	lost    *CursorError // the place is lost for good
}

// mark is the last record read: how the reader knows the place again.
type mark struct {
	header
	segment      uint64
	offset, size int64
}

// NewReader reads from the journal's beginning.
func NewReader(data string, open Opener) *Reader { return &Reader{data: data, open: open} }

// NewTailReader reads from about the last n bytes on, beginning with a whole line.
func NewTailReader(data string, n int64, open Opener) (*Reader, error) {
	r := NewReader(data, open)
	segments, err := Segments(data)
	if err != nil {
		return nil, err
	}
	for i := len(segments) - 1; i >= 0; i-- {
		size, err := open.size(segments[i])
		if err != nil {
			return nil, err
		}
		if i == 0 || size >= n {
			return r, r.openSegment(segments[i], max(0, size-n))
		}
		n -= size
	}
	return r, nil
}

// NewReaderSince reads from the segment on that holds the first record of the
// given time or later; earlier records of that segment come first.
func NewReaderSince(data string, since time.Time, open Opener) (*Reader, error) {
	r := NewReader(data, open)
	segments, err := Segments(data)
	if err != nil || since.IsZero() {
		return r, err
	}
	from := 0
	for i := 1; i < len(segments); i++ {
		first, err := open.FirstTime(segments[i].Path)
		if err != nil {
			return nil, err
		}
		if first.IsZero() || !first.Before(since) {
			break
		}
		from = i
	}
	if from > 0 {
		return r, r.openSegment(segments[from], 0)
	}
	return r, nil
}

// openSegment continues at the first line of s that begins at or behind an offset.
func (r *Reader) openSegment(s Segment, offset int64) error {
	f, err := r.open.open(s.Path)
	if err != nil {
		return err
	}
	r.Close()
	r.f, r.path, r.segment, r.drained, r.asleep, r.synced = f, s.Path, s.First, false, false, 0
	if s.Active {
		if active, ok := f.(*os.File); ok {
			r.active = active
			r.segment, _ = FirstSeq(active) // 0 until it has a record
		}
	}
	if offset > 0 {
		offset-- // a line begins behind a newline
	}
	if err := r.rewind(offset); err != nil {
		return err
	}
	if offset > 0 {
		if _, err := r.lines.next(); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read segment %s: %w", s.Path, err)
		}
	}
	return nil
}

// rewind goes on at an offset of the open file, with nothing of it in memory.
func (r *Reader) rewind(offset int64) error {
	if _, err := r.f.Seek(offset, io.SeekStart); err != nil {
		return fmt.Errorf("seek in segment %s: %w", r.path, err)
	}
	if r.lines == nil {
		r.lines = newLineReader(nil)
		r.lines.whole = true
	}
	r.lines.reset(r.f, offset)
	return nil
}

// Skip goes on behind the segment that Next last failed to read.
func (r *Reader) Skip() {
	if r.f != nil {
		r.next = r.segment
	}
	r.pass(r.next)
}

// Close closes the open segment.
func (r *Reader) Close() {
	if r.f != nil {
		_ = r.f.Close()
		r.f, r.active = nil, nil
	}
}

// Next returns the next line, torn ones included, valid until the call after.
// io.EOF says that there is none yet; a later call may have one. A *CursorError
// says that what was read is no longer there: the journal was cut or rewritten.
func (r *Reader) Next() (*Line, error) {
	if r.lost != nil {
		return nil, r.lost
	}
	for {
		if r.f == nil {
			if err := r.openNext(); err != nil {
				return nil, err
			}
		}
		if r.asleep {
			if err := r.wake(); err != nil {
				return nil, err
			}
		}
		line, err := r.lines.next()
		if err == nil {
			r.take(line)
			return line, nil
		}
		if !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read segment %s: %w", r.path, err)
		}
		more, err := r.atEnd()
		if err != nil {
			return nil, err
		}
		if !more {
			return nil, io.EOF
		}
	}
}

func (r *Reader) take(line *Line) {
	h, ok := parseHeader(line.Bytes)
	if ok && line.long == nil {
		if r.segment == 0 {
			r.segment = h.seq
		}
		r.mark = mark{h, r.segment, line.Offset, line.Size}
		line.head = h
	}
	line.Segment, line.path = r.segment, r.path
}

// openNext opens the segment that follows the last one that was passed. Rotation,
// compression and removal may all happen between listing and opening.
func (r *Reader) openNext() error {
	for range 4 {
		s, ok, err := r.following()
		if err != nil {
			return err
		}
		if !ok {
			return io.EOF
		}
		r.next = s.First
		if err = r.openSegment(s, 0); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !s.Active {
			return err
		}
		if again, _, err := r.following(); err == nil && again.Active {
			return nil
		}
		r.Close()
	}
	return io.EOF
}

func (r *Reader) following() (Segment, bool, error) {
	segments, err := Segments(r.data)
	if err != nil {
		return Segment{}, false, err
	}
	for _, s := range segments {
		if s.Active || s.First > r.passed {
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
