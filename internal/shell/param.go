package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// param is the value of a parameter expansion; operators that are not followed leave it unknown.
func (r *run) param(s *state, n *syntax.ParamExp) value {
	if n.Param == nil {
		return value{fields: unknown("${…}")}
	}
	name := n.Param.Value
	why := value{fields: unknown("variable $" + name)}
	r.paramWords(s, n)
	v := r.value(s, name)
	switch {
	case n.Length || n.Width || n.IsSet:
		return value{fields: literal("0")}
	case n.Excl:
		return r.indirect(s, v, why)
	case n.Flags != nil || n.NestedParam != nil || len(n.Modifiers) > 0 || n.Slice != nil || n.Repl != nil || n.Names != 0:
		return why
	case n.Index != nil:
		if !v.list || !wholeArray(n.Index) {
			return why
		}
	}
	if n.Exp != nil {
		return r.operator(s, v, n.Exp, why)
	}
	if v.list && n.Index == nil && name != "@" && name != "*" {
		return value{fields: v.fields[:min(1, len(v.fields))]} // $array is its first element
	}
	return v
}

// paramWords walks the substitutions inside an expansion that is not followed otherwise.
func (r *run) paramWords(s *state, n *syntax.ParamExp) {
	if n.Index != nil {
		r.arithmetic(s, n.Index)
	}
	if n.Slice != nil {
		r.arithmetic(s, n.Slice.Offset)
		r.arithmetic(s, n.Slice.Length)
	}
	if n.Repl != nil {
		r.text(s, n.Repl.Orig)
		r.text(s, n.Repl.With)
	}
}

func wholeArray(index syntax.ArithmExpr) bool {
	w, ok := index.(*syntax.Word)
	return ok && (w.Lit() == "@" || w.Lit() == "*")
}

// indirect is ${!name}.
func (r *run) indirect(s *state, v, why value) value {
	if len(v.fields) != 1 || v.fields[0].open || v.fields[0].text == "" {
		return why
	}
	return r.value(s, v.fields[0].text)
}

// operator follows ${x:-y} and its relatives, and the trimming of literal or simple patterns.
func (r *run) operator(s *state, v value, e *syntax.Expansion, why value) value {
	word := r.text(s, e.Word)
	certain := len(v.fields) > 0
	for _, f := range v.fields {
		certain = certain && f.text != ""
	}
	switch e.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if certain {
			return v
		}
		return value{fields: either(v.fields, word), list: v.list}
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		return v
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if certain {
			return value{fields: word}
		}
		return value{fields: either(literal(""), word)}
	case syntax.RemSmallSuffix, syntax.RemLargeSuffix, syntax.RemSmallPrefix, syntax.RemLargePrefix:
		return r.trim(v, e.Op, word, why)
	}
	return why
}

// trim follows the patterns people use to take paths apart: `/*`, `*/` and plain text.
func (r *run) trim(v value, op syntax.ParExpOperator, pattern []field, why value) value {
	if v.list || len(pattern) != 1 || pattern[0].open {
		return why
	}
	var out []field
	for _, f := range v.fields {
		text, ok := trimText(f.text, op, pattern[0].text)
		if f.open || !ok {
			return why
		}
		out = append(out, field{text: text})
	}
	return value{fields: out}
}

func trimText(text string, op syntax.ParExpOperator, pattern string) (string, bool) {
	cut := func(i, from, to int) (string, bool) {
		if i < 0 {
			return text, true
		}
		return text[from:to], true
	}
	first, last := strings.IndexByte(text, '/'), strings.LastIndexByte(text, '/')
	switch {
	case pattern == "/*" && op == syntax.RemSmallSuffix:
		return cut(last, 0, last)
	case pattern == "/*" && op == syntax.RemLargeSuffix:
		return cut(first, 0, first)
	case pattern == "*/" && op == syntax.RemSmallPrefix:
		return cut(first, first+1, len(text))
	case pattern == "*/" && op == syntax.RemLargePrefix:
		return cut(last, last+1, len(text))
	case strings.ContainsAny(pattern, "*?[("):
		return "", false
	case op == syntax.RemSmallSuffix || op == syntax.RemLargeSuffix:
		return strings.TrimSuffix(text, pattern), true
	}
	return strings.TrimPrefix(text, pattern), true
}

// arithmetic walks the substitutions inside an arithmetic expression; its value is a number.
func (r *run) arithmetic(s *state, x syntax.ArithmExpr) {
	if x == nil || !r.enter() {
		return
	}
	defer r.leave()
	switch n := x.(type) {
	case *syntax.BinaryArithm:
		r.arithmetic(s, n.X)
		r.arithmetic(s, n.Y)
	case *syntax.UnaryArithm:
		r.arithmetic(s, n.X)
	case *syntax.ParenArithm:
		r.arithmetic(s, n.X)
	case *syntax.FlagsArithm:
		r.arithmetic(s, n.X)
	case *syntax.Word:
		r.text(s, n)
	}
}
