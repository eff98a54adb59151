package shell

import "mvdan.cc/sh/v3/syntax"

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
// isDescriptor is about the word of >&2, <&3-, >&-.
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

// branch walks if, elif and else, any of which may be what happens.
// loop walks a body twice if it changes what it starts from; what then still changes is given up.
// assign follows name=value in all its forms.
