package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"
)

// block reads up to an empty line.
func block(t *testing.T, r *bufio.Reader) (text string) {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %q", err, text)
		}
		if line == "\n" {
			return text
		}
		text += line
	}
}

func TestStream(t *testing.T) {
	r := serve(t)
	answer, body := r.open("/api/v1/stream?tool=Bash&after=j.1")
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Error(kind)
	}
	if got := block(t, body); got != "retry: 1000\n" {
		t.Errorf("begins %q", got)
	}
	for _, id := range []string{"j.2", "j.3"} {
		got := block(t, body)
		at, data, _ := strings.Cut(got, "\ndata: ")
		var e query.Entry
		if err := json.Unmarshal([]byte(data), &e); err != nil || at != "id: "+id || e.Key().String() != id || strings.Contains(data, "<") {
			t.Errorf("%v: %q", err, got)
		}
	}
	q := r.engine.question().(query.TailQuery)
	if q.After != (query.Key{Journal: "j", Seq: 1}) || len(q.Terms) != 1 {
		t.Errorf("asked %+v", q)
	}
}

func TestStreamResumes(t *testing.T) {
	r := serve(t)
	answer, body := r.open("/api/v1/stream?after=j.1", with("Last-Event-ID", "j.2"))
	defer answer.Body.Close()
	block(t, body)
	if got := block(t, body); !strings.HasPrefix(got, "id: j.3\n") {
		t.Errorf("behind j.2 there is %q", got)
	}
}

// A stream that has had nothing yet has a place to resume at all the same.
func TestStreamBeginsWithAPlace(t *testing.T) {
	r := serve(t)
	answer, body := r.open("/api/v1/stream")
	defer answer.Body.Close()
	block(t, body)
	if got := block(t, body); got != "id: j.3\n" {
		t.Errorf("begins at %q", got)
	}
}

// Of several calls that one record tells of, a client has all or gets all again.
func TestStreamOfCallsThatShareARecord(t *testing.T) {
	r := serve(t)
	r.engine.tail = func(ctx context.Context, _ query.TailQuery, yield func(*query.Entry) bool) error {
		for _, e := range []query.Entry{{Journal: "j", Seq: 4}, {Journal: "j", Seq: 5, Sub: 1}, {Journal: "j", Seq: 5, Sub: 2}, {Journal: "j", Seq: 6, Sub: 1}, {Journal: "j", Seq: 7}} {
			yield(&e)
		}
		<-ctx.Done()
		return ctx.Err()
	}
	answer, body := r.open("/api/v1/stream?unit=actions&after=j.3")
	defer answer.Body.Close()
	var ids []string
	for entries := 0; entries < 5; {
		for _, line := range strings.Split(block(t, body), "\n") {
			switch {
			case strings.HasPrefix(line, "id: "):
				ids = append(ids, line)
			case strings.HasPrefix(line, "data: "):
				ids = append(ids, "data")
				entries++
			}
		}
	}
	if got, want := strings.Join(ids, " "), "id: j.4 data data data id: j.5 data id: j.6 id: j.7 data"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestStreamShowsThatItLives(t *testing.T) {
	r := serve(t, func(c *api.Config) { c.Limits.Heartbeat = time.Millisecond })
	answer, body := r.open("/api/v1/stream?after=j.3")
	defer answer.Body.Close()
	block(t, body)
	for range 3 {
		if got := block(t, body); got != ": alive\n" {
			t.Errorf("got %q", got)
		}
	}
}

func TestStreamEndsWithItsSession(t *testing.T) {
	r := serve(t, func(c *api.Config) { c.Limits.Heartbeat = time.Millisecond })
	_, text := r.post("/api/v1/codes", "")
	var code api.Code
	_ = json.Unmarshal([]byte(text), &code)
	_, text = r.post("/api/v1/session", `{"code":"`+code.Code+`"}`)
	var session api.Session
	_ = json.Unmarshal([]byte(text), &session)
	as := with("Authorization", "Bearer "+session.Token)
	answer, body := r.open("/api/v1/stream?after=j.3", as)
	defer answer.Body.Close()
	block(t, body)
	r.get("/api/v1/session", as, func(q *http.Request) { q.Method = http.MethodDelete })
	for {
		if _, err := body.ReadString('\n'); err != nil {
			return
		}
	}
}

func TestTooManyStreams(t *testing.T) {
	r := serve(t)
	var open []*http.Response
	for range 256 {
		answer, _ := r.open("/api/v1/stream")
		open = append(open, answer)
	}
	answer, body := r.get("/api/v1/stream")
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" || !strings.Contains(body, "256 streams") {
		t.Errorf("the 257th: %s: %s", answer.Status, body)
	}
	_, text := r.get("/api/v1/health")
	if !strings.Contains(text, `"streams":256`) {
		t.Errorf("health counts them so: %s", text)
	}
	for _, answer := range open {
		answer.Body.Close()
	}
	for r.status("/api/v1/stream") != http.StatusOK { // as soon as the server has noticed
		time.Sleep(time.Millisecond)
	}
}

// status opens and closes.
func (r *rig) status(target string) int {
	answer, err := r.http.Do(r.request(target))
	if err != nil {
		r.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// Somebody who opens a stream and does not read holds up nobody and is cut off.
func TestSlowReader(t *testing.T) {
	r := serve(t, func(c *api.Config) { c.Limits.Write = 50 * time.Millisecond })
	ended := make(chan error, 1)
	long := query.Entry{Journal: "j", Seq: 4, Command: strings.Repeat("a", 64<<10)}
	r.engine.tail = func(ctx context.Context, _ query.TailQuery, yield func(*query.Entry) bool) error {
		for yield(&long) { // for ever
		}
		ended <- ctx.Err()
		return ctx.Err()
	}
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("GET /api/v1/stream HTTP/1.1\r\nHost: " + r.addr + "\r\nAuthorization: Bearer " + token + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("the tail ended by itself")
	}
	for r.metric("agent_telemetry_http_slow_readers_total") != "1" {
		time.Sleep(time.Millisecond)
	}
}

func (r *rig) metric(name string) string {
	_, text := r.get("/metrics")
	for _, line := range strings.Split(text, "\n") {
		if at, value, ok := strings.Cut(line, " "); ok && at == name {
			return value
		}
	}
	return ""
}

// The tail behind a stream ends when its client has gone, also one that waits.
func TestClientGoesAway(t *testing.T) {
	r := serve(t)
	begun, ended := make(chan bool), make(chan bool)
	r.engine.tail = func(ctx context.Context, _ query.TailQuery, _ func(*query.Entry) bool) error {
		close(begun)
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	}
	answer, _ := r.open("/api/v1/stream")
	<-begun
	answer.Body.Close()
	<-ended
}

func TestServerThatEndsEndsStreams(t *testing.T) {
	e := &engine{entries: []query.Entry{entry(1, "ls")}}
	s, err := api.New(api.Config{Engine: e, Health: health, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ln, err := api.Listen(ctx, "127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln) }()
	client := &http.Client{Transport: &http.Transport{}}
	r := &rig{t: t, engine: e, addr: ln.Addr().String(), http: client}
	answer, body := r.open("/api/v1/stream")
	block(t, body)
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
	for {
		if _, err := body.ReadString('\n'); err != nil {
			break
		}
	}
	answer.Body.Close()
	client.CloseIdleConnections()
}

func TestQuestionsWaitTheirTurn(t *testing.T) {
	r := serve(t, func(c *api.Config) { c.Limits.Queries, c.Limits.Request = 1, 100*time.Millisecond })
	var within atomic.Int32
	r.engine.answerWith(func(ctx context.Context, _ query.EventsQuery) (*query.EventsPage, error) {
		if within.Add(1) > 1 {
			t.Error("two at once")
		}
		defer within.Add(-1)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	codes := make(chan int, 2)
	for range 2 {
		go func() { codes <- r.status("/api/v1/events") }()
	}
	for range 2 {
		if code := <-codes; code != http.StatusServiceUnavailable {
			t.Errorf("%d", code)
		}
	}
}
