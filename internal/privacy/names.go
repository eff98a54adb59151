package privacy

import "strings"

// maxName is how much of a name is looked at.
const maxName = 64

// secretName reports whether what has this name, be it a variable, a member, a
// flag or a header, is likely a secret: DB_PASSWORD, apiKey and client-secret
// are, token_count, PASSWORD_FILE and max_tokens are not.
func secretName(s string) bool {
	if len(s) < 3 || len(s) > maxName {
		return false
	}
	var buf [maxName]byte
	flat, words := flatten(buf[:0], s)
	for i := range flat {
		n := secretWord(flat[i:])
		if n == 0 || harmlessTail(flat[i+n:]) {
			continue
		}
		tail := flat[i+n:]
		plural := len(tail) > 0 && tail[0] == 's'
		if !plural || flat[i] != 't' && !harmlessTail(tail[1:]) { // tokens are a number of them
			return true
		}
	}
	return words > 1 && (endsInWord(s, "pat") || endsInWord(s, "auth") && s[0] == '_') ||
		endsInWord(s, "pwd") && s != "PWD" && s != "OLDPWD" || endsInWord(s, "pass") || endsInWord(s, "creds")
}

// secretFlag is secretName for a flag that takes the next word as its value.
func secretFlag(s string) bool {
	for _, verb := range [...]string{"no-", "without-", "show-", "generate-", "use-", "ask-", "prompt-", "skip-", "print-"} {
		if hasPrefix(s, verb) {
			return false
		}
	}
	return s == "cookie" || secretName(s)
}

// flatten appends the letters and digits of s in lower case, and counts its words.
func flatten(dst []byte, s string) (flat []byte, words int) {
	within := false
	for i := range len(s) {
		c := s[i]
		if !alnum.has(c) {
			within = false
			continue
		}
		if !within {
			words++
		}
		within = true
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst, words
}

// secretWord returns the length of the word for a secret that b begins with, or 0.
func secretWord(b []byte) int {
	switch b[0] {
	case 'p':
		return longest(b, "password", "passwd", "passphrase", "passcode", "privatekey")
	case 's':
		return longest(b, "secret", "signingkey", "sharedkey", "storagekey", "servicekey")
	case 't':
		return longest(b, "token")
	case 'a':
		return longest(b, "apikey", "accesskey", "accountkey", "authkey", "authorization")
	case 'c':
		return longest(b, "credential")
	case 'e':
		return longest(b, "encryptionkey")
	case 'm':
		return longest(b, "masterkey")
	}
	return 0
}

func longest(b []byte, words ...string) int {
	for _, w := range words {
		if len(b) >= len(w) && string(b[:len(w)]) == w {
			return len(w)
		}
	}
	return 0
}

// harmlessTail reports whether what follows the word for a secret in a name
// makes it the name of something else.
func harmlessTail(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	switch b[0] {
	case 'a':
		return longest(b, "age", "auth", "ary", "arn", "allowed", "alg") > 0
	case 'b':
		return longest(b, "budget", "bucket") > 0
	case 'c':
		return longest(b, "count", "class", "check") > 0
	case 'd':
		return longest(b, "dir", "description") > 0
	case 'e':
		return longest(b, "expir", "env", "enabled", "endpoint", "exp", "error") > 0
	case 'f':
		return longest(b, "file", "field", "format", "from") > 0
	case 'h':
		return longest(b, "hint", "helper") > 0
	case 'i':
		return string(b) == "id" || longest(b, "iz", "ids", "index", "info", "input") > 0
	case 'k':
		return longest(b, "kind") > 0
	case 'l':
		return longest(b, "len", "limit", "less", "label", "list", "location") > 0
	case 'm':
		return longest(b, "max", "min", "mode", "manager", "map") > 0
	case 'n':
		return longest(b, "name", "num") > 0
	case 'o':
		return longest(b, "only", "option") > 0
	case 'p':
		return longest(b, "path", "polic", "prefix", "provider", "pattern", "prompt", "placeholder", "pos") > 0
	case 'r':
		return longest(b, "ref", "reset", "required", "rotation", "regex", "rule") > 0
	case 's':
		return longest(b, "size", "scope", "store", "strength", "stdin", "source", "status") > 0
	case 't':
		return longest(b, "type", "ttl", "timeout", "table") > 0
	case 'u':
		return longest(b, "url", "uri", "usage", "used") > 0
	case 'v':
		return longest(b, "version", "valid") > 0
	}
	return false
}

// endsInWord reports whether the last word of s, cut at other characters than
// letters and at capitals, is w.
func endsInWord(s, w string) bool {
	i := len(s) - len(w)
	if i < 0 || !strings.EqualFold(s[i:], w) {
		return false
	}
	if i == 0 || !letters.has(s[i-1]) {
		return true
	}
	return s[i] >= 'A' && s[i] <= 'Z' && s[i-1] >= 'a'
}
