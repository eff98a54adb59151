package shell

import "mvdan.cc/sh/v3/syntax"

// words expands shell words to the fields a command gets. Substitutions inside them are walked on the way.
// A word of several values yields the fields of all of them.
func (r *run) words(s *state, words []*syntax.Word) []arg {
	var args []arg
	for _, w := range words {
		raw := r.source(w)
		for _, f := range r.word(s, w) {
			args = append(args, arg{f, raw})
		}
		if len(args) > maxUses {
			r.undecided("too many words")
			break
		}
	}
	return args
}

// arg is a field and how it was written.
type arg struct {
	field
	raw string
}

func (r *run) source(n syntax.Node) string {
	from, to := bounds(r.src, n)
	return r.src[from:to]
}

// word expands one word, braces and field splitting included.
func (r *run) word(s *state, w *syntax.Word) []field {
	if w == nil || !r.spend(1) {
		return nil
	}
	var fields []field
	for _, plain := range r.braces(w) {
		fields = append(fields, r.parts(s, plain.Parts, false)...)
	}
	for _, f := range fields {
		r.spend(len(f.text) / 512)
	}
	return fields
}

// text expands a word that is not split: the right side of an assignment, a redirection, a here-document.
// The result is alternatives.
func (r *run) text(s *state, w *syntax.Word) []field {
	if w == nil || !r.spend(1) {
		return literal("")
	}
	fields := r.parts(s, w.Parts, true)
	if len(fields) == 0 {
		return literal("")
	}
	return fields
}

// piece is one alternative for a part of a word. Breaks at its ends separate it from its neighbours.
// partial is a list of fields under construction.
// parts joins the parts of a word; quoted ones are not split.
func (r *run) parts(s *state, parts []syntax.WordPart, quoted bool) []field {
	partials := []partial{{}}
	for i, part := range parts {
		pieces := r.part(s, part, quoted, i == 0)
		if len(partials)*len(pieces) > maxWords {
			pieces = []piece{{fields: unknown("too many values")}}
		}
		next := make([]partial, 0, len(partials)*len(pieces))
		for _, p := range partials {
			for _, v := range pieces {
				next = append(next, p.with(v))
			}
		}
		partials = next
	}
	var fields []field
	for _, p := range partials {
		p.finish()
		fields = append(fields, p.done...)
	}
	return fields
}

// part gives the alternatives of one part of a word.
func (r *run) part(s *state, part syntax.WordPart, quoted, first bool) []piece {
	switch n := part.(type) {
	case *syntax.Lit:
		return r.lit(n.Value, first)
	case *syntax.SglQuoted:
		if n.Dollar {
			return one(ansiC(n.Value))
		}
		return one(n.Value)
	case *syntax.DblQuoted:
		return r.doubleQuoted(s, n)
	case *syntax.ParamExp:
		return r.pieces(s, r.param(s, n), quoted)
	case *syntax.CmdSubst:
		sub := r.fork(s)
		out := r.list(sub, n.Stmts, input{})
		if out == nil {
			out = unknown("$(…)")
		}
		return r.pieces(s, value{fields: out}, quoted)
	case *syntax.ArithmExp:
		r.arithmetic(s, n.X)
		return one("0")
	case *syntax.ProcSubst:
		r.list(r.fork(s), n.Stmts, input{})
		return one(procSubst)
	case *syntax.ExtGlob:
		return one(n.Op.String() + n.Pattern.Value + ")")
	}
	return []piece{{fields: unknown("a word")}}
}

// procSubst stands for the file descriptor of a process substitution.
const procSubst = "/dev/fd/63"

func (r *run) doubleQuoted(s *state, n *syntax.DblQuoted) []piece {
	if len(n.Parts) == 0 {
		return one("")
	}
	if len(n.Parts) == 1 {
		if p, ok := n.Parts[0].(*syntax.ParamExp); ok {
			return r.pieces(s, r.param(s, p), true)
		}
	}
	partials := []piece{}
	for _, f := range r.quotedFields(s, n.Parts) {
		partials = append(partials, piece{fields: []field{f}})
	}
	if len(partials) == 0 {
		return one("")
	}
	return partials
}

// quotedFields is parts for what stands between double quotes, where a backslash escapes less.
func (r *run) quotedFields(s *state, parts []syntax.WordPart) []field {
	plain := make([]syntax.WordPart, len(parts))
	for i, part := range parts {
		if lit, ok := part.(*syntax.Lit); ok {
			part = &syntax.SglQuoted{Value: unescape(lit.Value, "$`\"\\\n")}
		}
		plain[i] = part
	}
	return r.parts(s, plain, true)
}

// pieces turns a value into alternatives for a word, split at IFS where it is not quoted.
// split cuts an unquoted value at IFS.
