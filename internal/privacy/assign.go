package privacy

import "strings"

const (
	assignmentRule = "assignment"
	headerRule     = "header"
)

// assignment finds the value in NAME=value, "name": "value", name := 'value' and
// Header: value, where the name tells a secret. Byte i is the = or the colon.
func (r *redactor) assignment(i int) hit {
	start, end := r.nameBefore(i)
	if end-start < 3 {
		return hit{}
	}
	name := r.s[start:end]
	if isHeader(name) {
		return r.header(name, end, i)
	}
	if !secretName(strings.TrimLeft(name, "-")) {
		if name == "sig" {
			return r.signature(i)
		}
		return hit{}
	}
	at := r.afterOperator(i, end)
	if at < 0 {
		return hit{}
	}
	if name == "pass" && r.s[i] == ':' && (at > i+1 || at < len(r.s) && digits.has(r.s[at])) {
		return hit{} // as in pass: 5, fail: 0
	}
	return r.valueAt(at, assignmentRule)
}

// nameBefore finds the name that ends before byte i: quoted, with any escapes
// before its quotes, in the brackets of an index, or bare.
func (r *redactor) nameBefore(i int) (start, end int) {
	end = i
	for end > r.done && end > i-8 && (blank.has(r.s[end-1]) || r.s[end-1] == '!') {
		end--
	}
	if end-1 > r.done && r.s[end-1] == ']' && quote.has(r.s[end-2]) {
		end--
	}
	if end > r.done && quote.has(r.s[end-1]) {
		end--
		for end > r.done && r.s[end-1] == '\\' {
			end--
		}
	}
	start = end
	for start > r.done && start > end-maxName && dotted.has(r.s[start-1]) {
		start--
	}
	// the n of an escaped newline is no part of the name
	if start > r.done && r.s[start-1] == '\\' && start < end && strings.IndexByte("nrt", r.s[start]) >= 0 {
		start++
	}
	return start, end
}

// afterOperator returns where the value after the operator at byte i begins, or
// -1 if there is none. end is where the name ended.
func (r *redactor) afterOperator(i, end int) int {
	s := r.s
	at := i + 1
	switch rest := s[at:]; {
	case hasPrefix(rest, "-"), hasPrefix(rest, "="), hasPrefix(rest, ">"):
		at++ // ${NAME:-value}, :=, ==, =>
		if hasPrefix(s[at:], "=") {
			at++
		}
	case hasPrefix(rest, ":"), hasPrefix(rest, "~"):
		return -1
	}
	n := blank.run(s[at:])
	if s[i] == '=' && n > 0 && end == i && at == i+1 && !hasPrefix(strings.TrimLeft(s[at+n:min(len(s), at+n+8)], `\`), `"`) {
		return -1 // in a shell, NAME= and a command
	}
	at += n
	if compares := s[i] == '=' && (hasPrefix(s[i:], "==") || s[i-1] == '!'); compares && (at == len(s) || !quote.has(s[at])) {
		return -1 // to another variable
	}
	if s[i] == ':' { // a type, as in password: str = "…"
		if t := alnum.run(s[at:]); t > 0 && t < 8 && isTypeName(s[at:at+t]) {
			next := at + t + blank.run(s[at+t:])
			if !hasPrefix(s[next:], "=") {
				return -1
			}
			return next + 1 + blank.run(s[next+1:])
		}
	}
	return at
}

func isTypeName(s string) bool {
	switch s {
	case "str", "string", "String", "bytes", "any", "Any", "number", "int", "bool", "boolean":
		return true
	}
	return false
}

// valueAt finds the value at byte i, within its quotes if it has any.
func (r *redactor) valueAt(i int, rule string) hit {
	s := r.s
	start := i
	if hasPrefix(s[i:], "$'") || hasPrefix(s[i:], `$"`) {
		start++
	}
	for start < len(s) && s[start] == '\\' && start < i+8 {
		start++
	}
	if start < len(s) && quote.has(s[start]) && s[start] != '`' {
		escapes := 0
		for start-1-escapes >= i && s[start-1-escapes] == '\\' {
			escapes++
		}
		start++
		if isReference(s[start:], s[start-1]) {
			return hit{}
		}
		return r.trimmed(start, quotedEnd(s, start, s[start-1], escapes), rule)
	}
	if isReference(s[i:], 0) {
		return hit{}
	}
	return r.trimmed(i, bareEnd(s, i), rule)
}

func (r *redactor) trimmed(start, end int, rule string) hit {
	if end <= start || harmlessValue(r.s[start:end]) {
		return hit{}
	}
	return hit{start, end, rule}
}

// quotedEnd returns where a text in quotes ends, no later than its line, and
// further on where the shell would join more to it, as in "abc"'def'.
func quotedEnd(s string, i int, q byte, escapes int) int {
	for {
		end := closing(s, i, q, escapes)
		if escapes > 0 || end+2 >= len(s) || s[end] != q {
			return end
		}
		next := s[end+1]
		if word.has(next) {
			return bareEnd(s, end+1)
		}
		if next != '"' && next != '\'' || bareEnd(s[:min(len(s), end+4)], end+2) == end+2 {
			return end
		}
		i, q = end+2, next
	}
}

// closing returns where the quote is that closes a text, or its line ends. Where
// the quotes themselves are escaped, it is before the escapes of that one.
func closing(s string, i int, q byte, escapes int) int {
	for j := i; j < len(s); j++ {
		switch s[j] {
		case '\n':
			return j
		case '\\':
			if escapes == 0 && j+1 < len(s) && s[j+1] != '\n' {
				j++
			}
		case q:
			for j > i && escapes > 0 && s[j-1] == '\\' {
				j--
			}
			return j
		}
	}
	return len(s)
}

// bareEnd returns where a value without quotes ends.
func bareEnd(s string, i int) int {
	for j := i; j < len(s); j++ {
		switch c := s[j]; c {
		case ' ', '\t', '\n', '\r', '&', ';', '|', '<', '>', ')', '"', '\'', '`':
			return j
		case ',', '}', ']':
			if j+1 == len(s) || !alnum.has(s[j+1]) {
				return j
			}
		case '\\':
			if j+1 < len(s) && strings.IndexByte("nrt\"'\n", s[j+1]) >= 0 {
				return j
			}
			j++
		case '[':
			j += max(markLen(s[j:])-1, 0)
		}
	}
	return len(s)
}

// isReference reports that s begins with what only stands for a value: a
// variable, a command's output, a placeholder, a mark; or that a PEM key begins,
// which another rule finds. q is the quote it stands in.
func isReference(s string, q byte) bool {
	if s == "" {
		return true
	}
	switch s[0] {
	case '$':
		if len(s) > 1 && (s[1] == '{' || s[1] == '(') {
			return true
		}
		n := 1 + word.run(s[1:])
		return q != '\'' && n > 1 && (n == len(s) || !dotted.has(s[n]) && strings.IndexByte("+/=!@#%^*~", s[n]) < 0)
	case '`':
		return q == 0
	case '{':
		return hasPrefix(s, "{{") || q == 0
	case '[', '-':
		return markLen(s) > 0 || hasPrefix(s, keyBegin) || q == 0 && hasPrefix(s, "[")
	case '<':
		return true
	case elided[0]:
		return hasPrefix(s, elided)
	case '%':
		return len(s) > 2 && s[1] == 's' && !alnum.has(s[2]) || s == "%s"
	case '~', '.':
		return hasPrefix(s, "~/") || hasPrefix(s, "./") || hasPrefix(s, "../")
	}
	return false
}

// harmlessValue reports a value that is no secret whatever its name.
func harmlessValue(s string) bool {
	switch s {
	case "true", "false", "True", "False", "null", "None", "nil", "undefined", "yes", "no", "none":
		return true
	}
	return strings.Trim(s, "*") == ""
}
