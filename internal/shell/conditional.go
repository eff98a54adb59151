package shell

import "mvdan.cc/sh/v3/syntax"

// test walks [[ … ]].
func (r *run) test(s *state, x syntax.TestExpr) {
	if x == nil || !r.enter() {
		return
	}
	defer r.leave()
	switch n := x.(type) {
	case *syntax.ParenTest:
		r.test(s, n.X)
	case *syntax.UnaryTest:
		if w, ok := n.X.(*syntax.Word); ok && fileTest(n.Op.String()) {
			r.testOperand(s, w)
			return
		}
		r.test(s, n.X)
	case *syntax.BinaryTest:
		switch n.Op {
		case syntax.TsNewer, syntax.TsOlder, syntax.TsDevIno:
			r.testOperand(s, n.X)
			r.testOperand(s, n.Y)
		default:
			r.test(s, n.X)
			r.test(s, n.Y)
		}
	case *syntax.Word:
		r.text(s, n)
	}
}

func (r *run) testOperand(s *state, x syntax.TestExpr) {
	w, ok := x.(*syntax.Word)
	if !ok {
		r.test(s, x)
		return
	}
	for _, f := range r.text(s, w) {
		r.use(s, arg{f, r.source(w)}, false, false)
	}
}

func fileTest(op string) bool {
	return len(op) == 2 && op[0] == '-' && listed("a b c d e f g G h k L N O p r s S u w x", op[1:])
}

// testCommand is `test …` and `[ … ]`.
func (r *run) testCommand(s *state, args []arg) {
	for i := 0; i+1 < len(args); i++ {
		switch op := args[i].text; {
		case fileTest(op) && (i == 0 || isJunction(args[i-1].text)):
			r.use(s, args[i+1], false, false)
		case i > 0 && listed("-nt -ot -ef", op):
			r.use(s, args[i-1], false, false)
			r.use(s, args[i+1], false, false)
		}
	}
}

func isJunction(word string) bool { return listed("! ( -a -o", word) }
