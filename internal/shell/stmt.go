package shell

import (
	"mvdan.cc/sh/v3/syntax"
)

// input is what a command reads, as far as that matters to one that reads a script.
type input struct {
	kind inputKind
	text []field // alternatives, of a pipe or here-document whose text is known
}

type inputKind uint8

const (
	inherited inputKind = iota
	fromPipe
	fromText
	fromFile
)

// list walks statements in order. Like everything that runs commands it returns what they write to
// standard output, alternatives without the final newline, or nil if that is not known.
func (r *run) list(s *state, stmts []*syntax.Stmt, in input) []field {
	var out []field
	for _, stmt := range stmts {
		s.dead = false // what stands behind an exit is walked all the same
		out = r.stmt(s, stmt, in)
	}
	if len(stmts) != 1 {
		return nil
	}
	return out
}

func (r *run) stmt(s *state, stmt *syntax.Stmt, in input) []field {
	if stmt == nil || !r.spend(1) || !r.enter() {
		return nil
	}
	defer r.leave()
	if stmt.Background || stmt.Coprocess {
		s = r.fork(s)
	}
	silent := false
	for _, redir := range stmt.Redirs {
		in, silent = r.redirect(s, redir, in, silent)
	}
	out := r.command(s, stmt.Cmd, in)
	if silent {
		return nil
	}
	return out
}

// redirect records the path and returns the input behind the redirection, and whether output goes elsewhere.
func (r *run) redirect(s *state, n *syntax.Redirect, in input, silent bool) (input, bool) {
	if n.Hdoc != nil {
		body := r.quotedFields(s, n.Hdoc.Parts)
		if quotedDelimiter(n.Word) {
			from, to := bounds(r.src, n.Hdoc)
			if span, ok := redirectSpan(r.src, n); ok {
				from, to = span.Start, span.End
			}
			body = literal(r.src[from:to])
		}
		return input{fromText, body}, silent
	}
	switch n.Op {
	case syntax.WordHdoc:
		return input{fromText, r.text(s, n.Word)}, silent
	case syntax.DplIn, syntax.DplOut:
		if isDescriptor(n.Word.Lit()) {
			return in, silent
		}
	}
	write := n.Op != syntax.RdrIn && n.Op != syntax.DplIn
	for _, f := range r.text(s, n.Word) {
		r.use(s, arg{f, r.source(n.Word)}, write, false)
	}
	if !write {
		in = input{kind: fromFile}
		if first, ok := firstPart[*syntax.ProcSubst](n.Word); ok && first != nil {
			in = input{kind: fromPipe}
		}
	}
	stdout := n.N == nil || n.N.Value == "1"
	return in, silent || write && stdout
}

func quotedDelimiter(w *syntax.Word) bool {
	for _, part := range w.Parts {
		switch n := part.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			return true
		case *syntax.Lit:
			for i := range len(n.Value) {
				if n.Value[i] == '\\' {
					return true
				}
			}
		}
	}
	return false
}

func firstPart[T syntax.WordPart](w *syntax.Word) (part T, ok bool) {
	if len(w.Parts) == 0 {
		return part, false
	}
	part, ok = w.Parts[0].(T)
	return part, ok
}

// isDescriptor is about the word of >&2, <&3-, >&-.
func isDescriptor(word string) bool {
	if word == "-" {
		return true
	}
	if n := len(word); n > 1 && word[n-1] == '-' {
		word = word[:n-1]
	}
	_, ok := smallNumber(word)
	return ok
}

func (r *run) command(s *state, cmd syntax.Command, in input) []field {
	switch n := cmd.(type) {
	case *syntax.CallExpr:
		return r.call(s, n, in)
	case *syntax.BinaryCmd:
		return r.binary(s, n, in)
	case *syntax.Block:
		return r.list(s, n.Stmts, in)
	case *syntax.Subshell:
		return r.list(r.fork(s), n.Stmts, in)
	case *syntax.TimeClause:
		return r.stmt(s, n.Stmt, in)
	case *syntax.CoprocClause:
		r.stmt(r.fork(s), n.Stmt, in)
	case *syntax.IfClause:
		r.branch(s, n, in)
	case *syntax.WhileClause:
		r.loop(s, func(s *state) {
			r.list(s, n.Cond, in)
			r.list(s, n.Do, in)
		})
	case *syntax.ForClause:
		r.forLoop(s, n, in)
	case *syntax.CaseClause:
		r.choose(s, n, in)
	case *syntax.FuncDecl:
		r.declare(s, n)
	case *syntax.DeclClause:
		for _, a := range n.Args {
			r.assign(s, a)
		}
	case *syntax.ArithmCmd:
		r.arithmetic(s, n.X)
	case *syntax.LetClause:
		for _, x := range n.Exprs {
			r.arithmetic(s, x)
		}
	case *syntax.TestClause:
		r.test(s, n.X)
	}
	return nil
}

func (r *run) binary(s *state, n *syntax.BinaryCmd, in input) []field {
	switch n.Op {
	case syntax.AndStmt:
		r.stmt(s, n.X, in)
		then := r.fork(s)
		r.stmt(then, n.Y, in)
		r.join(s, then)
	case syntax.OrStmt:
		failed := r.fork(s)
		r.stmt(s, n.X, in)
		r.join(failed, s)
		r.stmt(failed, n.Y, in)
		r.join(s, failed)
	default: // a pipe: both sides are subshells
		out := r.stmt(r.fork(s), n.X, in)
		return r.stmt(r.fork(s), n.Y, input{fromPipe, out})
	}
	return nil
}

// branch walks if, elif and else, any of which may be what happens.
func (r *run) branch(s *state, n *syntax.IfClause, in input) {
	if !r.enter() {
		return
	}
	defer r.leave()
	if len(n.Cond) == 0 { // a plain else
		r.list(s, n.Then, in)
		return
	}
	r.list(s, n.Cond, in)
	then := r.fork(s)
	r.list(then, n.Then, in)
	if n.Else != nil {
		r.branch(s, n.Else, in)
	}
	r.join(s, then)
}

func (r *run) choose(s *state, n *syntax.CaseClause, in input) {
	r.text(s, n.Word)
	before := r.fork(s)
	for _, item := range n.Items {
		for _, p := range item.Patterns {
			r.text(s, p)
		}
		arm := r.fork(before)
		r.list(arm, item.Stmts, in)
		r.join(s, arm)
	}
}

// loop walks a body twice if it changes what it starts from; what then still changes is given up.
func (r *run) loop(s *state, body func(*state)) {
	once := r.fork(s)
	body(once)
	once.dead = false
	if once.same(s) {
		return
	}
	r.join(once, s)
	twice := r.fork(once)
	body(twice)
	twice.dead = false
	r.join(twice, once)
	r.forget(twice, once)
	*s = *twice
}

func (r *run) forLoop(s *state, n *syntax.ForClause, in input) {
	switch l := n.Loop.(type) {
	case *syntax.WordIter:
		v := r.value(s, "@")
		if l.InPos.IsValid() {
			v = value{}
			for _, a := range r.words(s, l.Items) {
				v.fields = append(v.fields, a.field)
			}
		}
		r.loop(s, func(s *state) {
			// The variable is all of its values at once, so that the body is walked once for all.
			s.vars[l.Name.Value] = value{fields: v.fields}
			r.list(s, n.Do, in)
			s.lose(l.Name.Value)
		})
	case *syntax.CStyleLoop:
		r.arithmetic(s, l.Init)
		r.arithmetic(s, l.Cond)
		r.arithmetic(s, l.Post)
		r.loop(s, func(s *state) { r.list(s, n.Do, in) })
	}
}

func (r *run) declare(s *state, n *syntax.FuncDecl) {
	fn := function{n.Body, r.src}
	if n.Name != nil {
		s.funcs[n.Name.Value] = fn
	}
	for _, name := range n.Names {
		s.funcs[name.Value] = fn
	}
}

// assign follows name=value in all its forms.
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
