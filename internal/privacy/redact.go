package privacy

import "strings"

// Redact replaces the secrets in s by [REDACTED:rule-id] and returns the ids of
// the rules that found any. Time is linear in the length of s; a text with no
// secret is returned as it is. Redacting twice changes nothing more.
//
// It looks only at the bytes some rule is anchored at, such as the underscore of
// ghp_ and the colon of a header, and goes back from there.
func Redact(s string) (string, []string) {
	var rules []string
	for range maxPasses {
		r := redactor{s: s, rules: rules}
		r.scan(0, len(s))
		if r.out == nil {
			break
		}
		s, rules = string(append(r.out, s[r.done:]...)), r.rules
	}
	return s, rules
}

// maxPasses bounds how often a text is looked at again. A secret can stand so
// close to another that it shows only when that one is gone; more than two such
// in a row are somebody's play.
const maxPasses = 4

// scan asks the rules at each byte from i up to end, and returns where it went on
// to: past end, if the last secret goes beyond it.
func (r *redactor) scan(i, end int) int {
	for i < end {
		if !anchors[r.s[i]] {
			i++
			continue
		}
		h := r.find(i)
		if h.end <= i {
			i++
			continue
		}
		if h.rule != "" && h.start > i {
			h.start = max(h.start, r.scan(i+1, h.start)) // what stands between may be secret too
		}
		if h.rule != "" && h.start < h.end {
			r.replace(h)
		}
		i = max(h.start, h.end)
		if h.rule == awsKeyRule {
			i = r.awsSecretAfter(i)
		}
	}
	return i
}

var anchors = [256]bool{
	'_': true, '-': true, '.': true, ':': true, '=': true, '[': true, '~': true,
	'A': true, 'B': true, 'J': true, 'K': true,
}

type redactor struct {
	s     string
	out   []byte
	done  int // s up to here is in out; rules look no further back
	rules []string
	cmd   commandScan
}

// hit is a part of the text that a rule found. Without a rule it is a part to
// pass over; the zero hit is none.
type hit struct {
	start, end int
	rule       string
}

func (r *redactor) replace(h hit) {
	r.cmd.advance(r.s, h.start)
	r.cmd.at = h.end
	r.out = append(r.out, r.s[r.done:h.start]...)
	r.out = append(r.out, mark(h.rule)...)
	r.done = h.end
	for _, known := range r.rules {
		if known == h.rule {
			return
		}
	}
	r.rules = append(r.rules, h.rule)
}

// find asks the rules that are anchored at byte i.
func (r *redactor) find(i int) hit {
	switch r.s[i] {
	case '[':
		return hit{end: i + markLen(r.s[i:])}
	case '=':
		return r.assignment(i)
	case ':':
		if strings.HasPrefix(r.s[i:], "://") {
			return r.url(i)
		}
		if h := r.telegram(i); h.end > 0 {
			return h
		}
		return r.assignment(i)
	case '-':
		if strings.HasPrefix(r.s[i:], keyBegin) {
			return r.privateKey(i)
		}
		if h := r.punctuated(i, dashTokens[:]); h.end > 0 {
			return h
		}
		return r.flag(i)
	case '_':
		if h := r.punctuated(i, underTokens[:]); h.end > 0 {
			return h
		}
		return r.awsSecret(i)
	case 'J':
		return r.jwt(i)
	case '~':
		return r.azureSecret(i)
	case '.':
		if h := r.punctuated(i, dotTokens[:]); h.end > 0 {
			return h
		}
		return r.discord(i)
	}
	return r.token(i, letterTokens[:])
}

const markOpen = "[REDACTED:"

func mark(rule string) string { return markOpen + rule + "]" }

// markLen returns the length of the mark that s begins with, or 0.
func markLen(s string) int {
	if !strings.HasPrefix(s, markOpen) {
		return 0
	}
	n := len(markOpen) + flagName.run(s[len(markOpen):])
	if n == len(markOpen) || n > 50 || n == len(s) || s[n] != ']' {
		return 0
	}
	return n + 1
}

// startsWord reports whether a token may begin at byte i: not within a word,
// where the end of an escape such as \n or %3D is no part of the word.
func (r *redactor) startsWord(i int) bool {
	if i == r.done || !alnum.has(r.s[i-1]) {
		return true
	}
	if i-2 >= r.done && r.s[i-2] == '\\' && strings.IndexByte("nrt", r.s[i-1]) >= 0 {
		return true
	}
	return i-3 >= r.done && r.s[i-3] == '%' && hexDigits.has(r.s[i-2]) && hexDigits.has(r.s[i-1])
}

func (r *redactor) endsWord(i int) bool { return i == len(r.s) || !alnum.has(r.s[i]) }
