package jsontree

import "io"

const eof = -1

// source is a window over the reader. Consumers move pos; bytes that left the
// window went through tap, when one is set.
type source struct {
	r        io.Reader
	buf      []byte
	pos, end int
	read     int64 // bytes of r before buf[0]
	err      error

	tap  func([]byte) // sees every byte consumed from mark on
	mark int
}

// peek returns the byte at pos, or eof.
func (s *source) peek() int {
	if s.pos < s.end || s.fill() {
		return int(s.buf[s.pos])
	}
	return eof
}

func (s *source) offset() int64 { return s.read + int64(s.pos) }

// fill replaces a window that is used up.
func (s *source) fill() bool {
	if s.err != nil {
		return false
	}
	s.flush()
	s.read += int64(s.pos)
	s.pos, s.end, s.mark = 0, 0, 0
	for s.end == 0 && s.err == nil {
		s.end, s.err = s.r.Read(s.buf)
	}
	return s.end > 0
}

func (s *source) flush() {
	if s.tap != nil && s.pos > s.mark {
		s.tap(s.buf[s.mark:s.pos])
	}
	s.mark = s.pos
}

func (s *source) startTap(tap func([]byte)) { s.tap, s.mark = tap, s.pos }

func (s *source) stopTap() {
	s.flush()
	s.tap = nil
}

func (s *source) skipSpace() int {
	for {
		switch c := s.peek(); c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
}

// run consumes plain string bytes, at most n, within the window.
func (s *source) run(n int) []byte {
	start, end := s.pos, min(s.end, s.pos+n)
	for s.pos < end && s.buf[s.pos] != '"' && s.buf[s.pos] != '\\' && s.buf[s.pos] >= 0x20 {
		s.pos++
	}
	return s.buf[start:s.pos]
}
