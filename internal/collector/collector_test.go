package collector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/api/client"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/pipeline"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/service"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write appends records.
func write(t *testing.T, data string, n int) {
	t.Helper()
	j := journal.New(data, journal.Options{Durability: journal.OS, SegmentBytes: 64 << 10})
	for i := range n {
		r := &event.Record{
			SessionID: "s", EventType: event.FileRead, HookEvent: "PostToolUse", ToolName: "Read", ToolUseID: fmt.Sprint("t", i),
			Outcome: event.Success, Level: event.Info,
		}
		r.Action.FilePath = fmt.Sprintf("/src/%d.go", i)
		if _, err := j.Append(journal.EntryOf(r)); err != nil {
			t.Fatal(err)
		}
	}
}

// collector runs one until the test ends or stop is called, which returns its error.
func run(t *testing.T, cfg Config) (c *client.Client, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	url, ready, ended := make(chan string, 1), make(chan struct{}), make(chan error, 1)
	cfg.Addr, cfg.Log = "127.0.0.1:0", slog.New(slog.DiscardHandler)
	cfg.Listening = func(u string) { url <- u }
	cfg.Ready = func(api.Health) { close(ready) }
	go func() { ended <- Run(ctx, cfg) }()
	select {
	case <-ready:
	case err := <-ended:
		cancel()
		t.Fatalf("it ended: %v", err)
	}
	token, err := api.ReadToken(TokenPath(cfg.Data))
	if err != nil {
		t.Fatal(err)
	}
	c = client.New(<-url, token)
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		c.Close()
		cancel()
		return <-ended
	}
	t.Cleanup(func() { _ = stop() })
	return c, stop
}

func records(t *testing.T, e query.Engine) int64 {
	t.Helper()
	counts, err := e.Count(t.Context(), query.CountQuery{Unit: query.Records})
	if err != nil {
		t.Fatal(err)
	}
	return counts.Total
}

func TestRun(t *testing.T) {
	data := t.TempDir()
	write(t, data, 5000) // more than one block of the index
	c, stop := run(t, Config{Data: data})
	if n := records(t, c); n != 5001 {
		t.Errorf("%d records", n)
	}
	if err := Run(t.Context(), Config{Data: data}); !errors.Is(err, service.ErrRunning) {
		t.Errorf("a second one: %v", err)
	}
	write(t, data, 10)
	await(t, func() bool { return records(t, c) == 5011 })
	h, err := c.Health(t.Context())
	if err != nil || h.Status != api.OK || !h.Ready || h.Index.Records != 5011 || h.Chain.State != api.Whole || h.Journal.Segments < 2 {
		t.Errorf("%+v, %v", h, err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	x, err := OpenAlone(t.Context(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if n := records(t, x); n != 5011 {
		t.Errorf("alone: %d records", n)
	}
}

// A damaged index is made anew, also while nothing is recorded.
func TestDamageHeals(t *testing.T) {
	data := t.TempDir()
	write(t, data, 4200)
	_, stop := run(t, Config{Data: data})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(IndexPath(data))
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func() error{
		"deleted":   func() error { return os.RemoveAll(filepath.Dir(IndexPath(data))) },
		"truncated": func() error { return os.Truncate(IndexPath(data), info.Size()/2) },
		"noise":     func() error { return os.WriteFile(IndexPath(data), []byte(strings.Repeat("noise", 10_000)), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := spoil(); err != nil {
				t.Fatal(err)
			}
			c, stop := run(t, Config{Data: data})
			if n := records(t, c); n != 4201 {
				t.Errorf("%d records", n)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	h := api.Health{
		Ready: true,
		Chain: api.ChainHealth{State: api.Broken, Breaks: 2},
		Sinks: []api.SinkHealth{
			{Name: "index", State: api.Paused, Seq: 7, Error: "the disk is full"},
			{Name: "loki", State: api.Running, LagSeconds: 90, DeadLetters: 1},
		},
		Disk: api.DiskHealth{Free: 1 << 20, Total: 1 << 40},
		Hook: api.HookHealth{Errors: 3, LastError: "no space left"},
	}
	got := strings.Join(problems(&h, &pipeline.Status{}), "\n")
	want := `The journal's chain is BROKEN, in 2 places: 'agent-telemetry verify' names each.
The sink index is paused at record 7: the disk is full.
The sink loki is 1m30s behind the journal.
The disk is full but for 1 MB: records may be lost.
1 record was refused by loki: they are in dead-letter/loki.jsonl.
The hook complained, lines: 3, the last: no space left. 'agent-telemetry doctor' shows what to do.`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if list := problems(&api.Health{Ready: true, Chain: api.ChainHealth{State: api.Whole}}, &pipeline.Status{}); len(list) > 0 {
		t.Errorf("nothing is wrong, but %v", list)
	}
}

func TestLookAlone(t *testing.T) {
	data := filepath.Join(t.TempDir(), "not", "there")
	if h := LookAlone(data); h.Journal.Seq != 0 || h.Disk.Total == 0 || len(h.Problems) > 0 {
		t.Errorf("%+v", h)
	}
	write(t, data, 200)
	for path, text := range map[string]string{
		"dead-letter/loki.jsonl": "{}\n{}\n",
		"logs/hook-errors.log":   `{"timestamp":"2026-07-01T12:00:00Z","error":"x"}` + "\n" + strings.Repeat("y", 2*longestLine) + "\n" + `{"timestamp":"2026-07-01T12:00:00Z","error":"no space left"}` + "\n",
	} {
		path = filepath.Join(data, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	h := LookAlone(data)
	if h.Journal.Seq != 201 || h.Journal.First != 1 || h.Journal.Segments < 2 || h.Journal.Bytes == 0 || h.Journal.LastEvent == nil {
		t.Errorf("%+v", h.Journal)
	}
	if h.Hook.Errors != 3 || h.Hook.LastError != "no space left" || h.Hook.LastAt == nil {
		t.Errorf("%+v", h.Hook)
	}
	if len(h.Sinks) != 1 || h.Sinks[0].DeadLetters != 2 || len(h.Problems) != 2 {
		t.Errorf("%+v, %v", h.Sinks, h.Problems)
	}
}

func await(t *testing.T, so func() bool) {
	t.Helper()
	for range 1000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("waited in vain")
}

// An index that is spoilt while the collector idles is made anew by itself.
func TestDamageHealsWhileIdle(t *testing.T) {
	data := t.TempDir()
	write(t, data, 4200)
	_, stop := run(t, Config{Data: data})
	if err := stop(); err != nil { // what was written is then in the file itself
		t.Fatal(err)
	}
	c, _ := run(t, Config{Data: data})
	f, err := os.OpenFile(IndexPath(data), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("noise...", int(info.Size())/8)), 0); err != nil {
		t.Fatal(err)
	}
	q := query.EventsQuery{Filter: *new(query.Filter).Where(query.Text, "src/17.go"), Page: query.Page{Oldest: true}}
	await(t, func() bool { // until somebody asks for what is spoilt, nobody knows
		_, _ = c.Events(t.Context(), q)
		_, _ = c.Count(t.Context(), query.CountQuery{By: query.Path, Unit: query.Records})
		head := make([]byte, 8)
		fresh, err := os.Open(IndexPath(data))
		if err != nil {
			return false
		}
		defer fresh.Close()
		_, err = fresh.ReadAt(head, 0)
		return err == nil && string(head) != "noise..."
	})
	await(t, func() bool {
		h, err := c.Health(t.Context())
		return err == nil && h.Ready && h.Status == api.OK && h.Index.Records == 4201 && !h.Index.Rebuilding
	})
	if page, err := c.Events(t.Context(), q); err != nil || len(page.Entries) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	if n := records(t, c); n != 4201 {
		t.Errorf("%d records", n)
	}
}
