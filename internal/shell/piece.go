package shell

import (
	"strings"
)

type piece struct {
	fields      []field
	lead, trail bool
}

type partial struct {
	done    []field
	cur     field
	started bool
}

func (p *partial) finish() {
	if p.started {
		p.done = append(p.done, p.cur)
	}
	p.cur, p.started = field{}, false
}

func (p partial) with(v piece) partial {
	p.done = p.done[:len(p.done):len(p.done)] // partials share what is done
	if v.lead {
		p.finish()
	}
	for i, f := range v.fields {
		if i > 0 {
			p.finish()
		}
		p.started = true
		if !p.cur.open {
			p.cur.text += f.text
			p.cur.open, p.cur.why = f.open, f.why
		}
		if len(p.cur.text) > maxWord {
			p.cur.text, p.cur.open, p.cur.why = p.cur.text[:maxWord], true, "too long a word"
		}
	}
	if v.trail {
		p.finish()
	}
	return p
}

func one(text string) []piece { return []piece{{fields: literal(text)}} }

func (r *run) pieces(s *state, v value, quoted bool) []piece {
	if v.list {
		if len(v.fields) > maxWords {
			return []piece{{fields: unknown("too many values")}}
		}
		return []piece{{fields: v.fields}}
	}
	var pieces []piece
	for _, f := range v.fields {
		if quoted {
			pieces = append(pieces, piece{fields: []field{f}})
			continue
		}
		pieces = append(pieces, r.split(s, f))
	}
	return pieces
}

func (r *run) split(s *state, f field) piece {
	ifs := r.value(s, "IFS").fields
	if len(ifs) != 1 || ifs[0].open {
		return piece{fields: unknown("IFS")}
	}
	cut := func(c rune) bool { return strings.ContainsRune(ifs[0].text, c) }
	var p piece
	for _, text := range strings.FieldsFunc(f.text, cut) {
		p.fields = append(p.fields, field{text: text})
	}
	if f.text != "" {
		p.lead = cut(rune(f.text[0]))
		p.trail = cut(rune(f.text[len(f.text)-1]))
	}
	if f.open {
		if len(p.fields) == 0 || p.trail {
			p.fields = append(p.fields, field{})
		}
		last := &p.fields[len(p.fields)-1]
		last.open, last.why, p.trail = true, f.why, false
	}
	return p
}
