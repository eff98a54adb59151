package api_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "a-token-that-is-long-enough-to-serve"

func noon() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 123456789, time.UTC) }

// engine answers every question alike, and remembers the last.
type engine struct {
	mu      sync.Mutex
	asked   any
	entries []query.Entry
	err     error

	// Where set, they answer instead.
	events func(context.Context, query.EventsQuery) (*query.EventsPage, error)
	tail   func(context.Context, query.TailQuery, func(*query.Entry) bool) error
}

func (e *engine) note(q any, check error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = q
	if check != nil {
		return check
	}
	return e.err
}

// answerWith changes who answers Events.
func (e *engine) answerWith(f func(context.Context, query.EventsQuery) (*query.EventsPage, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = f
}

func (e *engine) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.err = err
}

func (e *engine) question() any {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.asked
}

func (e *engine) Events(ctx context.Context, q query.EventsQuery) (*query.EventsPage, error) {
	if err := e.note(q, q.Check()); err != nil {
		return nil, err
	}
	e.mu.Lock()
	events := e.events
	e.mu.Unlock()
	if events != nil {
		return events(ctx, q)
	}
	list := e.entries
	if !q.Raw {
		list = nil
		for _, x := range e.entries {
			x.Record = nil
			list = append(list, x)
		}
	}
	return &query.EventsPage{Entries: list}, nil
}

func (e *engine) Actions(_ context.Context, q query.ActionsQuery) (*query.ActionsPage, error) {
	page := &query.ActionsPage{Actions: []query.Action{action()}, Scan: query.Scan{Next: e.entries[0].Order().Cursor()}}
	return page, e.note(q, q.Check())
}

func (e *engine) Sessions(_ context.Context, q query.SessionsQuery) (*query.SessionsPage, error) {
	to := noon().Add(-time.Hour)
	return &query.SessionsPage{Scan: query.Scan{Partial: true, ScannedTo: &to, Next: "x"}}, e.note(q, q.Check())
}

func (e *engine) Session(_ context.Context, q query.SessionQuery) (*query.Timeline, error) {
	a := action()
	line := &query.Timeline{Session: query.SessionInfo{ID: "s-1", Project: "/p", Start: noon(), End: noon()}}
	line.Items = []query.Item{{Order: e.entries[0].Order().Cursor(), Time: noon(), Chapter: 1, Action: &a}, {Time: noon(), Event: &query.Entry{Journal: "j", Seq: 3}}}
	return line, e.note(q, q.Check())
}

func (e *engine) Count(_ context.Context, q query.CountQuery) (*query.Counts, error) {
	c := &query.Counts{Series: []string{"Bash", "<img>"}, Total: 5, Buckets: []query.Bucket{{Start: noon(), Counts: []int64{3, 1}, Other: 1}}}
	return c, e.note(q, q.Check())
}

func (e *engine) Top(_ context.Context, q query.TopQuery) (*query.TopList, error) {
	return &query.TopList{Values: []query.ValueCount{{Value: "Bash", Count: 3}}, Distinct: 1, Total: 3}, e.note(q, q.Check())
}

func (e *engine) Facets(_ context.Context, q query.FacetsQuery) (*query.FacetList, error) {
	return &query.FacetList{Facets: []query.Facet{{Field: query.Tool}}}, e.note(q, q.Check())
}

func (e *engine) Tail(ctx context.Context, q query.TailQuery, yield func(*query.Entry) bool) error {
	if err := e.note(q, q.Check()); err != nil {
		return err
	}
	if e.tail != nil {
		return e.tail(ctx, q, yield)
	}
	for i := range e.entries {
		x := e.entries[i]
		if !q.Raw {
			x.Record = nil
		}
		if q.After.Journal == x.Journal && x.Seq > q.After.Seq && !yield(&x) {
			return nil
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

func action() query.Action {
	return query.Action{
		ToolUseID: "toolu_1", SessionID: "s-1", ProjectPath: "/p", ToolName: "Bash", EventType: event.CommandExecution, Start: noon(),
		Outcome: event.Success, Duration: 1500 * time.Millisecond, Details: event.ActionDetails{Command: "echo '<script>' && true"},
	}
}

// line is a record as the journal has it, with text that would like to be markup,
// a formula or an end of line.
func line(seq uint64, command string) []byte {
	return fmt.Appendf(nil, `{"seq":%d,"prev":"%064d","timestamp":"2026-07-01T12:00:00.123456789Z","project_name":"=cmd","action_details":{"command":%q,"file_path":"","search_path":""},"raw_input":{"a":"<b>&\u003c"}}`, seq, 0, command)
}

func entry(seq uint64, command string) query.Entry {
	return query.Entry{
		Journal: "j", Seq: seq, Timestamp: noon().Add(time.Duration(seq) * time.Second), Host: "host", Level: event.Info, EventType: event.CommandExecution,
		HookEvent: "PostToolUse", SessionID: "s-1", Project: "/p", ToolName: "Bash", ToolUseID: fmt.Sprint("toolu_", seq), Outcome: event.Success,
		Command: command, Record: line(seq, command),
	}
}

func health(context.Context) api.Health {
	at := noon()
	return api.Health{
		Status: api.Degraded, Started: at, Ready: true, Problems: []string{"The sink loki is 3 minutes behind: connection refused."},
		Journal: api.JournalHealth{ID: "j", Path: "/data/logs", First: 1, Seq: 3, Hash: "00ff", LastEvent: &at, Segments: 2, Compressed: 1, Bytes: 4096},
		Chain:   api.ChainHealth{State: api.Whole, Seq: 3},
		Sinks: []api.SinkHealth{
			{Name: "index", State: api.Running, Seq: 3, Delivered: 3},
			{Name: "loki", State: api.Retrying, Seq: 1, Lag: 2, LagSeconds: 180, Retries: 7, DeadLetters: 1, Error: "connection refused", Since: &at},
		},
		Index: api.IndexHealth{Records: 3, Bytes: 8192, Blocks: 1, Seq: 3, Durable: 0},
		Disk:  api.DiskHealth{Path: "/data", Free: 1 << 30, Total: 1 << 33},
		Hook:  api.HookHealth{Errors: 2, LastError: "the disk is full"},
	}
}

// rig is a server that listens.
type rig struct {
	t      *testing.T
	engine *engine
	addr   string
	http   *http.Client
}

func serve(t *testing.T, change ...func(*api.Config)) *rig {
	t.Helper()
	e := &engine{entries: []query.Entry{entry(1, "ls"), entry(2, "=HYPERLINK(\"http://x\")"), entry(3, "a && b <c>\nd")}}
	cfg := api.Config{Engine: e, Health: health, Token: token, Version: "1.2.3", Now: noon}
	for _, f := range change {
		f(&cfg)
	}
	s, err := api.New(cfg)
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
	r := &rig{t: t, engine: e, addr: ln.Addr().String(), http: &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0}}}
	t.Cleanup(func() {
		r.http.CloseIdleConnections()
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return r
}

// request is a GET with the token, unless changed.
func (r *rig) request(target string, change ...func(*http.Request)) *http.Request {
	r.t.Helper()
	q, err := http.NewRequest(http.MethodGet, "http://"+r.addr+target, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	for _, f := range change {
		f(q)
	}
	return q
}

func (r *rig) get(target string, change ...func(*http.Request)) (*http.Response, string) {
	r.t.Helper()
	answer, err := r.http.Do(r.request(target, change...))
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer, string(body)
}

func (r *rig) post(target, body string, change ...func(*http.Request)) (*http.Response, string) {
	r.t.Helper()
	return r.get(target, append([]func(*http.Request){func(q *http.Request) {
		q.Method = http.MethodPost
		q.Header.Set("Content-Type", "application/json")
		if body != "" {
			q.Body, q.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
	}}, change...)...)
}

// open opens a stream and reads it line by line; the caller closes it.
func (r *rig) open(target string, change ...func(*http.Request)) (*http.Response, *bufio.Reader) {
	r.t.Helper()
	answer, err := r.http.Do(r.request(target, change...))
	if err != nil {
		r.t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		r.t.Fatalf("%s: %s", target, answer.Status)
	}
	return answer, bufio.NewReader(answer.Body)
}

// raw sends bytes and returns the first line of what comes back.
func (r *rig) raw(text string) string {
	r.t.Helper()
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		r.t.Fatal(err)
	}
	first, _ := bufio.NewReader(c).ReadString('\n')
	return strings.TrimSpace(first)
}

func bare(q *http.Request) { q.Header.Del("Authorization") }

func with(name, value string) func(*http.Request) {
	return func(q *http.Request) { q.Header.Set(name, value) }
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got, -update accepts):\n%s", path, diff)
	}
}
