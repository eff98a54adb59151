package shell

import "mvdan.cc/sh/v3/syntax"

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
