package shell

import "mvdan.cc/sh/v3/syntax"

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
