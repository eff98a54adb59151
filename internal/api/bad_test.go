package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"
)

func TestBadInput(t *testing.T) {
	r := serve(t)
	many := "/api/v1/events?" + strings.Repeat("tool=a&", query.MaxValues+1) + "unit="
	for _, c := range []struct{ target, field, says string }{
		{"/api/v1/events?since=yesterday", "since", "is no time"},
		{"/api/v1/events?since=2026-13-40", "since", "is no time"},
		{"/api/v1/events?since=2h&until=3h", "until", "before since"},
		{"/api/v1/events?since=1h&since=2h", "since", "2 times"},
		{"/api/v1/events?outcome=fine", "outcome", "pending, success"},
		{"/api/v1/events?level=loud", "level", "INFO"},
		{"/api/v1/events?outside=maybe", "outside", "true, false"},
		{"/api/v1/events?not_outside=maybe", "outside", "true, false"},
		{"/api/v1/events?tool=", "tool", "empty"},
		{"/api/v1/events?path=", "path", "empty"},
		{"/api/v1/events?path=" + strings.Repeat("*a", query.MaxValue), "path", "bytes; at most"},
		{many, "tool", "values"},
		{"/api/v1/events?limit=1001", "limit", "1000"},
		{"/api/v1/events?limit=-1", "limit", "whole number"},
		{"/api/v1/events?limit=1e9", "limit", "whole number"},
		{"/api/v1/events?limit=99999999999999999999", "limit", "whole number"},
		{"/api/v1/events?cursor=abc", "cursor", "not one that a page ended with"},
		{"/api/v1/events?cursor=" + strings.Repeat("A", 2000), "cursor", "not one that a page ended with"},
		{"/api/v1/events?order=random", "order", "newest or oldest"},
		{"/api/v1/events?unit=kilos", "unit", "records or actions"},
		{"/api/v1/events?raw=yes", "raw", "false or true"},
		{"/api/v1/events?Tool=Bash", "Tool", "did you mean tool?"},
		{"/api/v1/events?sice=1h", "sice", "did you mean since?"},
		{"/api/v1/events?not_tol=x", "not_tol", "did you mean not_tool?"},
		{"/api/v1/events?" + strings.Repeat("x", 10000) + "=1", strings.Repeat("x", 40) + "…", "no such parameter"},
		{"/api/v1/events?tool=%zz", "query", "cannot be read"},
		{"/api/v1/events?a;b", "query", "cannot be read"},
		{"/api/v1/events?also=since%3D1h", "also", "no field to select by"},
		{"/api/v1/events?also=%25zz", "also", "invalid URL escape"},
		{"/api/v1/events?also=level%3Dloud", "level", "INFO"},
		{"/api/v1/events?" + strings.Repeat("also=tool%3Da&", query.MaxTerms+1), "filter", "conditions"},
		{"/api/v1/events/nothing", "key", "JOURNAL.SEQ"},
		{"/api/v1/events/j.99999999999999999999", "key", "JOURNAL.SEQ"},
		{"/api/v1/events/j.1?raw=true", "raw", "no parameters here"},
		{"/api/v1/health?verbose=1", "verbose", "no parameters here"},
		{"/api/v1/stats?bucket=soon", "bucket", "length of time"},
		{"/api/v1/stats?bucket=99999w", "bucket", "length of time"},
		{"/api/v1/stats?bucket=-5m", "bucket", "second"},
		{"/api/v1/stats?bucket=1ms", "bucket", "second"},
		{"/api/v1/stats?zone=Mars/Olympus", "zone", "time zone"},
		{"/api/v1/stats?zone=../../etc/passwd", "zone", "time zone"},
		{"/api/v1/stats?by=colour", "by", "session, project, tool"},
		{"/api/v1/stats?by=text", "by", "session, project, tool"},
		{"/api/v1/top", "by", "session, project, tool"},
		{"/api/v1/top?by=tool&limit=5000", "limit", "1000"},
		{"/api/v1/facets?fields=tool&fields=tool", "fields", "twice"},
		{"/api/v1/sessions/x?tool=a", "tool", "no such parameter"},
		{"/api/v1/sessions/" + strings.Repeat("x", 5000), "session", "bytes; at most"},
		{"/api/v1/stream?last=5000", "last", "1000"},
		{"/api/v1/stream?after=nonsense", "after", "JOURNAL.SEQ"},
		{"/api/v1/stream?level=loud", "level", "INFO"},
		{"/api/v1/export?format=xml", "format", "jsonl or csv"},
		{"/api/v1/export?level=loud", "level", "INFO"},
		{"/api/v1/export?cursor=x", "cursor", "no such parameter"},
	} {
		answer, body := r.get(c.target)
		var p struct {
			Type   string
			Status int
			Detail string
			Errors []struct{ Message, Location string }
		}
		if err := json.Unmarshal([]byte(body), &p); err != nil || len(p.Errors) != 1 {
			t.Errorf("%.80s: %s: %s", c.target, answer.Status, body)
			continue
		}
		if answer.StatusCode != http.StatusBadRequest || p.Status != http.StatusBadRequest || p.Type != api.ProblemBadQuery ||
			p.Errors[0].Location != api.Location+c.field || !strings.Contains(p.Detail, c.says) || len(p.Detail) > 1000 {
			t.Errorf("%.80s: %s: %s", c.target, answer.Status, body)
		}
	}
}

func TestWrongMethods(t *testing.T) {
	r := serve(t)
	for target, allow := range map[string]string{
		"/api/v1/events":     "GET",
		"/api/v1/events/j.1": "GET",
		"/api/v1/stream":     "GET",
		"/api/v1/codes":      "POST",
		"/api/v1/session":    "POST, DELETE",
		"/metrics":           "GET, HEAD",
		"/":                  "GET, HEAD",
	} {
		answer, body := r.get(target, func(q *http.Request) { q.Method = http.MethodPut })
		if answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") != allow {
			t.Errorf("PUT %s: %s, Allow %q: %s", target, answer.Status, answer.Header.Get("Allow"), body)
		}
	}
}

func TestBodiesThatNobodyReads(t *testing.T) {
	r := serve(t)
	head := " HTTP/1.1\r\nHost: " + r.addr + "\r\nAuthorization: Bearer " + token + "\r\n"
	for _, text := range []string{
		"GET /api/v1/events" + head + "Content-Length: 1000000\r\n\r\n",
		"GET /healthz" + head + "Transfer-Encoding: chunked\r\n\r\n",
		"POST /api/v1/codes" + head + "Transfer-Encoding: chunked\r\n\r\n",
		"POST /api/v1/session" + head + "Content-Length: 5000\r\n\r\n",
	} {
		if got := r.raw(text); got != "HTTP/1.1 400 Bad Request" {
			t.Errorf("%.40s: %s", text, got)
		}
	}
	long := "GET /api/v1/events?text=" + strings.Repeat("a", 300<<10) + head + "\r\n"
	if got := r.raw(long); !strings.HasPrefix(got, "HTTP/1.1 431 ") {
		t.Errorf("a question of 300 KiB: %s", got)
	}
}

func TestErrorsOfTheEngine(t *testing.T) {
	r := serve(t)
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{query.Bad("path", "odd"), 400, "path: odd"},
		{fmt.Errorf("%w that begins ab", query.ErrNoSession), 404, "no such session that begins ab"},
		{fmt.Errorf("%w begins ab", query.ErrManySessions), 409, "more than one session begins ab"},
		{fmt.Errorf("scan: %w", context.DeadlineExceeded), 503, "took too long"},
		{errors.New("open /secret/index.db: no such file"), 500, "the collector's log says why"},
	} {
		r.engine.fail(c.err)
		answer, body := r.get("/api/v1/sessions/ab")
		if answer.StatusCode != c.status || !strings.Contains(body, c.says) || strings.Contains(body, "secret") {
			t.Errorf("%v: %s: %s", c.err, answer.Status, body)
		}
		if _, body := r.get("/api/v1/stream?after=j.1"); !strings.Contains(body, "event: problem\ndata: {") || !strings.Contains(body, c.says) {
			t.Errorf("%v: the stream says %s", c.err, body)
		}
	}
}

// Whatever stands in an address, the answer is one, and never the server's fault.
func FuzzAddress(f *testing.F) {
	f.Add("since=24h&tool=Bash&not_path=*.md&also=text%3Da")
	f.Add("bucket=1d&by=tool&zone=%2B02:00&cursor=AAAA&limit=5")
	f.Add("a;b&%zz=&also=&outcome=")
	s, err := api.New(api.Config{Engine: &engine{entries: []query.Entry{entry(1, "ls")}}, Health: health, Token: token, Now: noon})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, path := range []string{"events", "stats", "facets", "top", "sessions/x", "export"} {
			if status := direct(t, s, path, raw); status >= 500 {
				t.Errorf("%s?%s: %d", path, url.QueryEscape(raw), status)
			}
		}
	})
}
