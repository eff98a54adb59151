package privacy

import (
	"strings"

	"agent-telemetry/internal/jsontree"
)

const elided = "…"

// outline reduces a path to its base name, a URL to its host, a command to the
// names of its programs and flags. A short name stays, other text leaves its size.
func (r *reducer) outline(v *jsontree.Value, f form) {
	if v.Kind != jsontree.String {
		*v = sizes(v)
		return
	}
	// Secrets go first: afterwards a rule may not see what they belonged to.
	s, rules := Redact(uncut(v))
	r.rules = append(r.rules, rules...)
	switch f {
	case path:
		*v = jsontree.Text(baseName(s))
	case url:
		*v = jsontree.Text(host(s))
	case command:
		*v = jsontree.Text(commandOutline(s))
	case name:
		*v = jsontree.Text(s)
	default:
		*v = sizes(v)
	}
}

func baseName(s string) string {
	s = strings.TrimRight(s, `/\`)
	return s[strings.LastIndexAny(s, `/\`)+1:]
}

func host(s string) string {
	if _, after, found := strings.Cut(s, "://"); found {
		s = after
	}
	if i := strings.IndexAny(s, `/?#\`); i >= 0 {
		s = s[:i]
	}
	return s[strings.LastIndexByte(s, '@')+1:]
}

// commandOutline keeps of a shell command its operators, the first word of each
// simple command and the flags. It is no parser: whatever it is not sure of, it
// elides.
func commandOutline(s string) string {
	var out []string
	first := true // the next word names a program
	array := 0    // parentheses open within a=( … )
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\n' || strings.IndexByte(";&|(){}", c) >= 0:
			if c == '(' && (array > 0 || i > 0 && s[i-1] == '=') {
				array++
			} else if c == ')' && array > 0 {
				array--
			}
			first = array == 0 && c != ')' && c != '}'
			out = append(out, operator(c))
			i++
		case c == '<' || c == '>' || space.has(c):
			i++
		case c == '#':
			i += lineLen(s[i:])
		default:
			n := max(shellWord(s[i:]), 1)
			w := s[i : i+n]
			out = append(out, wordOutline(w, first))
			first = first && (strings.Contains(w, "=") || isReserved(w))
			i += n
		}
	}
	return joinOutline(out)
}

func operator(c byte) string {
	if c == '\n' {
		return ";"
	}
	return string(c)
}

func wordOutline(w string, first bool) string {
	switch {
	case first && strings.Contains(w, "="):
		return elided
	case first && dotted.run(baseName(w)) == len(baseName(w)):
		return baseName(w)
	case len(w) >= 2 && w[0] == '-' && letters.has(w[1]):
		if len(w) > 2 {
			return w[:2] + elided
		}
		return w
	case strings.HasPrefix(w, "--"):
		if n, _, value := strings.Cut(w, "="); isFlagName(n) {
			if value {
				return n + "=" + elided
			}
			return n
		}
	}
	return elided
}

// isReserved reports a word after which a program's name may still come.
func isReserved(w string) bool {
	switch w {
	case "if", "then", "elif", "else", "do", "while", "until", "!", "time":
		return true
	}
	return false
}

// joinOutline sets words apart and keeps doubled operators together; operands
// in a row become one.
func joinOutline(words []string) string {
	var out strings.Builder
	last := ""
	for _, w := range words {
		doubled := w == last && (w == "&" || w == "|")
		if w == last && (w == elided || w == ";") {
			continue
		}
		if last != "" && !doubled {
			out.WriteByte(' ')
		}
		out.WriteString(w)
		last = w
	}
	return out.String()
}

// shellWord returns the length of the word that s begins with, quotes included.
func shellWord(s string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\':
			i++
		case '\'', '"', '`':
			i += quotedLen(s[i:]) - 1
		case ' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')':
			return i
		}
	}
	return len(s)
}

// quotedLen returns the length of the quoted text that s begins with; one that
// does not close goes on to the end.
func quotedLen(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return i + 1
		case s[i] == '\\' && s[0] != '\'':
			i++
		}
	}
	return len(s)
}

// lineLen returns the length of the line that s begins with.
func lineLen(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}
