package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// atEnd is asked when the open segment has no more lines. It reports whether
// there may be more to read right away.
func (r *Reader) atEnd() (bool, error) {
	if r.active == nil {
		r.pass(r.segment)
		return true, nil
	}
	mine, err := r.active.Stat()
	if err != nil {
		return false, fmt.Errorf("stat segment %s: %w", r.path, err)
	}
	if mine.Size() < r.lines.offset {
		return false, r.cut("the file ends before it")
	}
	active, err := os.Stat(ActivePath(r.data))
	if errors.Is(err, fs.ErrNotExist) || err == nil && os.SameFile(mine, active) {
		r.asleep = true
		// What an append leaves unfinished it takes back: nothing of it is kept.
		return false, r.rewind(r.lines.offset)
	}
	if err != nil {
		return false, fmt.Errorf("stat the active segment: %w", err)
	}
	if !r.drained {
		r.drained = true // what was appended between the last read and the rotation
		return true, nil
	}
	return true, r.leave(mine)
}

// wake holds the place against what was read there, before anything that has been
// appended since is read: the file may have been cut and have grown again.
func (r *Reader) wake() error {
	r.asleep = false
	info, err := r.active.Stat()
	if err != nil {
		return fmt.Errorf("stat segment %s: %w", r.path, err)
	}
	if info.Size() > r.lines.offset && !r.marked(r.active) {
		return r.cut("other bytes stand there")
	}
	return nil
}

// leave goes on from a file that is no longer the active segment: it was rotated,
// and maybe compressed or removed since, or somebody put another file in its place.
func (r *Reader) leave(mine os.FileInfo) error {
	segments, err := Segments(r.data)
	if err != nil {
		return err
	}
	for _, s := range segments {
		info, err := os.Stat(s.Path)
		if !s.Active && err == nil && os.SameFile(mine, info) {
			r.pass(s.First)
			return nil
		}
	}
	if r.mark.segment != r.segment || r.mark.seq == 0 {
		r.pass(r.segment) // it had no record
		return nil
	}
	line := make([]byte, r.mark.size)
	if _, err := r.f.ReadAt(line, r.mark.offset); err != nil || !r.marked(r.f) {
		return r.cut("other bytes stand there")
	}
	next, err := NewReaderAt(r.data, Cursor{
		Journal: journalOf(line), Seq: r.mark.seq, Hash: HashLine(line), Segment: r.segment, Offset: r.mark.offset + r.mark.size + 1,
	}, r.open)
	if err != nil {
		return r.fail(err)
	}
	r.Close()
	*r = *next
	return nil
}

// pass closes the open segment, whose first record has the given number.
func (r *Reader) pass(first uint64) {
	r.Close()
	r.passed = max(r.passed, first)
}

// marked reports whether the last record read from this segment is where it was.
func (r *Reader) marked(f io.ReaderAt) bool {
	m := &r.mark
	if m.segment != r.segment || m.seq == 0 {
		return true
	}
	line := make([]byte, m.size+1)
	if _, err := f.ReadAt(line, m.offset); err != nil || line[m.size] != '\n' {
		return false
	}
	h, ok := parseHeader(line[:m.size])
	return ok && h == m.header
}

func (r *Reader) cut(detail string) error {
	return r.fail(&CursorError{Cursor: Cursor{Seq: r.mark.seq, Segment: r.segment, Offset: r.lines.offset}, Path: r.path, Detail: detail})
}

// fail makes a reader that has lost its place stay so.
func (r *Reader) fail(err error) error {
	var lost *CursorError
	if errors.As(err, &lost) {
		r.lost = lost
	}
	return err
}

// Sync makes all that was read durable. Segments but the active one are.
func (r *Reader) Sync() error {
	if r.active == nil {
		return nil
	}
	info, err := r.active.Stat()
	if err != nil {
		return fmt.Errorf("stat segment %s: %w", r.path, err)
	}
	if info.Size() == r.synced {
		return nil
	}
	if err := syncRead(r.active); err != nil {
		return fmt.Errorf("sync segment %s: %w", r.path, err)
	}
	if r.synced == 0 {
		syncDir(LogsDir(r.data))
	}
	r.synced = info.Size()
	return nil
}
