package privacy

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"agent-telemetry/internal/jsontree"
)

// Span is a part of a command, from byte Start up to End.
type Span struct{ Start, End int }

// CommandParts finds the bodies of heredocs and the words of here-strings in a
// shell command, in one that does not parse as well as can be.
type CommandParts func(command string) []Span

// hideHeredocs replaces the bodies of heredocs and here-strings in the command v
// unless contents may be kept.
func (r *reducer) hideHeredocs(v *jsontree.Value) {
	if r.levels.Contents == Full || v.Kind != jsontree.String {
		return
	}
	var bodies []Span
	if i := strings.Index(v.Text, "<<"); i >= 0 {
		if r.cmd != nil && v.Sum == nil {
			bodies = slices.Clone(r.cmd(v.Text))
		} else { // without its end, a command does not show which << begins a heredoc
			bodies = append(bodies, Span{i + len("<<"), len(v.Text)})
		}
	}
	if r.tool == "PowerShell" {
		bodies = append(bodies, psHereStrings(v.Text)...)
	}
	if text := r.replaceSpans(v.Text, bodies); text != v.Text {
		r.reduced++
		v.Text = text
	}
}

func (r *reducer) replaceSpans(s string, spans []Span) string {
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	var out strings.Builder
	done := 0
	for _, at := range spans {
		at.Start, at.End = max(at.Start, done), min(at.End, len(s))
		if at.Start >= at.End {
			continue
		}
		out.WriteString(s[done:at.Start])
		out.WriteString(r.heredocMark(s[at.Start:at.End]))
		done = at.End
	}
	return out.String() + s[done:]
}

// heredocMark stands for a body in the command. It keeps the newline at its end
// so that what follows stays on a line of its own.
func (r *reducer) heredocMark(body string) string {
	sum := jsontree.Sum(body)
	mark := fmt.Sprintf("[heredoc: %d lines, %d bytes", sum.Lines, sum.Bytes)
	if r.levels.Contents != Redacted {
		mark += ", sha256:" + hex.EncodeToString(sum.SHA256[:])
	}
	mark += "]"
	if strings.HasSuffix(body, "\n") {
		mark += "\n"
	}
	return mark
}

// psHereStrings finds what stands between @" and "@, or @' and '@.
func psHereStrings(s string) []Span {
	var spans []Span
	for at := 0; at+1 < len(s); at++ {
		if s[at] != '@' || s[at+1] != '"' && s[at+1] != '\'' {
			continue
		}
		start := at + 2
		end := strings.Index(s[start:], "\n"+s[at+1:at+2]+"@")
		if end < 0 {
			return append(spans, Span{start, len(s)})
		}
		at = start + end + 2
		spans = append(spans, Span{start, start + end})
	}
	return spans
}
