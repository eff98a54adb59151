package privacy

// token is a rule for secrets that begin with a prefix of their own.
type token struct {
	rule   string
	prefix string
	after  int   // how many bytes of prefix come after the byte that leads here
	body   class // what follows the prefix
	min    int   // how many of those at least
	exact  bool  // no more than min, and then no letter or digit
	digit  bool  // one of the first is a digit
	keep   bool  // the prefix itself is not secret
}

// The tables, by the anchor's byte.
var (
	underTokens = [...]token{
		{rule: "github-token", prefix: "ghp_", body: alnum, min: 30},
		{rule: "github-token", prefix: "gho_", body: alnum, min: 30},
		{rule: "github-token", prefix: "ghu_", body: alnum, min: 30},
		{rule: "github-token", prefix: "ghs_", body: alnum, min: 30},
		{rule: "github-token", prefix: "ghr_", body: alnum, min: 30},
		{rule: "github-token", prefix: "github_pat_", body: word, min: 36},
		{rule: "stripe-key", prefix: "sk_live_", body: alnum, min: 16},
		{rule: "stripe-key", prefix: "sk_test_", body: alnum, min: 16},
		{rule: "stripe-key", prefix: "rk_live_", body: alnum, min: 16},
		{rule: "stripe-key", prefix: "rk_test_", body: alnum, min: 16},
		{rule: "stripe-key", prefix: "whsec_", body: alnum, min: 24},
		{rule: "npm-token", prefix: "npm_", body: alnum, min: 30},
		{rule: "huggingface-token", prefix: "hf_", body: alnum, min: 30},
		{rule: "shopify-token", prefix: "shpat_", body: hexDigits, min: 32},
		{rule: "shopify-token", prefix: "shpca_", body: hexDigits, min: 32},
		{rule: "shopify-token", prefix: "shppa_", body: hexDigits, min: 32},
		{rule: "shopify-token", prefix: "shpss_", body: hexDigits, min: 32},
		{rule: "digitalocean-token", prefix: "dop_v1_", body: hexDigits, min: 64},
		{rule: "digitalocean-token", prefix: "doo_v1_", body: hexDigits, min: 64},
		{rule: "digitalocean-token", prefix: "dor_v1_", body: hexDigits, min: 64},
		{rule: "docker-token", prefix: "dckr_pat_", body: word, min: 20},
		{rule: "grafana-token", prefix: "glsa_", body: word, min: 32},
		{rule: "groq-key", prefix: "gsk_", body: alnum, min: 40},
		{rule: "linear-key", prefix: "lin_api_", body: alnum, min: 32},
	}
	dashTokens = [...]token{
		{rule: "anthropic-key", prefix: "sk-ant-", body: word, min: 20},
		{rule: "openai-key", prefix: "sk-proj-", body: word, min: 20},
		{rule: "openai-key", prefix: "sk-svcacct-", body: word, min: 20},
		{rule: "openai-key", prefix: "sk-admin-", body: word, min: 20},
		{rule: "openai-key", prefix: "sk-or-v1-", body: hexDigits, min: 32},
		{rule: "openai-key", prefix: "sk-", body: alnum, min: 20, digit: true},
		{rule: "gitlab-token", prefix: "glpat-", body: dotted, min: 20},
		{rule: "gitlab-token", prefix: "gldt-", body: dotted, min: 20},
		{rule: "gitlab-token", prefix: "glrt-", body: dotted, min: 20},
		{rule: "gitlab-token", prefix: "glptt-", body: dotted, min: 20},
		{rule: "gitlab-token", prefix: "glsoat-", body: dotted, min: 20},
		{rule: "slack-token", prefix: "xoxb-", body: word, min: 10, digit: true},
		{rule: "slack-token", prefix: "xoxp-", body: word, min: 10, digit: true},
		{rule: "slack-token", prefix: "xoxa-", body: word, min: 10, digit: true},
		{rule: "slack-token", prefix: "xoxr-", body: word, min: 10, digit: true},
		{rule: "slack-token", prefix: "xoxs-", body: word, min: 10, digit: true},
		{rule: "slack-token", prefix: "xoxe-", body: word, min: 10, digit: true},
		{rule: "slack-token", prefix: "xoxc-", body: word, min: 10, digit: true},
		{rule: "slack-token", prefix: "xoxd-", body: bearer, min: 10, digit: true},
		{rule: "slack-token", prefix: "xapp-", body: word, min: 10, digit: true},
		{rule: "pypi-token", prefix: "pypi-", body: word, min: 50, digit: true},
		{rule: "gcp-oauth-secret", prefix: "GOCSPX-", body: word, min: 20},
		{rule: "tailscale-key", prefix: "tskey-", body: word, min: 20, digit: true},
	}
	dotTokens = [...]token{
		{rule: "sendgrid-key", prefix: "SG.", body: dotted, min: 50},
		{rule: "vault-token", prefix: "hvs.", body: word, min: 24},
		{rule: "vault-token", prefix: "hvb.", body: word, min: 24},
		{rule: "vault-token", prefix: "hvr.", body: word, min: 24},
		{rule: "gcp-oauth-token", prefix: "ya29.", body: word, min: 20},
	}
	letterTokens = [...]token{
		{rule: awsKeyRule, prefix: "AKIA", body: upperAlnum, min: 16, exact: true},
		{rule: awsKeyRule, prefix: "ASIA", body: upperAlnum, min: 16, exact: true},
		{rule: awsKeyRule, prefix: "ABIA", body: upperAlnum, min: 16, exact: true},
		{rule: awsKeyRule, prefix: "ACCA", body: upperAlnum, min: 16, exact: true},
		{rule: "gcp-api-key", prefix: "AIza", after: 3, body: word, min: 35},
		{rule: "twilio-key", prefix: "SK", body: hexDigits, min: 32, exact: true},
		{rule: "bearer-token", prefix: "Bearer ", after: 6, body: bearer, min: 16, digit: true, keep: true},
	}
)

const (
	awsKeyRule    = "aws-access-key-id"
	awsSecretRule = "aws-secret-key"
)

// minBody is at most the length of any body in the tables of _, - and dot.
const minBody = 10

// punctuated tries the rules of a table whose prefixes end at byte i. Most such
// bytes in a text are not followed by enough to try any.
func (r *redactor) punctuated(i int, table []token) hit {
	if i+minBody >= len(r.s) || word.run(r.s[i+1:i+1+minBody]) < minBody {
		return hit{}
	}
	return r.token(i, table)
}

// token tries the rules of a table whose prefixes have their leading byte at i.
func (r *redactor) token(i int, table []token) hit {
	for n := range table {
		t := &table[n]
		start := i + 1 + t.after - len(t.prefix)
		if start < r.done || r.s[start] != t.prefix[0] || !hasPrefix(r.s[start:], t.prefix) || !r.startsWord(start) {
			continue
		}
		body := start + len(t.prefix)
		if end := t.bodyEnd(r, body); end > 0 {
			if t.keep {
				start = body
			}
			return hit{start, end, t.rule}
		}
	}
	return hit{}
}

// bodyEnd returns where the body that begins at byte i ends, or 0 if none does.
func (t *token) bodyEnd(r *redactor, i int) int {
	if window := r.s[i:min(len(r.s), i+64)]; t.digit && !hasDigit(window[:t.body.run(window)]) {
		return 0
	}
	n := t.body.run(r.s[i:])
	switch {
	case n < t.min, t.exact && (n > t.min || !r.endsWord(i+n)):
		return 0
	}
	return i + n
}
