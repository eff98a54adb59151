package jsontree

import (
	"bytes"
	"crypto/sha256"
	"hash"
)

const headBytes = 256

// hasher makes a Digest of bytes that come in pieces.
type hasher struct {
	d    Digest
	h    hash.Hash
	open bool // the last line has no newline yet
}

func newHasher(of Kind) *hasher {
	return &hasher{d: Digest{Of: of}, h: sha256.New()}
}

func (h *hasher) write(b []byte) {
	if len(b) == 0 {
		return
	}
	if room := headBytes - len(h.d.Head); room > 0 {
		h.d.Head += string(b[:min(room, len(b))])
	}
	h.d.Bytes += int64(len(b))
	h.d.Lines += int64(bytes.Count(b, []byte{'\n'}))
	h.open = b[len(b)-1] != '\n'
	h.h.Write(b)
}

func (h *hasher) sum() *Digest {
	h.h.Sum(h.d.SHA256[:0])
	if h.open {
		h.d.Lines++
	}
	return &h.d
}

// Sum digests a text.
func Sum(text string) *Digest {
	h := newHasher(String)
	h.write([]byte(text))
	return h.sum()
}

// digest reads the value that begins with c and leaves its digest in dst. The
// words true, false and null stay: their digests would hide nothing.
func (p *parser) digest(dst *Value, c int) error {
	h := newHasher(String)
	switch c {
	case '"':
		err := p.decode(h.write)
		*dst = Value{Kind: Digested, Sum: h.sum()}
		return err
	case '{':
		return p.tapped(dst, Object, p.skip)
	case '[':
		return p.tapped(dst, Array, p.skip)
	}
	if err := p.literal(dst); err != nil || dst.Kind != Number {
		return err
	}
	h.d.Of = Number
	h.write([]byte(dst.Text))
	*dst = Value{Kind: Digested, Sum: h.sum()}
	return nil
}

// rest reads what is left of an array or object, and its closing bracket, and
// leaves one digest of it in dst.
func (p *parser) rest(dst *Value, of Kind) error {
	if err := p.tapped(dst, of, p.skipRest); err != nil {
		return err
	}
	p.src.pos++
	return nil
}

// tapped leaves in dst the digest of the bytes that skip passes over.
func (p *parser) tapped(dst *Value, of Kind, skip func(*Digest) error) error {
	h := newHasher(of)
	p.src.startTap(h.write)
	err := skip(&h.d)
	p.src.stopTap()
	*dst = Value{Kind: Digested, Sum: h.sum()}
	return err
}

// skip passes over an array or object of any depth, checking only that its
// brackets and strings close.
func (p *parser) skip(d *Digest) error {
	p.src.pos++
	if err := p.skipRest(d); err != nil {
		return err
	}
	p.src.pos++
	return nil
}

// skipRest is skip from within an array or object up to its closing bracket.
func (p *parser) skipRest(d *Digest) error {
	for depth := 0; ; {
		switch p.src.peek() {
		case eof:
			return p.fault("")
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return nil
			}
			depth--
		case '"':
			if err := p.skipString(d); err != nil {
				return err
			}
			continue
		}
		p.src.pos++
	}
}

func (p *parser) skipString(d *Digest) error {
	s := &p.src
	s.pos++
	switch s.peek() {
	case '+':
		d.Added++
	case '-':
		d.Removed++
	}
	for {
		for s.pos < s.end && s.buf[s.pos] != '"' && s.buf[s.pos] != '\\' {
			s.pos++
		}
		switch s.peek() {
		case eof:
			return p.fault("")
		case '"':
			s.pos++
			return nil
		case '\\':
			s.pos++
			if s.peek() != eof {
				s.pos++
			}
		}
	}
}
