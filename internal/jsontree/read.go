package jsontree

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Options bound what Read keeps. The zero value of a limit means its default.
type Options struct {
	// Digest, if set, is asked for every member and item before it is read;
	// true leaves a Digest of it. path holds the member names from the root,
	// "[]" for an item of an array; root holds what was read so far. Neither
	// may be kept or changed.
	Digest func(path []string, root *Value) bool

	MaxText  int // bytes kept of one string; 256 KiB
	MaxTotal int // bytes kept of all strings and names; 1 MiB
	MaxNodes int // values kept; 16,384
	MaxDepth int // levels kept; 64
}

func (o *Options) setDefaults() {
	set := func(p *int, to int) {
		if *p == 0 {
			*p = to
		}
	}
	set(&o.MaxText, 256<<10)
	set(&o.MaxTotal, 1<<20)
	set(&o.MaxNodes, 16<<10)
	set(&o.MaxDepth, 64)
}

// SyntaxError says where a document stops being JSON.
type SyntaxError struct {
	Offset int64 // in bytes from the start
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not JSON at byte %d: %s", e.Offset, e.Reason)
}

// Read reads one JSON document from r, to its end. Memory stays bounded by
// opts whatever r holds, and time is linear in its length. On a fault it
// returns what it read up to there with a *SyntaxError, or the reader's error.
func Read(r io.Reader, opts Options) (*Value, error) {
	opts.setDefaults()
	p := &parser{src: source{r: r, buf: make([]byte, 32<<10)}, opts: opts, root: new(Value)}
	err := p.document()
	if p.src.err != nil && !errors.Is(p.src.err, io.EOF) {
		err = p.src.err
	}
	return p.root, err
}

type parser struct {
	src  source
	opts Options
	root *Value
	path []string

	piece [4 << 10]byte // decoded bytes on their way
	// kept so far, against the limits
	nodes, total int
}

func (p *parser) document() error {
	if err := p.value(p.root); err != nil {
		return err
	}
	if c := p.src.skipSpace(); c != eof {
		return p.fault("text after the document")
	}
	return nil
}

func (p *parser) fault(reason string) error {
	if p.src.peek() == eof {
		reason = "the document is cut short"
	}
	return &SyntaxError{Offset: p.src.offset(), Reason: reason}
}

// value reads one value into dst, or its digest where it is not wanted.
func (p *parser) value(dst *Value) error {
	c := p.src.skipSpace()
	p.nodes++
	if p.unwanted(c) {
		return p.digest(dst, c)
	}
	switch {
	case c == '"':
		return p.str(dst)
	case c == '{':
		return p.object(dst)
	case c == '[':
		return p.array(dst)
	}
	return p.literal(dst)
}

func (p *parser) unwanted(c int) bool {
	if len(p.path) > 0 && p.opts.Digest != nil && p.opts.Digest(p.path, p.root) {
		return true
	}
	return (c == '{' || c == '[') && len(p.path) >= p.opts.MaxDepth
}

func (p *parser) full() bool { return p.nodes >= p.opts.MaxNodes }

func (p *parser) object(dst *Value) error {
	dst.Kind = Object
	p.src.pos++
	if p.src.skipSpace() == '}' {
		p.src.pos++
		return nil
	}
	for {
		if p.full() {
			dst.Members = append(dst.Members, Member{Name: "…"})
			return p.rest(&dst.Members[len(dst.Members)-1].Value, Object)
		}
		if p.src.skipSpace() != '"' {
			return p.fault("expected a member name")
		}
		var name Value
		if err := p.str(&name); err != nil {
			return err
		}
		if p.src.skipSpace() != ':' {
			return p.fault("expected a colon")
		}
		p.src.pos++
		dst.Members = append(dst.Members, Member{Name: name.Text})
		if err := p.child(name.Text, &dst.Members[len(dst.Members)-1].Value); err != nil {
			return err
		}
		if done, err := p.next('}'); done || err != nil {
			return err
		}
	}
}

func (p *parser) array(dst *Value) error {
	dst.Kind = Array
	p.src.pos++
	if p.src.skipSpace() == ']' {
		p.src.pos++
		return nil
	}
	for {
		dst.Items = append(dst.Items, Value{})
		if p.full() {
			return p.rest(&dst.Items[len(dst.Items)-1], Array)
		}
		if err := p.child("[]", &dst.Items[len(dst.Items)-1]); err != nil {
			return err
		}
		if done, err := p.next(']'); done || err != nil {
			return err
		}
	}
}

func (p *parser) child(name string, dst *Value) error {
	p.path = append(p.path, name)
	err := p.value(dst)
	p.path = p.path[:len(p.path)-1]
	return err
}

// next reads what follows a member or item: a comma, or the closing bracket.
func (p *parser) next(closing int) (done bool, err error) {
	switch p.src.skipSpace() {
	case closing:
		p.src.pos++
		return true, nil
	case ',':
		p.src.pos++
		return false, nil
	}
	return false, p.fault("expected a comma or a closing bracket")
}

func (p *parser) literal(dst *Value) error {
	var text [64]byte
	n, at := 0, p.src.offset()
	for isLiteral(p.src.peek()) && n < len(text) {
		text[n] = byte(p.src.peek())
		n++
		p.src.pos++
	}
	switch s := string(text[:n]); {
	case s == "null":
		*dst = Value{Kind: Null}
	case s == "true", s == "false":
		*dst = Value{Kind: Bool, Text: s}
	case isNumber(s):
		*dst = Value{Kind: Number, Text: s}
	case p.src.peek() == eof && couldGoOn(s):
		return p.fault("")
	default:
		return &SyntaxError{Offset: at, Reason: "expected a value"}
	}
	return nil
}

// couldGoOn reports whether s may be the beginning of a literal.
func couldGoOn(s string) bool {
	return strings.HasPrefix("true", s) || strings.HasPrefix("false", s) || strings.HasPrefix("null", s) || isNumber(s+"0")
}

func isLiteral(c int) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}

// isNumber reports whether s is a number as RFC 8259, section 6, has it.
func isNumber(s string) bool {
	digits := func() bool {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		zero := n > 0 && s[0] == '0'
		s = s[n:]
		return n > 0 && (!zero || n == 1)
	}
	fraction := func() bool {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	if !digits() {
		return false
	}
	if s != "" && s[0] == '.' {
		s = s[1:]
		if !fraction() {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if !fraction() {
			return false
		}
	}
	return s == ""
}
