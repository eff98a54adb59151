package api_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"agent-telemetry/internal/api"
)

func TestWhoMayAsk(t *testing.T) {
	r := serve(t)
	for _, c := range []struct {
		target, authorization string
		status                int
	}{
		{"/api/v1/events", "", 401},
		{"/api/v1/events", token, 401},
		{"/api/v1/events", "Bearer", 401},
		{"/api/v1/events", "Bearer ", 401},
		{"/api/v1/events", "Bearer " + token[:len(token)-1], 401},
		{"/api/v1/events", "Bearer " + token + "x", 401},
		{"/api/v1/events", "Basic " + token, 401},
		{"/api/v1/events", "Bearer " + token, 200},
		{"/api/v1/events", "bearer " + token, 200},
		{"/api/v1/stream", "", 401},
		{"/api/v1/export", "", 401},
		{"/api/v1/health", "", 401},
		{"/api/v1/codes", "", 401},
		{"/api/v1/nothing", "", 401},
		{"/api", "", 401},
		{"/metrics", "", 401},
		{"/metrics", "Bearer " + token, 200},
		{"/healthz", "", 200},
		{"/readyz", "", 200},
		{"/openapi.json", "", 200},
		{"/", "", 200},
		{"/page.js", "", 200},
	} {
		answer, body := r.get(c.target, func(q *http.Request) {
			q.Header.Del("Authorization")
			if c.authorization != "" {
				q.Header.Set("Authorization", c.authorization)
			}
		})
		if answer.StatusCode != c.status {
			t.Errorf("%s with %q: %s: %s", c.target, c.authorization, answer.Status, body)
		}
		if c.status == 401 && answer.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: a 401 that does not say what it takes", c.target)
		}
		if p := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'; script-src 'self';") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: policy %q", c.target, p)
		}
		for name := range answer.Header {
			if name == "Set-Cookie" || strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s answers with %s", c.target, name)
			}
		}
	}
}

// A name that somebody else's DNS makes resolve to this machine is not this server's.
func TestOnlyOurNames(t *testing.T) {
	r := serve(t, func(c *api.Config) { c.Hosts = []string{"telemetry.example", "proxy.example:443"} })
	_, port, err := net.SplitHostPort(r.addr)
	if err != nil {
		t.Fatal(err)
	}
	for host, status := range map[string]int{
		"127.0.0.1:" + port:                 200,
		"localhost:" + port:                 200,
		"LOCALHOST:" + port:                 200,
		"[::1]:" + port:                     200,
		"127.1.2.3:" + port:                 200,
		"telemetry.example:" + port:         200,
		"proxy.example:443":                 200,
		"proxy.example:" + port:             421,
		"localhost":                         421,
		"localhost:1":                       421,
		"127.0.0.1":                         421,
		"evil.example:" + port:              421,
		"localhost.evil.example:" + port:    421,
		"127.0.0.1.evil.example:" + port:    421,
		"192.168.1.5:" + port:               421,
		"0.0.0.0:" + port:                   421,
		"127.0.0.1@evil.example:" + port:    421,
		"telemetry.example.evil.ex:" + port: 421,
	} {
		for _, path := range []string{"/api/v1/events", "/healthz", "/"} {
			answer, body := r.get(path, func(q *http.Request) { q.Host = host })
			if answer.StatusCode != status {
				t.Errorf("Host %s: %s: %s: %s", host, path, answer.Status, body)
			}
		}
	}
	if got := r.raw("GET /healthz HTTP/1.0\r\n\r\n"); got != "HTTP/1.0 421 Misdirected Request" {
		t.Errorf("without a Host: %s", got)
	}
}

func TestOnlyOurPages(t *testing.T) {
	r := serve(t)
	_, port, _ := net.SplitHostPort(r.addr)
	for _, c := range []struct {
		path, name, value string
		status            int
	}{
		{"/api/v1/events", "Origin", "http://" + r.addr, 200},
		{"/api/v1/events", "Origin", "http://localhost:" + port, 403}, // another origin than it asks
		{"/api/v1/events", "Origin", "https://" + r.addr, 403},
		{"/api/v1/events", "Origin", "http://127.0.0.1:1", 403},
		{"/api/v1/events", "Origin", "http://evil.example", 403},
		{"/api/v1/events", "Origin", "null", 403},
		{"/api/v1/events", "Origin", "", 403},
		{"/api/v1/events", "Sec-Fetch-Site", "same-origin", 200},
		{"/api/v1/events", "Sec-Fetch-Site", "none", 200},
		{"/api/v1/events", "Sec-Fetch-Site", "same-site", 403},
		{"/api/v1/events", "Sec-Fetch-Site", "cross-site", 403},
		{"/page.js", "Sec-Fetch-Site", "cross-site", 403},
		{"/", "Origin", "http://evil.example", 403},
	} {
		if answer, body := r.get(c.path, with(c.name, c.value)); answer.StatusCode != c.status {
			t.Errorf("%s with %s %q: %s: %s", c.path, c.name, c.value, answer.Status, body)
		}
	}
	if answer, _ := r.get("/", with("Sec-Fetch-Site", "cross-site"), with("Sec-Fetch-Mode", "navigate")); answer.StatusCode != 200 {
		t.Errorf("a link to the page: %s", answer.Status)
	}
}

func TestCodes(t *testing.T) {
	now := noon()
	var mu sync.Mutex
	pass := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); now = now.Add(d) }
	r := serve(t, func(c *api.Config) { c.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now } })
	code := func() string {
		answer, body := r.post("/api/v1/codes", "")
		var c api.Code
		if err := json.Unmarshal([]byte(body), &c); err != nil || answer.StatusCode != 200 || len(c.Code) < 40 {
			t.Fatalf("%s: %s", answer.Status, body)
		}
		return c.Code
	}
	exchange := func(code string) (int, string) {
		text, _ := json.Marshal(map[string]string{"code": code})
		answer, body := r.post("/api/v1/session", string(text), bare)
		var s api.Session
		_ = json.Unmarshal([]byte(body), &s)
		return answer.StatusCode, s.Token
	}
	may := func(token string) int {
		answer, _ := r.get("/api/v1/events", with("Authorization", "Bearer "+token))
		return answer.StatusCode
	}
	want := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, not %d", what, got, want)
		}
	}

	first := code()
	status, session := exchange(first)
	want("a fresh code", status, 200)
	want("its session", may(session), 200)
	want("a code as token", may(first), 401)
	again, _ := exchange(first)
	want("a code used twice", again, 401)

	answer, _ := r.post("/api/v1/codes", "", with("Authorization", "Bearer "+session))
	want("a code for a session", answer.StatusCode, 403)

	late := code()
	pass(61 * time.Second)
	status, _ = exchange(late)
	want("an expired code", status, 401)
	want("a session a minute old", may(session), 200)
	pass(12 * time.Hour)
	want("a session of yesterday", may(session), 401)

	_, one := exchange(code())
	_, two := exchange(code())
	end := func(token string) int {
		answer, _ := r.get("/api/v1/session", with("Authorization", "Bearer "+token), func(q *http.Request) { q.Method = http.MethodDelete })
		return answer.StatusCode
	}
	want("ending one", end(one), 204)
	want("the one ended", may(one), 401)
	want("the other", may(two), 200)
	want("ending all", end(token), 204)
	want("the other, too", may(two), 401)
	want("the token", may(token), 200)

	pass(time.Hour)
	good := code()
	for range 10 {
		status, _ = exchange("guess")
		want("a wrong code", status, 401)
	}
	status, _ = exchange("guess")
	want("the eleventh wrong code in a minute", status, 429)
	pass(time.Minute)
	status, _ = exchange("guess")
	want("a wrong code a minute later", status, 401)
	status, _ = exchange(good)
	want("a code that went stale meanwhile", status, 401)

	for body, status := range map[string]int{`{}`: 422, `{"code":""}`: 422, `{"code":7}`: 422, `[`: 400, ``: 400} {
		if answer, told := r.post("/api/v1/session", body, bare); answer.StatusCode != status {
			t.Errorf("%q: %s: %s", body, answer.Status, told)
		}
	}
	for range 64 {
		code()
	}
	answer, _ = r.post("/api/v1/codes", "")
	want("the 65th unused code", answer.StatusCode, 429)
	if answer.Header.Get("Retry-After") == "" {
		t.Error("a 429 that does not say when to come again")
	}
}

func TestToken(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "api-token")
	if _, err := api.ReadToken(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a token that is not there: %v", err)
	}
	tokens := make([]string, 8)
	var all sync.WaitGroup
	for i := range tokens {
		all.Go(func() {
			var err error
			if tokens[i], err = api.LoadToken(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, got := range tokens {
		if got != tokens[0] || len(got) < 40 {
			t.Errorf("tokens %q", tokens)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	for name, spoil := range map[string]func() error{
		"read by others": func() error { return os.Chmod(path, 0o640) },
		"holds no token": func() error { return os.WriteFile(path, []byte("\n"), 0o600) },
		"is not the API": func() error {
			return os.Symlink(path, filepath.Join(dir, "link"))
		},
	} {
		_ = os.Remove(path)
		if _, err := api.LoadToken(path); err != nil {
			t.Fatal(err)
		}
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		at := path
		if strings.HasPrefix(name, "is not") {
			at = filepath.Join(dir, "link")
		}
		if _, err := api.LoadToken(at); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestListen(t *testing.T) {
	ctx := context.Background()
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", "localhost.example:0"} {
		if ln, err := api.Listen(ctx, addr, nil); err == nil {
			t.Errorf("%s: listens on %s without a certificate", addr, ln.Addr())
			ln.Close()
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:0"} {
		ln, err := api.Listen(ctx, addr, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		ln.Close()
	}
	ln, err := api.Listen(ctx, "0.0.0.0:0", &tls.Config{MinVersion: tls.VersionTLS13})
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	for _, short := range []string{"", "secret"} {
		if _, err := api.New(api.Config{Engine: &engine{}, Health: health, Token: short}); err == nil {
			t.Errorf("serves with the token %q", short)
		}
	}
}

func TestPages(t *testing.T) {
	r := serve(t, func(c *api.Config) {
		c.UI = fstest.MapFS{"index.html": {Data: []byte("<!doctype html>ours")}, "assets/a.js": {Data: []byte("1")}}
	})
	for target, status := range map[string]int{
		"/": 200, "/assets/a.js": 200, "/assets": 404, "/assets/": 404, "/../go.mod": 404, "/%2e%2e/go.mod": 404, "/.git": 404,
	} {
		if answer, _ := r.get(target, bare); answer.StatusCode != status {
			t.Errorf("%s: %s", target, answer.Status)
		}
	}
	if _, body := r.get("/"); body != "<!doctype html>ours" {
		t.Errorf("/ is %s", body)
	}
}

// The page loads nothing from elsewhere and has no script or style of its own
// within, which the policy would refuse.
func TestBuiltInPageKeepsThePolicy(t *testing.T) {
	_, body := serve(t).get("/")
	for _, no := range []string{"http:", "https:", "style=", "onload", "<style", "<script>"} {
		if strings.Contains(body, no) {
			t.Errorf("the page has %s", no)
		}
	}
	_, script := serve(t).get("/page.js")
	for _, no := range []string{"innerHTML", "outerHTML", "document.write", "insertAdjacent", "eval(", "localStorage", "cookie"} {
		if strings.Contains(script, no) {
			t.Errorf("the script has %s", no)
		}
	}
}
