package privacy

import "strings"

// isHeader reports an HTTP header whose whole value is secret. Those with a
// secret's name, such as X-Api-Key, need no telling.
func isHeader(name string) bool {
	switch len(name) {
	case len("Cookie"):
		return strings.EqualFold(name, "Cookie")
	case len("Set-Cookie"):
		return strings.EqualFold(name, "Set-Cookie")
	case len("Authorization"):
		return strings.EqualFold(name, "Authorization")
	case len("Proxy-Authorization"):
		return strings.EqualFold(name, "Proxy-Authorization")
	}
	return false
}

// header finds the value of a header, to the end of its line or of the quotes it
// stands in. The scheme of an authorization stays.
func (r *redactor) header(name string, nameEnd, i int) hit {
	s := r.s
	at := i + 1
	if hasPrefix(s[at:], `\ `) { // a word of a shell, its spaces escaped
		at += 2
		at += schemeLen(s[at:])
		return r.valueAt(at, headerRule)
	}
	at += blank.run(s[at:])
	cookie := strings.EqualFold(name[len(name)-len("Cookie"):], "Cookie")
	escapes := 0
	for at+escapes < len(s) && s[at+escapes] == '\\' && escapes < 8 {
		escapes++
	}
	end := headerEnd
	if open := at + escapes; open < len(s) && (s[open] == '"' || s[open] == '\'') && (nameEnd < i || s[i] == '=') {
		at = open + 1
		end = func(s string, i int) int { return quotedEnd(s, i, s[open], escapes) }
	}
	if !cookie {
		at += schemeLen(s[at:])
	} else if n := dotted.run(s[at:]); n == 0 || !hasPrefix(s[at+n:], "=") {
		return hit{}
	}
	if isReference(s[at:], '"') {
		return hit{}
	}
	return r.trimmed(at, end(s, at), headerRule)
}

// headerEnd returns where the value of a header ends that has no quotes of its
// own: at a line's end, real or escaped, or at the quote around the header.
func headerEnd(s string, i int) int {
	for j := i; j < len(s); j++ {
		switch s[j] {
		case '\n', '\r', '"', '\'', '`':
			return j
		case '\\':
			if j+1 < len(s) && strings.IndexByte("nr\"'\n", s[j+1]) >= 0 {
				return j
			}
		}
	}
	return len(s)
}

// schemeLen returns the length of a scheme such as "Bearer " that s begins with.
func schemeLen(s string) int {
	for _, scheme := range [...]string{"bearer", "basic", "token", "digest", "negotiate", "apikey", "aws4-hmac-sha256"} {
		n := len(scheme)
		if len(s) <= n || !strings.EqualFold(s[:n], scheme) {
			continue
		}
		m := n
		for m < len(s) && (s[m] == ' ' || s[m] == '\\') {
			m++
		}
		if m > n {
			return m
		}
	}
	return 0
}

// signature finds the sig=… of an Azure SAS URL.
func (r *redactor) signature(i int) hit {
	end := bareEnd(r.s, i+1)
	if r.s[i] != '=' || end-i < 20 || isReference(r.s[i+1:], 0) {
		return hit{}
	}
	return hit{i + 1, end, "azure-sas"}
}

// url finds the password in scheme://user:password@host, a token in the place of
// the user, and the path of a web hook. Byte i is the colon.
func (r *redactor) url(i int) hit {
	s := r.s
	if i == r.done || !alnum.has(s[i-1]) {
		return hit{}
	}
	start := i + len("://")
	end := start
	at, colon := -1, -1
	for end < len(s) && s[end] > ' ' && strings.IndexByte("/?#\"'`<>|;\\", s[end]) < 0 {
		switch {
		case s[end] == '@':
			at = end
		case s[end] == ':' && colon < 0:
			colon = end
		}
		end++
	}
	if at < 0 {
		return r.webhook(start, end)
	}
	const rule = "url-password"
	user := s[start:at]
	switch {
	case strings.Contains(user, markOpen):
		return hit{}
	case colon < 0 || colon > at, s[colon+1:at] == "x-oauth-basic":
		user, _, _ = strings.Cut(user, ":")
		if len(user) >= 20 && hasDigit(user) && dotted.run(user) == len(user) {
			return hit{start, start + len(user), rule}
		}
		return hit{}
	case isReference(s[colon+1:at], '"'), s[colon+1] == '{':
		return hit{}
	}
	return r.trimmed(colon+1, at, rule)
}

// webhook finds the path of a Slack or Discord web hook, which is its secret.
func (r *redactor) webhook(host, end int) hit {
	rest := r.s[end:]
	switch r.s[host:end] {
	case "hooks.slack.com":
		for _, prefix := range [...]string{"/services/", "/workflows/", "/triggers/"} {
			if n := pathLen(rest); hasPrefix(rest, prefix) && n >= len(prefix)+16 {
				return hit{end + len(prefix), end + n, "slack-webhook"}
			}
		}
	case "discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com":
		const prefix = "/api/webhooks/"
		if n := pathLen(rest); hasPrefix(rest, prefix) && n >= len(prefix)+40 {
			return hit{end + len(prefix), end + n, "discord-webhook"}
		}
	}
	return hit{}
}

func pathLen(s string) int {
	n := 0
	for n < len(s) && (s[n] == '/' || word.has(s[n])) {
		n++
	}
	return n
}
