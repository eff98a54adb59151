package privacy_test

import (
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/privacy"

	"pgregory.net/rapid"
)

// fill makes n characters of a set, with letters of both cases and digits where
// the set has them.
func fill(set string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte(set[(i*7+3)%len(set)])
	}
	return b.String()
}

const (
	hexSet = "0123456789abcdef"
	b32Set = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	mixSet = "a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ"
)

var (
	hex32, hex64 = fill(hexSet, 32), fill(hexSet, 64)
	mix10, mix20 = fill(mixSet, 10), fill(mixSet, 20)
	mix35, mix36 = fill(mixSet, 35), fill(mixSet, 36)
	mix40, mix60 = fill(mixSet, 40), fill(mixSet, 60)
	awsID        = "AK" + "IA" + fill(b32Set, 16)
	jwt          = "ey" + "JhbGciOiJIUzI1NiJ9." + "ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0." + fill(mixSet, 43)
	pemBody      = fill(mixSet, 64) + "\n" + fill(mixSet, 48) + "==\n"
	begin, end   = "-----BEG" + "IN RSA PRIVATE KEY-----", "-----EN" + "D RSA PRIVATE KEY-----"
)

// secret marks in a vector what must go; the rest must stay.
type vectors struct {
	rule     string
	secrets  []string // «…» around what is redacted
	harmless []string
}

var rules = []vectors{
	{"aws-access-key-id", []string{
		"aws configure set aws_access_key_id «" + awsID + "»",
		"AWS_ACCESS_KEY_ID=«AS" + "IA" + fill(b32Set, 16) + "» aws s3 ls",
		`id:"«` + awsID + `»"`, `a\n«` + awsID + `»`, "x%3D«" + awsID + "»",
	}, []string{"an id begins with AK" + "IA and goes on", awsID + "X", "x" + awsID, "AK" + "IA" + fill("abc01", 16), "AK" + "IA_1234567890123456"}},
	{"aws-secret-key", []string{
		"aws configure set aws_secret_access_key «" + mix40 + "»",
		"echo [REDACTED:aws-access-key-id]; set secret_access_key «" + mix40 + "»;",
		"profile.secret_access_key «abc+/" + fill(mixSet, 35) + "»",
	}, []string{
		"aws_secret_access_key is a setting", "git show " + fill(hexSet, 40), "sha1: " + fill(hexSet, 40) + " secret_access_key (none)",
	}},
	{
		"gcp-api-key",
		[]string{"«AI" + "za" + mix35 + "»", "?q=1&k=«AI" + "za" + mix35 + "»&x=1", "'«AI" + "za-_" + fill(mixSet, 33) + "»'"},
		[]string{"AI" + "za" + fill(mixSet, 20), "PAI" + "za" + mix35, "AIs and AIzawl"},
	},
	{
		"gcp-oauth-secret",
		[]string{"«GOC" + "SPX-" + fill(mixSet, 28) + "»", "x=«GOC" + "SPX-" + fill(mixSet, 28) + "»;", `"«GOC` + "SPX-" + fill(mixSet, 28) + `»"`},
		[]string{"GOC" + "SPX-short", "GOC" + "SPX", "AGOC" + "SPX-" + fill(mixSet, 28)},
	},
	{
		"gcp-oauth-token",
		[]string{"«ya" + "29." + mix60 + "»", "x «ya" + "29.a0" + mix60 + "» y", "(«ya" + "29." + mix60 + "»)"},
		[]string{"ya" + "29.", "maya" + "29." + mix60, "ya" + "29.1.2"},
	},
	{
		"azure-client-secret",
		[]string{"«abc8Q~" + fill(mixSet, 34) + "»", "az x «Xy_7Q~" + fill(mixSet, 31) + "» y", `"«a.b1Q~` + fill(mixSet, 33) + `»"`},
		[]string{"Q~" + mix40, "abc8Q~short", "~/Q~x", "ls ~"},
	},
	{"azure-sas", []string{
		"https://x.blob.core.windows.net/c?sv=1&sig=«" + fill(mixSet, 43) + "%3D»&se=1", "sig=«" + mix40 + "»", "'?sig=«" + mix40 + "»'",
	}, []string{"sig=9", "sig=$SIG", "signature: " + mix40}},
	{"github-token", []string{
		"git clone https://x.io «gh" + "p_" + mix36 + "»", "«gh" + "s_" + mix36 + "»\n", "«github" + "_pat_" + fill(mixSet, 22) + "_" + fill(mixSet, 59) + "»",
		`printf "a\n«gh` + "o_" + mix36 + `»"`, "_«gh" + "p_" + mix36 + "»",
	}, []string{"gh" + "p_short", "agh" + "p_" + mix36, "github" + "_pat_x", "graph_" + mix36}},
	{
		"gitlab-token",
		[]string{"«gl" + "pat-" + mix20 + "»", "-H x:«gl" + "pat-" + mix20 + "»", "a «gl" + "rt-" + mix20 + "» b"},
		[]string{"gl" + "pat-", "egl" + "pat-" + mix20, "gl" + "pat-abc"},
	},
	{
		"slack-token",
		[]string{"«xox" + "b-123456789012-" + mix20 + "»", `"«xox` + "p-1-2-3-" + mix20 + `»"`, "«xap" + "p-1-A0-" + mix20 + "»"},
		[]string{"xox" + "b-your-token-here", "xox" + "b-", "axox" + "b-123456789012"},
	},
	{"slack-webhook", []string{
		"curl https://hooks." + "slack.com/services/«T00000000/B00000000/" + fill(mixSet, 24) + "»", `"https://hooks.` + "slack.com/services/«T1/B1/" + mix20 + `»"`,
		"https://hooks." + "slack.com/triggers/«T1/2/" + mix20 + "» -d x",
	}, []string{"https://hooks." + "slack.com/services/", "https://slack.com/services/T00000000/B00000000/x", "https://hooks." + "slack.com/help"}},
	{
		"stripe-key",
		[]string{"«sk_" + "live_" + mix20 + "»", "«rk_" + "test_" + mix20 + "» x", "k='«whsec" + "_" + fill(mixSet, 32) + "»'"},
		[]string{"sk_" + "live_", "risk_" + "test_" + mix20, "sk_" + "test_key_here"},
	},
	{
		"anthropic-key",
		[]string{"«sk-" + "ant-api03-" + mix60 + "-AA»", "x=«sk-" + "ant-" + mix20 + "»", `"«sk-` + "ant-sid01-" + mix20 + `»"`},
		[]string{"sk-" + "ant-", "task-ant-" + mix20, "sk-" + "ant-fake"},
	},
	{
		"openai-key",
		[]string{"«sk-" + mix20 + "T3Blbk" + "FJ" + mix20 + "»", "«sk-" + "proj-" + mix60 + "»", "k:«sk-" + hex32 + "»"},
		[]string{"sk-learn-something-long-to-name", "task-" + mix40, "disk-" + mix40, "sk-abcdefghijklmnopqrstuvwxyz"},
	},
	{
		"npm-token",
		[]string{"«np" + "m_" + mix36 + "»", "//r/:x «np" + "m_" + mix36 + "»", "'«np" + "m_" + mix36 + "»'"},
		[]string{"npm_config_registry=x", "np" + "m_" + mix20, "pnp" + "m_" + mix36},
	},
	{
		"pypi-token",
		[]string{"«py" + "pi-AgEIcHlwaS5vcmc" + mix60 + "»", "twine -x «py" + "pi-" + mix60 + "»", "\"«py" + "pi-" + mix60 + "_»\""},
		[]string{"pypi-server", "py" + "pi-" + mix20, "xpy" + "pi-" + mix60},
	},
	{
		"huggingface-token",
		[]string{"«h" + "f_" + fill(mixSet, 34) + "»", "x «h" + "f_" + fill(mixSet, 34) + "»", "=«h" + "f_" + fill(mixSet, 34) + "»"},
		[]string{"hf_hub_download", "h" + "f_" + mix20, "half_" + mix36},
	},
	{
		"sendgrid-key",
		[]string{"«S" + "G." + fill(mixSet, 22) + "." + fill(mixSet, 43) + "»", "x=«S" + "G." + fill(mixSet, 22) + "." + fill(mixSet, 43) + "»", "('«S" + "G." + mix60 + "»')"},
		[]string{"SG.", "MSG." + mix60, "SG.com/" + mix60},
	},
	{
		"twilio-key",
		[]string{"«S" + "K" + hex32 + "»", "x:«S" + "K" + hex32 + "»", "(«S" + "K" + hex32 + "»)"},
		[]string{"SK", "DESK" + hex32, "SK" + hex32 + "0", "SK-1"},
	},
	{
		"telegram-token",
		[]string{"https://api.telegram.org/bot«12345678:A" + "A" + fill(mixSet, 33) + "»/getMe", "«1234567890:A" + "A" + fill(mixSet, 33) + "»", "x '«123456789:A" + "A" + fill(mixSet, 33) + "»'"},
		[]string{"12345678:A", "12:34:56:Abc", "1234567:A" + fill(mixSet, 34)},
	},
	{
		"discord-token",
		[]string{"«M" + fill(mixSet, 23) + ".Gabc12." + fill(mixSet, 38) + "»", "x «N" + fill(mixSet, 25) + ".Xabc12." + fill(mixSet, 27) + "»", "'«O" + fill(mixSet, 25) + ".a_c-12." + fill(mixSet, 38) + "»'"},
		[]string{"M" + fill(mixSet, 23) + ".Gabc12", "Main.method.call", "X" + fill(mixSet, 23) + ".Gabc12." + fill(mixSet, 38)},
	},
	{
		"discord-webhook",
		[]string{"https://discord" + ".com/api/webhooks/«123456789012345678/" + mix60 + "»", "'https://discordapp" + ".com/api/webhooks/«123456789012345678/" + mix60 + "»'", "https://ptb.discord" + ".com/api/webhooks/«123456789012345678/" + mix60 + "» x"},
		[]string{"https://discord.com/api/webhooks/", "https://discord.com/channels/" + mix60, "https://example.com/api/webhooks/1/" + mix60},
	},
	{
		"shopify-token",
		[]string{"«shp" + "at_" + hex32 + "»", "x=«shp" + "ss_" + hex32 + "»", "'«shp" + "ca_" + hex32 + "»'"},
		[]string{"shp" + "at_x", "shp" + "at_" + fill("ghijkl", 32), "xshp" + "at_" + hex32},
	},
	{
		"digitalocean-token",
		[]string{"«do" + "p_v1_" + hex64 + "»", "x=«do" + "o_v1_" + hex64 + "»", "'«do" + "r_v1_" + hex64 + "»'"},
		[]string{"dop_v1_", "do" + "p_v1_" + hex32, "xdo" + "p_v1_" + hex64},
	},
	{
		"vault-token",
		[]string{"«hv" + "s." + fill(mixSet, 24) + "»", "vault login «hv" + "s." + fill(mixSet, 90) + "»", "'«hv" + "b." + fill(mixSet, 90) + "»'"},
		[]string{"hvs.", "hv" + "s.go", "xhv" + "s." + mix40},
	},
	{
		"docker-token",
		[]string{"«dckr" + "_pat_" + fill(mixSet, 27) + "»", "x=«dckr" + "_pat_" + fill(mixSet, 27) + "»", "'«dckr" + "_pat_a-b_" + fill(mixSet, 27) + "»'"},
		[]string{"dckr_pat_", "dckr" + "_pat_x", "xdckr" + "_pat_" + mix40},
	},
	{
		"grafana-token",
		[]string{"«gl" + "sa_" + fill(mixSet, 32) + "_1a2b3c4d»", "x=«gl" + "sa_" + fill(mixSet, 32) + "_1a2b3c4d»", "'«gl" + "sa_" + mix40 + "»'"},
		[]string{"glsa_", "gl" + "sa_x", "xgl" + "sa_" + mix40},
	},
	{
		"groq-key",
		[]string{"«gs" + "k_" + fill(mixSet, 52) + "»", "x=«gs" + "k_" + fill(mixSet, 52) + "»", "'«gs" + "k_" + fill(mixSet, 52) + "»'"},
		[]string{"gsk_", "gs" + "k_" + mix20, "xgs" + "k_" + mix60},
	},
	{
		"linear-key",
		[]string{"«lin" + "_api_" + mix40 + "»", "x=«lin" + "_api_" + mix40 + "»", "'«lin" + "_api_" + mix40 + "»'"},
		[]string{"lin_api_", "lin" + "_api_" + mix10, "berlin" + "_api_" + mix40},
	},
	{
		"tailscale-key",
		[]string{"«ts" + "key-auth-" + mix20 + "-" + mix20 + "»", "x=«ts" + "key-api-" + mix20 + "»", "'«ts" + "key-client-" + mix20 + "»'"},
		[]string{"tskey-auth", "ts" + "key-with-nothing-but-words-in-it", "xts" + "key-auth-" + mix20},
	},
	{
		"jwt",
		[]string{"«" + jwt + "»", "x '«" + jwt + "»'", `a\n«` + jwt + `»`, "k=«" + jwt[:strings.LastIndexByte(jwt, '.')] + "»"},
		[]string{"ey" + "J", "heyJude.heyJude.x", "ey" + "JhbGciOiJIUzI1NiJ9", "data:image/png;base64," + fill(mixSet, 200)},
	},
	{
		"bearer-token",
		[]string{"send Bearer «" + mix20 + "»", "'x' + \"Bearer «" + mix40 + "»\"", "{Bearer «" + hex32 + "»}"},
		[]string{"Bearer of news", "Bearer authentication-is-required", "Bearer $TOKEN", "Bearer "},
	},
	{"private-key", []string{
		"«" + begin + "\n" + pemBody + end + "»\nrest", `{"k":"«` + begin + `\n` + strings.ReplaceAll(pemBody, "\n", `\n`) + end + `»\n"}`,
		"cut «" + begin + "\n" + fill(mixSet, 64) + "\n" + fill(mixSet, 20) + "»", "PRIVATE_KEY='«" + begin + "\n" + pemBody + end + "»'",
		"«" + begin + "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + pemBody + end + "»",
	}, []string{
		"grep -r '" + begin + "' .", "sed -n '/" + begin + "/,/" + end + "/p' x", "-----BEGIN CERTIFICATE-----\n" + pemBody + "-----END CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----\n" + pemBody,
	}},
	{"header", []string{
		`curl -H "Authorization: Bearer «abc»" x`, `curl -H 'authorization: basic «dXNlcjpwYXNz»' x`, `{"Authorization": "«abc def»", "b": 1}`,
		`curl -H Authorization:\ Bearer\ «abc» x`, "Cookie: «a=b; c=d»\nHost: x", `-H 'Cookie: «sid=1»'`, "Proxy-Authorization: «x y»\r\n",
		`"{\"Authorization\":\"Bearer «abc»\"}"`, `headers["Authorization"] = "Token «abc»"`, `Set-Cookie: «a=b; Path=/»`,
	}, []string{`-H "Authorization: Bearer $TOKEN"`, "a cookie: a small text", `Authorization: Bearer ${TOKEN}`, "Cookie: none", `{"Authorization":""}`}},
	{"url-password", []string{
		"postgres://u:«p%40ss»@db:5432/x", "git clone https://«" + mix20 + "»@github.com/a/b", "redis://:«hunter2»@h", "'https://oauth2:«abc»@gitlab.com'",
		"https://«" + fill(hexSet, 40) + "»:x-oauth-basic@github.com", "amqp://u:«a@b»@h/",
	}, []string{
		"https://user@host/x", "https://host:8080/a@b", "http://$U:$P@h", "https://u:${P}@h", "git@github.com:a/b.git", "https://h/a?b=c:d@e", "http://[::1]:3000/", "https://u:<password>@h",
	}},
	{"flag", []string{
		"x --password «hunter2» y", "x --api-key '«a b»' y", "mysql -p«secret» -u root", "mysqldump -uroot -p'«se cret»' db", "curl -u me:«pw» https://x", "curl --user 'me:«p w»' x",
		"sshpass -p «pw» ssh h", "docker login -u me -p «pw» r", `["--password", "«pw»"]`, "redis-cli -h x -a «pw» ping", "az x --client-secret \\\n «pw»", "New-X -Password «pw»",
		`bash -c "mysql -p«secret»"`, "curl -u'me:«pw»' x", "wget --http-password «pw»",
	}, []string{
		"x --password-file f", "x --password-stdin", "x --password", "x --password -u me", "mysql -p -u root", "mkdir -p token", "docker run -p 80:80 x", "mysql; cd -psecret", "curl -u me x",
		"x --token-count 5", "x --no-password y", "x --token $TOKEN", "docker run --user 1:1 x", "docker run --name mysql -p3306:3306 x", "ssh -p 22 h", "--max-tokens 5",
	}},
	{"assignment", []string{
		"export TOKEN=\"«abc»\"", "DB_PASSWORD=«hunter2» ./x", "SECRET_KEY_BASE=«abc»", "apiKey: «abc»", `{"password": "«x»"}`, `{'client_secret':'«a b»', 'x':1}`, `"{\"password\":\"«x\y»\",\"a\":1}"`,
		"--token=«abc» --x", "password := \"«x»\"", "'password' => '«x»'", "AccountKey=«abc+/==»;Endpoint=x", "PGPASSWORD=«x» psql", "MYSQL_PWD=«x»", "${PASSWORD:-«x»}",
		"-e API_KEY=«abc»", "_authToken=«abc»", "password: str = \"«x»\"", "STRIPE_KEY_TOKEN_2=«x»", "GITLAB_PAT=«x»", "a=1&password=«x»&b=2", "X-Api-Key: «abc»", `os.environ["TOKEN"] = "«x»"`,
		"DB_PASS='«it''s»'", "password=«a,b»", `a\nTOKEN=«x»\nb`, "dbPassword=«x»", "PASSWORD=$'«x»'", "password == '«x»'",
	}, []string{
		"token_count=5", "TOKEN=$OTHER", "TOKEN=\"$OTHER\"", "TOKEN=${OTHER}", "TOKEN=$(pass x)", "TOKEN=`pass x`", "TOKEN=", "TOKEN=\"\"", "PASSWORD_FILE=/run/x", "max_tokens: 5", "tokenizer=bpe", "PWD=/home/x",
		"key=value", "monkey=1", "password: string", "TOKEN= ./x", "aws_access_key_id=x", "token::new", "secret_name: x", "pass: 5, fail: 0", "compass=1", "PASSWORD=*****", "token: true", "PasswordAuthentication no",
		`"integrity": "sha512-` + mix60 + `=="`, "id: 123e4567-e89b-12d3-a456-426614174000", "commit " + fill(hexSet, 40), "public_key=abc", "TOKEN=<your token>", "${{ secrets.TOKEN }}", "private_key=~/.ssh/id",
		"gh secret list", "password reset", "if password != tt.password", "token == other",
	}},
}

func TestRules(t *testing.T) {
	for _, r := range rules {
		t.Run(r.rule, func(t *testing.T) {
			if len(r.secrets) < 3 || len(r.harmless) < 3 {
				t.Error("too few vectors")
			}
			for _, v := range r.secrets {
				in := strings.NewReplacer("«", "", "»", "").Replace(v)
				before, rest, _ := strings.Cut(v, "«")
				_, after, _ := strings.Cut(rest, "»")
				want := before + "[REDACTED:" + r.rule + "]" + after
				got, found := privacy.Redact(in)
				if got != want && r.rule != "assignment" || !strings.HasPrefix(got, before) {
					t.Errorf("%q\n gives %q\n  want %q", in, got, want)
				} else if strings.TrimRight(got, `"'`) != strings.TrimRight(want, `"'`) {
					t.Errorf("%q\n gives %q\n  want %q", in, got, want)
				}
				if !slices.Contains(found, r.rule) {
					t.Errorf("%q: found %v", in, found)
				}
				checkIdempotent(t, in)
			}
			for _, in := range r.harmless {
				if got, found := privacy.Redact(in); got != in || found != nil {
					t.Errorf("%q\n gives %q, %v", in, got, found)
				}
			}
		})
	}
}

func TestSecretKeyNearItsID(t *testing.T) {
	for _, in := range []string{awsID + "\n" + mix40, awsID + " " + mix40, `"` + awsID + `", "` + mix40 + `"`} {
		if got, _ := privacy.Redact(in); strings.Contains(got, mix40) {
			t.Errorf("%q gives %q", in, got)
		}
	}
	in := awsID + " " + fill(hexSet, 40)
	if got, _ := privacy.Redact(in); !strings.HasSuffix(got, fill(hexSet, 40)) {
		t.Errorf("a git hash was redacted: %q", got)
	}
}

type failer interface{ Errorf(string, ...any) }

func checkIdempotent(t failer, in string) {
	once, _ := privacy.Redact(in)
	if twice, found := privacy.Redact(once); twice != once || found != nil {
		t.Errorf("%.300q\n gives %.300q\n  then %.300q", in, once, twice)
	}
}

// pieces are what texts for properties and fuzzing are made of.
func pieces() []string {
	p := []string{
		" ", "\n", `"`, "'", "=", ":", "-", "--", "_", ".", "@", "://", "\\", `\n`, "$", "{", "}", "[", "]", ",", ";", "|", "%3D", "<", "~", "`",
		"PASSWORD", "token", "secret", "Authorization", "Cookie", "mysql", "curl", "-p", "-u", "a", "Z", "9", "[REDACTED:jwt]", "[REDACTED:", "Bearer ", "=>", ":=", "sig", "x", "https",
		"-----BEG" + "IN ", "PRIVATE KEY-----", "-----EN" + "D ", "Q~", "ey" + "J", "gh" + "p_", "sk-", "xox" + "b-", "AK" + "IA", "shp" + "at_", "str", "pass",
		hex32, mix20, mix36, awsID, jwt, begin, end,
	}
	for _, r := range rules {
		for _, v := range r.secrets {
			p = append(p, strings.NewReplacer("«", "", "»", "").Replace(v))
		}
	}
	return p
}

func TestRedactingTwiceChangesNothing(t *testing.T) {
	all := pieces()
	rapid.Check(t, func(t *rapid.T) {
		checkIdempotent(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(all), 0, 14).Draw(t, "pieces"), ""))
	})
}

// The time of each is linear, or this would not end.
func TestHostileTexts(t *testing.T) {
	for _, piece := range append(pieces(),
		"Cookie: ", "Authorization: $A ", "password=$(", "password='$A ", "-----BEG"+"IN PRIVATE KEY-----", "1Q~", "xox"+"b-a", "<<a", "a://b:", "a://b:c@", "'a'", "password='a''", " -p", "mysql -p ",
		"--password ", "--password=\"", "sig=", "M"+fill(mixSet, 23)+".", "12345678:A", "password:\t", `\`, `password=\`, `"password":\"`, "eyJaaaaaaaaa.", `\neyJ`, "https://hooks.slack.com/services/",
	) {
		if piece == "" {
			continue
		}
		for _, in := range []string{strings.Repeat(piece, 1<<20/len(piece)), piece + strings.Repeat("a", 1<<20), "password='" + strings.Repeat(piece, 1<<20/len(piece))} {
			checkIdempotent(t, in)
		}
	}
}

func FuzzRedact(f *testing.F) {
	for _, p := range pieces() {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, in string) { checkIdempotent(t, in) })
}

func BenchmarkRedact(b *testing.B) {
	prose := strings.Repeat("The quick brown fox jumps over the lazy dog, and then it goes home to sleep. ", 14)[:1024]
	code := strings.Repeat("if err := store.read_all(ctx, file_name, opts...); err != nil { return fmt.Errorf(\"x: %w\", err) }\n", 12)[:1024]
	for name, s := range map[string]string{"prose": prose, "code": code, "secret": prose[:500] + " gh" + "p_" + mix36 + prose[:480]} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				privacy.Redact(s)
			}
		})
	}
}
