package privacy

import "strings"

const (
	keyRule  = "private-key"
	keyBegin = "-----BEGIN "
	keyEnd   = "-----END "
	keyName  = "PRIVATE KEY"
)

// privateKey finds a private key in PEM, or the beginning of one, its newlines
// real or escaped. Where only the markers stand, as in a search, there is no key.
func (r *redactor) privateKey(i int) hit {
	s := r.s
	name := i + len(keyBegin)
	dashes := strings.Index(s[name:], "-----")
	if dashes < 0 || dashes > 40 || !strings.Contains(s[name:name+dashes], keyName) {
		return hit{}
	}
	body := name + dashes + len("-----")
	end := strings.Index(s[body:], "-----")
	if end < 0 {
		end = len(s) - body
	}
	end += body
	if !hasPrefix(s[end:], keyEnd) {
		if n := keyText(s[body:end]); n > 0 {
			return hit{i, body + n, keyRule}
		}
		return hit{}
	}
	if !hasKeyLine(s[body:end]) {
		return hit{}
	}
	if n := strings.Index(s[end+len(keyEnd):], "-----"); n >= 0 && n <= 40 {
		end += len(keyEnd) + n + len("-----")
	}
	return hit{i, end, keyRule}
}

// hasKeyLine reports a run of base64 that is long enough for a key.
func hasKeyLine(s string) bool {
	for i := 0; i < len(s); {
		n := base64.run(s[i:])
		if n >= 16 {
			return true
		}
		i += n + 1
	}
	return false
}

// keyText returns how much of s, what follows a begin marker without an end
// marker, is the text of a key: lines of base64, after the headers of an
// encrypted one, where the last may be cut.
func keyText(s string) int {
	gap := class{1<<' ' | 1<<'\t' | 1<<'\r' | 1<<'\n' | 1<<'"' | 1<<'\'' | 1<<',' | 1<<'=', 1 << ('\\' - 64)}
	end := gap.run(s)
	if !strings.Contains(s[:min(len(s), end+1)], "\n") && !strings.Contains(s[:min(len(s), end+1)], `\n`) {
		return 0
	}
	if hasPrefix(strings.TrimPrefix(s[end:], "n"), "Proc-Type") {
		end += lineLen(s[end:])
		end += gap.run(s[end:])
		end += lineLen(s[end:])
		end += gap.run(s[end:])
	}
	found := 0
	for i := end; i < len(s); {
		n := base64.run(s[i:])
		if n < 16 && (found == 0 || i+n < len(s) && s[i+n] != '=') {
			break
		}
		found = i + n
		i = found + gap.run(s[found:])
		if i == found {
			break
		}
	}
	return found
}
