package shell

import "mvdan.cc/sh/v3/syntax"

func (r *run) assign(s *state, a *syntax.Assign) {
	if a.Name == nil {
		if a.Value != nil {
			for _, f := range r.text(s, a.Value) {
				if f.open {
					r.undecided(f.why)
				}
			}
		}
		return
	}
	name := a.Name.Value
	switch {
	case a.Index != nil:
		r.arithmetic(s, a.Index)
		r.text(s, a.Value)
		s.lose(name)
	case a.Array != nil:
		s.set(name, r.array(s, a))
	case a.Naked:
	case a.Append:
		s.set(name, r.appended(r.value(s, name), r.text(s, a.Value), name))
	default:
		s.set(name, value{fields: r.text(s, a.Value)})
	}
}

func (r *run) array(s *state, a *syntax.Assign) value {
	v := value{list: true}
	if a.Append {
		v.fields = append(v.fields, r.value(s, a.Name.Value).fields...)
	}
	for _, e := range a.Array.Elems {
		if e.Index != nil {
			r.arithmetic(s, e.Index)
		}
		v.fields = append(v.fields, r.word(s, e.Value)...)
	}
	if len(v.fields) > maxWords {
		return value{fields: unknown("variable $" + a.Name.Value)}
	}
	return v
}

func (r *run) appended(v value, more []field, name string) value {
	if v.list || len(v.fields)*len(more) > maxAlts {
		return value{fields: unknown("variable $" + name)}
	}
	var out []field
	for _, f := range v.fields {
		for _, m := range more {
			p := partial{cur: f, started: true}.with(piece{fields: []field{m}})
			out = append(out, p.cur)
		}
	}
	return value{fields: out}
}
