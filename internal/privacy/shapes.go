package privacy

import "strings"

// Rules for secrets of a shape that a prefix and a length do not tell.

func hasPrefix(s, prefix string) bool { return strings.HasPrefix(s, prefix) }

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// jwt finds eyJ….eyJ… and, where there is one, the signature.
func (r *redactor) jwt(i int) hit {
	start := i - 2
	if start < r.done || !hasPrefix(r.s[start:], "eyJ") || !r.startsWord(start) ||
		start > r.done && word.has(r.s[start-1]) && !alnum.has(r.s[start-1]) {
		return hit{}
	}
	end, parts := start, 0
	for {
		n := word.run(r.s[end:])
		if n < 8 || parts == 1 && !hasPrefix(r.s[end:], "eyJ") {
			break
		}
		end += n
		parts++
		if parts == 5 || end == len(r.s) || r.s[end] != '.' {
			break
		}
		end++
	}
	if parts < 2 {
		return hit{}
	}
	return hit{start, end, "jwt"}
}

// telegram finds a bot's number, a colon and 35 characters.
func (r *redactor) telegram(i int) hit {
	n := 0
	for n <= 10 && i-n-1 >= r.done && digits.has(r.s[i-n-1]) {
		n++
	}
	if n < 8 || n > 10 || !hasPrefix(r.s[i+1:], "A") ||
		!r.startsWord(i-n) && !strings.HasSuffix(r.s[r.done:i-n], "bot") {
		return hit{}
	}
	if body := word.run(r.s[i+1:]); body >= 35 {
		return hit{i - n, i + 1 + body, "telegram-token"}
	}
	return hit{}
}

// discord finds a bot's id in base64, a dot, a time stamp, a dot and a signature.
func (r *redactor) discord(i int) hit {
	n := 0
	for n <= 28 && i-n-1 >= r.done && word.has(r.s[i-n-1]) {
		n++
	}
	if n < 24 || n > 28 || strings.IndexByte("MNO", r.s[i-n]) < 0 || !r.startsWord(i-n) {
		return hit{}
	}
	stamp := word.run(r.s[i+1:])
	dot := i + 1 + stamp
	if stamp != 6 || dot == len(r.s) || r.s[dot] != '.' {
		return hit{}
	}
	if body := word.run(r.s[dot+1:]); body >= 27 {
		return hit{i - n, dot + 1 + body, "discord-token"}
	}
	return hit{}
}

// azureSecret finds a client secret: three characters, a digit, Q~ and at least 31 more.
func (r *redactor) azureSecret(i int) hit {
	start := i - 5
	if start < r.done || r.s[i-1] != 'Q' || !digits.has(r.s[i-2]) || azureBody.run(r.s[start:i]) < 5 || !r.startsWord(start) {
		return hit{}
	}
	if n := azureBody.run(r.s[i+1:]); n >= 31 {
		return hit{start, i + 1 + n, "azure-client-secret"}
	}
	return hit{}
}

// awsSecret finds the key in "aws configure set aws_secret_access_key …".
func (r *redactor) awsSecret(i int) hit {
	const before, after = "secret_access", "_key "
	at := i + len(after)
	if !hasPrefix(r.s[i:], after) || !strings.HasSuffix(r.s[r.done:i], before) || base64.run(r.s[at:]) != 40 {
		return hit{}
	}
	return hit{at, at + 40, awsSecretRule}
}

// awsSecretAfter redacts the secret key that often stands near behind a key id:
// 40 characters of base64 with letters of both cases and digits. It returns where
// to go on.
func (r *redactor) awsSecretAfter(from int) int {
	for i := from; i < len(r.s) && i < from+128; {
		n := base64.run(r.s[i:])
		if n != 40 || !mixed(r.s[i:i+n]) {
			i += n + 1
			continue
		}
		if next := r.scan(from, i); next > i {
			return next
		}
		r.replace(hit{i, i + n, awsSecretRule})
		return i + n
	}
	return from
}

func mixed(s string) bool {
	return hasDigit(s) && strings.ToLower(s) != s && strings.ToUpper(s) != s
}
