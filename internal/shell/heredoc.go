package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// parse returns the statements up to the first error, and whether there was none.
func parse(src string) (stmts []*syntax.Stmt, ok bool) {
	ok = true
	// The loop must not be left early: after an error the iterator may yield once more, and would panic.
	for stmt, err := range syntax.NewParser().StmtsSeq(strings.NewReader(src)) {
		if ok = ok && err == nil; ok {
			stmts = append(stmts, stmt)
		}
	}
	return stmts, ok
}

// heredocs finds every body, in functions that are never called and in quoted scripts too.
func heredocs(src string, stmts []*syntax.Stmt) []Span {
	if !strings.Contains(src, "<<") {
		return nil
	}
	var spans []Span
	for _, stmt := range stmts {
		syntax.Walk(stmt, func(node syntax.Node) bool {
			switch n := node.(type) {
			case *syntax.Redirect:
				if span, ok := redirectSpan(src, n); ok {
					spans = append(spans, span)
				}
			case *syntax.SglQuoted:
				from, to := bounds(src, n)
				if i := strings.Index(src[from:to], "<<"); i >= 0 && n.Dollar {
					spans = append(spans, Span{from + i, to}) // its line ends may be escapes
					break
				}
				spans = textHeredocs(spans, src[from:to], from)
			case *syntax.DblQuoted:
				from, to := bounds(src, n)
				spans = textHeredocs(spans, src[from:to], from)
			}
			return true
		})
	}
	return normalize(spans)
}

func redirectSpan(src string, n *syntax.Redirect) (Span, bool) {
	switch {
	case n.Op == syntax.WordHdoc && n.Word != nil:
		from, to := bounds(src, n.Word)
		return Span{from, to}, from < to
	case n.Hdoc != nil:
		from, to := bounds(src, n.Hdoc)
		// The parser passes over escaped line ends at the beginning of a body.
		for from > 0 && src[from-1] == '\\' {
			from--
		}
		for strings.HasSuffix(src[:from], "\\\n") {
			from -= 2
		}
		// The node ends behind the terminator, which stands on a line of its own.
		to = from + strings.LastIndexByte(src[from:to], '\n') + 1
		return Span{from, to}, from < to
	}
	return Span{}, false
}

// bounds is where a node stands in src; within it whatever the parser says.
func bounds(src string, n syntax.Node) (from, to int) {
	from = min(int(n.Pos().Offset()), len(src))
	to = min(int(n.End().Offset()), len(src))
	return from, max(from, to)
}

func normalize(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	kept := spans[:0]
	for _, s := range spans {
		if last := len(kept) - 1; last >= 0 && s.Start <= kept[last].End {
			kept[last].End = max(kept[last].End, s.End)
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// textHeredocs finds bodies without a parser, in text that starts at offset base: from the line after
// `<<WORD` to the line that is WORD, else to the end. Without a terminator, `a << b` with spaces is taken
// for arithmetic.
func textHeredocs(spans []Span, text string, base int) []Span {
	missing := 0 // each one costs a scan to the end
	for at := 0; ; {
		i := strings.Index(text[at:], "<<")
		if i < 0 {
			return spans
		}
		at += i + 2
		if strings.HasPrefix(text[at:], "<") {
			end := at + 1 + lineLength(text[at+1:])
			if end > at+1 {
				spans = append(spans, Span{base + at + 1, base + end})
			}
			at = end
			continue
		}
		word, tight, rest := delimiter(text[at:])
		if word == "" {
			continue
		}
		at += rest
		start := at + lineLength(text[at:])
		if start >= len(text) {
			return spans
		}
		start++
		end, found := terminator(text, start, word)
		if !found {
			missing++
		}
		if (found || tight || missing > maxWords) && end > start {
			spans = append(spans, Span{base + start, base + end})
			at = end
		}
	}
}

func lineLength(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}

// delimiter reads the word after `<<`, which may be quoted, and returns how much text it took.
func delimiter(text string) (word string, tight bool, taken int) {
	trimmed := strings.TrimLeft(strings.TrimPrefix(text, "-"), " \t")
	tight = len(trimmed) == len(text) || strings.HasPrefix(text, "-")
	trimmed = strings.TrimLeft(trimmed, `'"\`)
	end := 0
	for end < len(trimmed) && !strings.ContainsRune(" \t\n'\";|&<>()", rune(trimmed[end])) {
		end++
	}
	if end == 0 || isDigit(trimmed[0]) {
		return "", false, 0
	}
	return trimmed[:end], tight, len(text) - len(trimmed) + end
}

func terminator(text string, start int, word string) (end int, found bool) {
	for at := start; at < len(text); {
		line := text[at : at+lineLength(text[at:])]
		if strings.Trim(line, "\t\r") == word {
			return at, true
		}
		at += len(line) + 1
	}
	return len(text), false
}
