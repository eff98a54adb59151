package shell

import (
	"path"
	"strings"
	"unicode/utf8"
)

// lit is an unquoted literal: a tilde at its start, or behind = or :, names a home folder.
func (r *run) lit(text string, first bool) []piece {
	if !strings.Contains(text, "~") {
		return one(unescape(text, ""))
	}
	var known strings.Builder
	for i := 0; i < len(text); {
		if text[i] == '\\' && i+1 < len(text) {
			known.WriteByte(text[i+1])
			i += 2
			continue
		}
		behind := i > 0 && (text[i-1] == '=' || text[i-1] == ':')
		if text[i] != '~' || !(i == 0 && first || behind) {
			known.WriteByte(text[i])
			i++
			continue
		}
		end := i + 1
		for end < len(text) && text[end] != '/' && text[end] != ':' {
			end++
		}
		home, ok := r.home(text[i+1 : end])
		if !ok {
			return []piece{{fields: []field{{text: known.String(), open: true, why: text[i:end]}}}}
		}
		known.WriteString(home)
		i = end
	}
	return one(known.String())
}

// home is the folder that ~user names. Another user's is taken to lie beside this one's, which is where
// systems put it; root's is outside of everybody's project wherever it is.
func (r *run) home(user string) (dir string, ok bool) {
	switch {
	case user == "root":
		return "/root", true
	case r.env.Home == "" || strings.ContainsAny(user, "+-\\*?["):
		return "", false
	case user == "" || user == path.Base(r.env.Home):
		return r.env.Home, true
	}
	return path.Join(path.Dir(r.env.Home), user), true
}

// unescape takes out the backslashes before the characters of set, or before any if set is empty.
func unescape(text, set string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && (set == "" || strings.IndexByte(set, text[i+1]) >= 0) {
			i++
			if text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// ansiC decodes what stands between $' and '.
func ansiC(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case 'x':
			i += number(&b, text[i+1:], 16, 2)
		case 'u':
			i += number(&b, text[i+1:], 16, 4)
		case 'U':
			i += number(&b, text[i+1:], 16, 8)
		case '0', '1', '2', '3', '4', '5', '6', '7':
			i += number(&b, text[i:], 8, 3) - 1
		case 'c':
			if i+1 < len(text) {
				i++
				b.WriteByte(text[i] & 0x1f)
			}
		default:
			b.WriteByte(control(c))
		}
	}
	before, _, _ := strings.Cut(b.String(), "\x00") // bash ends the string there
	return before
}

func control(c byte) byte {
	const from, to = "abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v"
	if i := strings.IndexByte(from, c); i >= 0 {
		return to[i]
	}
	return c
}

// number writes the character with the code that text begins with and returns how many digits it had.
func number(b *strings.Builder, text string, base, most int) int {
	code, n := 0, 0
	for n < len(text) && n < most {
		d := strings.IndexByte("0123456789abcdef", lower(text[n]))
		if d < 0 || d >= base {
			break
		}
		code, n = code*base+d, n+1
	}
	switch {
	case n == 0:
		b.WriteByte('\\')
	case most > 3 && code <= utf8.MaxRune:
		b.WriteRune(rune(code))
	default:
		b.WriteByte(byte(code))
	}
	return n
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
