package journal

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"agent-telemetry/internal/event"
)

// end is where a journal ends, and what the next record must say of it.
type end struct {
	Head
	last         Hash // of the last line, a torn one included
	torn         *event.Torn
	lost         *event.Lost
	unterminated bool // the active segment does not end in a newline
}

// recoverEnd reads where the journal ends from its tail: of the active segment,
// or of the newest other one where the active has no record.
func recoverEnd(data string, active *os.File) (end, error) {
	e, err := endOf(active)
	if err != nil || e.Seq > 0 {
		if err == nil {
			e.First, err = FirstSeq(active)
		}
		return e, err
	}
	segments, err := Segments(data)
	if err != nil {
		return e, err
	}
	for i := len(segments) - 1; i >= 0; i-- {
		if segments[i].Active {
			continue
		}
		if segments[i].Compressed {
			return e, fmt.Errorf("recover the journal's end from %s: %w", segments[i].Path, ErrCompressed)
		}
		older, err := endOfPath(segments[i].Path)
		if err != nil {
			return e, err
		}
		if older.Seq > 0 {
			return joinEnds(older, e), nil
		}
	}
	return joinEnds(end{}, e), nil
}

// joinEnds is the end of a journal whose last record is older's, while the
// active segment has only torn lines, or none.
func joinEnds(older, active end) end {
	older.First, older.Offset, older.unterminated = 0, active.Offset, active.unterminated
	if active.torn == nil {
		return older
	}
	older.last = active.last
	if older.torn == nil {
		older.torn = &event.Torn{After: older.Hash.String()}
	}
	older.torn.Lines = append(older.torn.Lines, active.torn.Lines...)
	return older
}

func endOfPath(path string) (end, error) {
	f, err := os.Open(path)
	if err != nil {
		return end{}, fmt.Errorf("recover the journal's end: %w", err)
	}
	defer func() { _ = f.Close() }()
	return endOf(f)
}

// endOf looks at ever more of a file's tail until it holds a whole record.
func endOf(f *os.File) (end, error) {
	info, err := f.Stat()
	if err != nil {
		return end{}, fmt.Errorf("recover the journal's end: %w", err)
	}
	for window := int64(2 * MaxLine); ; window *= 8 {
		from := max(0, info.Size()-window)
		tail := make([]byte, info.Size()-from)
		if _, err := f.ReadAt(tail, from); err != nil && err != io.EOF {
			return end{}, fmt.Errorf("read the tail of %s: %w", f.Name(), err)
		}
		e := parseTail(tail, from == 0)
		e.Offset = info.Size()
		if e.Seq > 0 || from == 0 {
			return e, nil
		}
	}
}

// parseTail finds the last whole record in the end of a file, and what follows it.
func parseTail(tail []byte, whole bool) end {
	var e end
	lines := bytes.Split(tail, []byte{'\n'})
	e.unterminated = len(lines[len(lines)-1]) > 0
	lines = lines[: len(lines)-1 : len(lines)-1]
	if e.unterminated {
		lines = append(lines, tail[bytes.LastIndexByte(tail, '\n')+1:])
	}
	last := len(lines) - 1
	for ; last >= 0; last-- {
		if last == 0 && !whole {
			return end{}
		}
		if e.takeRecord(lines[last]) {
			break
		}
	}
	for _, torn := range lines[last+1:] {
		if e.torn == nil {
			e.torn = &event.Torn{After: e.Hash.String()}
		}
		e.last = HashLine(torn)
		e.torn.Lines = append(e.torn.Lines, event.TornLine{Bytes: int64(len(torn)), Hash: e.last.String()})
	}
	return e
}

func (e *end) takeRecord(line []byte) bool {
	h, v, ok := parseRecord(line)
	if !ok || h.seq == 0 {
		return false
	}
	t, ok := timestampOf(v)
	if !ok {
		return false
	}
	e.Seq, e.Time, e.Journal = h.seq, t, v.Str("metadata", "journal")
	e.Hash = HashLine(line)
	e.last = e.Hash
	return true
}

// FirstSeq reads the number of a segment's first record, which names the segment
// for good. It is an error if there is none.
func FirstSeq(f *os.File) (uint64, error) {
	start := make([]byte, 256)
	n, err := f.ReadAt(start, 0)
	if err != nil && err != io.EOF {
		return 0, fmt.Errorf("read the first line of %s: %w", f.Name(), err)
	}
	line := append(start[:n:n], '}') // parseHeader wants a line's end
	if h, ok := parseHeader(line); ok {
		return h.seq, nil
	}
	return firstWhole(f)
}

// firstWhole is firstSeq where torn lines come first.
func firstWhole(f *os.File) (uint64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("stat %s: %w", f.Name(), err)
	}
	lines := newLineReader(io.NewSectionReader(f, 0, info.Size()))
	for {
		line, err := lines.next()
		if err != nil {
			return 0, fmt.Errorf("%s has no whole record: %w", f.Name(), err)
		}
		if h, ok := parseHeader(line.Bytes); ok {
			return h.seq, nil
		}
	}
}

// lostSince says what the head knew that the file has not, or nil.
func lostSince(head Head, e end) *event.Lost {
	same := head.Journal == e.Journal
	if same && (head.Seq < e.Seq || head.Seq == e.Seq && head.Hash == e.Hash) {
		return nil
	}
	return &event.Lost{Journal: head.Journal, Seq: head.Seq, Hash: head.Hash.String()}
}
