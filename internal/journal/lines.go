package journal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
)

// Line is one line of a segment.
type Line struct {
	Segment    uint64 // seq of its segment's first record, if that is known yet; a Reader sets it
	Bytes      []byte // without the newline; only the beginning of one longer than maxKept
	Size       int64  // without the newline
	Offset     int64  // of its first byte
	Number     int    // from 1
	Terminated bool   // a newline follows
	long       *Hash  // of a line that was not kept whole
	head       header // of a record; set by a Reader
	path       string // of the segment, likewise
}

// Seq is the number of the record that the line begins like; 0 if it is none.
func (l *Line) Seq() uint64 { return l.head.seq }

// Cursor is the place behind a record's line.
func (l *Line) Cursor() Cursor {
	return Cursor{Journal: journalOf(l.Bytes), Seq: l.head.seq, Hash: l.Hash(), Segment: l.Segment, Offset: l.Offset + l.Size + 1}
}

// Hash is the SHA-256 of the whole line.
func (l *Line) Hash() Hash {
	if l.long != nil {
		return *l.long
	}
	return HashLine(l.Bytes)
}

const (
	readWindow = 1 << 20
	maxKept    = readWindow
)

// lineReader splits a file into lines without copying them.
type lineReader struct {
	r          io.Reader
	buf        []byte
	start, end int
	offset     int64 // of buf[start]
	number     int
	eof        bool
	whole      bool // leave an unterminated line for later, when it may be whole
	line       Line
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{r: r, buf: make([]byte, readWindow)}
}

// reset goes on with r, which is at offset of its file.
func (l *lineReader) reset(r io.Reader, offset int64) {
	*l = lineReader{r: r, buf: l.buf, offset: offset, whole: l.whole, number: l.number}
	if offset == 0 {
		l.number = 0
	}
}

// next returns the next line, valid until the call after, or io.EOF.
func (l *lineReader) next() (*Line, error) {
	searched := 0
	for {
		window := l.buf[l.start:l.end]
		if n := bytes.IndexByte(window[searched:], '\n'); n >= 0 {
			return l.take(searched+n, true), nil
		}
		searched = len(window)
		if l.eof {
			if searched == 0 || l.whole {
				l.eof = false
				return nil, io.EOF
			}
			return l.take(searched, false), nil
		}
		if l.start == 0 && l.end == len(l.buf) {
			return l.long()
		}
		if err := l.fill(); err != nil {
			return nil, err
		}
	}
}

func (l *lineReader) take(n int, terminated bool) *Line {
	l.number++
	l.line = Line{Bytes: l.buf[l.start : l.start+n], Size: int64(n), Offset: l.offset, Number: l.number, Terminated: terminated}
	if terminated {
		n++
	}
	l.start += n
	l.offset += int64(n)
	return &l.line
}

func (l *lineReader) fill() error {
	copy(l.buf, l.buf[l.start:l.end])
	l.end -= l.start
	l.start = 0
	n, err := l.r.Read(l.buf[l.end:])
	l.end += n
	if errors.Is(err, io.EOF) {
		l.eof = true
		return nil
	}
	return err
}

// long reads a line that fills the window: no record of ours.
func (l *lineReader) long() (*Line, error) {
	h := sha256.New()
	kept := bytes.Clone(l.buf[:256])
	line := Line{Bytes: kept, Offset: l.offset, Number: l.number + 1}
	l.number++
	for {
		n := bytes.IndexByte(l.buf[:l.end], '\n')
		line.Terminated = n >= 0
		if n < 0 {
			n = l.end
		}
		h.Write(l.buf[:n])
		line.Size += int64(n)
		if line.Terminated {
			n++
		}
		l.start = n
		l.offset += int64(n)
		if line.Terminated || l.eof {
			break
		}
		if err := l.fill(); err != nil {
			return nil, err
		}
	}
	line.long = new(Hash)
	h.Sum(line.long[:0])
	l.line = line
	return &l.line, nil
}
