package jsontree

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads a string whose opening quote is at the window's position. Of a
// long one dst gets the beginning and a digest of the whole.
func (p *parser) str(dst *Value) error {
	if text, ok := p.plain(); ok {
		*dst = Value{Kind: String, Text: text}
		return nil
	}
	room := min(p.opts.MaxText, p.opts.MaxTotal-p.total)
	room = max(room, 0)
	var kept []byte
	var long *hasher
	err := p.decode(func(b []byte) {
		if long != nil {
			long.write(b)
			return
		}
		if len(kept)+len(b) > room {
			long = newHasher(String)
			long.write(kept)
			long.write(b)
			kept = append(kept, b[:room-len(kept)]...)
			return
		}
		kept = append(kept, b...)
	})
	p.total += len(kept)
	*dst = Value{Kind: String, Text: validText(kept)}
	if long != nil {
		dst.Text = strings.TrimRight(dst.Text, string(utf8.RuneError))
		dst.Sum = long.sum()
	}
	return err
}

// plain reads a string that lies whole in the window, without an escape and
// within the limits: nearly every one.
func (p *parser) plain() (string, bool) {
	s := &p.src
	end := s.pos + 1
	for end < s.end && s.buf[end] != '"' && s.buf[end] != '\\' && s.buf[end] >= 0x20 {
		end++
	}
	n := end - s.pos - 1
	if end == s.end || s.buf[end] != '"' || n > p.opts.MaxText || n > p.opts.MaxTotal-p.total {
		return "", false
	}
	text := validText(s.buf[s.pos+1 : end])
	p.total += n
	s.pos = end + 1
	return text, true
}

func validText(b []byte) string {
	s := string(b)
	if !utf8.ValidString(s) {
		return string([]rune(s)) // one U+FFFD a byte
	}
	return s
}

// decode hands the decoded bytes of a string to emit, in pieces of a few KiB.
func (p *parser) decode(emit func([]byte)) error {
	out := p.piece[:0]
	defer func() { emit(out) }()
	var high rune // first half of a surrogate pair
	for p.src.pos++; ; {
		c := p.src.peek()
		if high != 0 && c != '\\' {
			out, high = utf8.AppendRune(out, utf8.RuneError), 0
		}
		out = append(out, p.src.run(cap(out)-len(out)-2*utf8.UTFMax)...)
		if cap(out)-len(out) <= 2*utf8.UTFMax {
			emit(out)
			out = out[:0]
			continue
		}
		switch p.src.peek() {
		case '"':
			p.src.pos++
			return nil
		case '\\':
			p.src.pos++
			unit, ok := p.escape()
			if !ok {
				return p.fault("unknown escape in a string")
			}
			out, high = joinSurrogates(out, high, unit)
		case eof:
			return p.fault("")
		default:
			if p.src.buf[p.src.pos] < 0x20 {
				return p.fault("control character in a string")
			}
		}
	}
}

// joinSurrogates appends what unit, after a pending high surrogate or 0, stands
// for, and returns the surrogate that is pending then. A lone one becomes U+FFFD.
func joinSurrogates(dst []byte, high, unit rune) ([]byte, rune) {
	if high != 0 {
		if r := utf16.DecodeRune(high, unit); r != utf8.RuneError {
			return utf8.AppendRune(dst, r), 0
		}
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	if unit >= 0xd800 && unit < 0xdc00 {
		return dst, unit
	}
	return utf8.AppendRune(dst, unit), 0 // AppendRune makes a low surrogate U+FFFD
}

// escape reads what follows a backslash: a UTF-16 code unit.
func (p *parser) escape() (rune, bool) {
	c := p.src.peek()
	if c == eof {
		return 0, false
	}
	p.src.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		return p.hex4()
	}
	p.src.pos--
	return 0, false
}

func (p *parser) hex4() (rune, bool) {
	var r rune
	for range 4 {
		c := p.src.peek()
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
		p.src.pos++
	}
	return r, true
}
