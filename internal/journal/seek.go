package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// CursorError says that the journal does not bear a cursor out: it was cut or
// rewritten, or is another one.
type CursorError struct {
	Cursor Cursor
	Path   string // the segment that should have the cursor's record; may be ""
	Detail string
}

func (e *CursorError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("record %d is not where it was read: %s", e.Cursor.Seq, e.Detail)
	}
	return fmt.Sprintf("record %d is not where it was read, in %s: %s", e.Cursor.Seq, e.Path, e.Detail)
}

// NewReaderAt reads on from a cursor. Where the cursor's segment was removed, with
// all before it, it begins with the first record that there is. Where the record
// before the cursor is not the one that the cursor names, or no longer there, the
// error is a *CursorError.
func NewReaderAt(data string, c Cursor, open Opener) (*Reader, error) {
	if c == (Cursor{}) {
		return NewReader(data, open), nil
	}
	var err error
	for range 4 { // segments may be rotated, compressed and removed meanwhile
		r := NewReader(data, open)
		if err = r.seek(c); err == nil {
			return r, nil
		}
		r.Close()
		var wrong *CursorError
		if !errors.As(err, &wrong) && !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return nil, err
}

func (r *Reader) seek(c Cursor) error {
	segments, err := Segments(r.data)
	if err != nil {
		return err
	}
	if len(segments) == 0 {
		return &CursorError{Cursor: c, Detail: "there is no journal"}
	}
	for i, s := range segments {
		if s.Active {
			if s.First, err = firstOf(s.Path); err != nil {
				return err
			}
		}
		switch {
		case s.First == c.Segment && c.Segment > 0:
			return r.seekIn(s, c)
		case i == 0 && s.First > c.Segment:
			return r.seekBehind(s, c)
		}
	}
	return &CursorError{Cursor: c, Detail: fmt.Sprintf("there is no segment that begins with record %d", c.Segment)}
}

// firstOf is FirstSeq of a path; 0 where the file has no record.
func firstOf(path string) (uint64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("open segment: %w", err)
	}
	defer func() { _ = f.Close() }()
	first, err := FirstSeq(f)
	if errors.Is(err, io.EOF) {
		return 0, nil
	}
	return first, err
}

// seekIn goes to c in its own segment, once the record before it is proved.
func (r *Reader) seekIn(s Segment, c Cursor) error {
	if err := r.openSegment(s, 0); err != nil {
		return err
	}
	line, err := lineBefore(r.f, c.Offset)
	if err != nil {
		return fmt.Errorf("read segment %s: %w", s.Path, err)
	}
	h, ok := parseHeader(line)
	if !ok || h.seq != c.Seq || HashLine(line) != c.Hash {
		return &CursorError{Cursor: c, Path: s.Path, Detail: "other bytes stand there"}
	}
	r.mark = mark{h, r.segment, c.Offset - 1 - int64(len(line)), int64(len(line))}
	return r.rewind(c.Offset)
}

// seekBehind begins with s, the first segment there is, if it can be what follows.
func (r *Reader) seekBehind(s Segment, c Cursor) error {
	f, err := r.open.open(s.Path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	line, err := newLineReader(f).next()
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read segment %s: %w", s.Path, err)
	}
	if err == nil {
		h, ok := parseHeader(line.Bytes)
		follows := !ok || h.seq > c.Seq && journalOf(line.Bytes) == c.Journal
		if !follows || ok && h.plain && h.seq == c.Seq+1 && h.prev != c.Hash {
			return &CursorError{Cursor: c, Path: s.Path, Detail: "its segment is gone, and what there is does not follow it"}
		}
	}
	r.passed = c.Segment
	return nil
}

// lineBefore reads the line that ends, with its newline, at an offset; nil if none does.
func lineBefore(f io.ReaderAt, offset int64) ([]byte, error) {
	for window := int64(16 << 10); offset > 0; window *= 8 {
		from := max(0, offset-window)
		b := make([]byte, offset-from)
		if _, err := f.ReadAt(b, from); errors.Is(err, io.EOF) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		if b[len(b)-1] != '\n' {
			return nil, nil
		}
		b = b[:len(b)-1]
		if start := bytes.LastIndexByte(b, '\n') + 1; start > 0 || from == 0 {
			return b[start:], nil
		}
		if window > maxKept {
			return nil, nil
		}
	}
	return nil, nil
}
