package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"agent-telemetry/bench/report"
	"agent-telemetry/internal/demo"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/scope"
)

// The load of the live stream, and its bar.
const (
	liveRate = 50 // hooks a second
	liveBar  = 150 * time.Millisecond
	liveWait = 10 * time.Second // for what has not come when the last hook has returned
)

// live is the real hook at work beside a client of the live stream.
type live struct {
	hook, data, project string
	payloads            []string

	mu       sync.Mutex
	returned map[string]time.Time // by prompt id, which each run has of its own
	arrived  map[string]time.Time
	ran      []time.Duration
	err      error
}

// liveStream runs the hook at a steady rate and measures how long after its return
// what it recorded reaches a client of the stream.
func (b *bench) liveStream(ctx context.Context, p *process) error {
	l := &live{
		hook: b.program(hookName), data: b.data, project: filepath.Join(b.dir, "project"),
		returned: map[string]time.Time{}, arrived: map[string]time.Time{},
	}
	if err := l.prepare(); err != nil {
		return err
	}
	listening, stop := context.WithCancel(ctx)
	defer stop()
	heard := make(chan error, 1)
	go func() { heard <- p.client.Tail(listening, query.TailQuery{}, l.hear) }()
	if err := l.connect(ctx); err != nil {
		return err
	}
	progress("the hook %d times a second for %v", liveRate, b.liveFor)
	cpu, began := cpuTime(p.pid()), time.Now()
	runs := l.run(ctx, b.liveFor)
	busy := 100 * float64(cpuTime(p.pid())-cpu) / float64(time.Since(began))
	lost := l.await(ctx, runs)
	stop()
	if err := <-heard; err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("listen to the live stream: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := errors.Join(l.err, ctx.Err()); err != nil {
		return err
	}
	b.tellLive(l, runs, lost, busy)
	return nil
}

func (b *bench) tellLive(l *live, runs []string, lost int, busy float64) {
	var late []sample
	early := 0
	for _, id := range runs {
		at, ok := l.arrived[id]
		if !ok {
			continue
		}
		d := at.Sub(l.returned[id])
		if d < 0 {
			early++
		}
		late = append(late, sample{took: max(d, 0)})
	}
	ran := make([]sample, len(l.ran))
	for i, d := range l.ran {
		ran[i].took = d
	}
	s, h := summarize(late), summarize(ran)
	b.report.Heading("Live")
	b.report.Paragraph(fmt.Sprintf("The real hook, started %d times a second for %v beside the collector of the questions, with a client on /api/v1/stream: from the hook's exit until the client has the record. "+
		"A line is handed on once it is in the journal, whether its hook has returned or not: %d of %d records were there before, and count as 0. The hooks themselves took %s ms at p50, %s ms at p99. "+
		"The collector used %.1f %% of a core meanwhile.",
		liveRate, b.liveFor, early, len(late), report.Milliseconds(h.p50), report.Milliseconds(h.p99), busy))
	row := []string{"from the hook's return to the client", fmt.Sprint(s.n), report.Milliseconds(s.p50), report.Milliseconds(s.p95), report.Milliseconds(s.p99), report.Milliseconds(s.max), fmt.Sprint(lost)}
	b.report.Table([]string{"latency", "records", "p50 ms", "p95 ms", "p99 ms", "max ms", "lost", "bar for p99", ""}, [][]string{
		append(row, b.bar("live, p99 from the hook's return", float64(s.p99)/float64(time.Millisecond), float64(liveBar.Milliseconds()), " ms", false)...),
	})
}

// prepare makes a project that records, and the payloads.
func (l *live) prepare() error {
	if err := os.MkdirAll(l.project, 0o700); err != nil {
		return fmt.Errorf("make a project: %w", err)
	}
	if err := os.WriteFile(filepath.Join(l.project, scope.MarkerName), nil, 0o600); err != nil {
		return fmt.Errorf("switch recording on: %w", err)
	}
	steps, err := demo.Script()
	if err != nil {
		return err
	}
	for i := range steps {
		if payload, ok := l.payload(&steps[i]); ok {
			l.payloads = append(l.payloads, payload)
		}
	}
	if len(l.payloads) == 0 {
		return errors.New("the demo's script has no payloads with a prompt id")
	}
	return nil
}

// slot stands in a payload where each run puts its own prompt id.
const slot = "{{prompt}}"

// payload is a real one, of the demo's script, with a place for a prompt id.
func (l *live) payload(s *demo.Step) (string, bool) {
	quoted, _ := json.Marshal(l.project) // a string always marshals
	text := strings.NewReplacer("{{home}}", "/home/dev", "{{run}}", "000000000001", "{{"+s.Project+"}}", string(quoted[1:len(quoted)-1])).Replace(string(s.Payload))
	var known struct {
		PromptID string `json:"prompt_id"`
	}
	if json.Unmarshal([]byte(text), &known) != nil || known.PromptID == "" {
		return "", false
	}
	return strings.Replace(text, `"prompt_id":"`+known.PromptID+`"`, `"prompt_id":"`+slot+`"`, 1), true
}

// hear takes what the stream has.
func (l *live) hear(e *query.Entry) bool {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.arrived[e.PromptID]; !ok {
		l.arrived[e.PromptID] = now
	}
	return true
}

// start runs the hook once, as Claude Code does.
func (l *live) start(id string, payload string) {
	cmd := exec.Command(l.hook, "--data", l.data)
	cmd.Dir = l.project
	cmd.Env = []string{"HOME=/home/dev", "PATH=" + os.Getenv("PATH"), "CLAUDE_PROJECT_DIR=" + l.project, "AI_AGENT=claude-code_2-1-197_harness"}
	cmd.Stdin = strings.NewReader(strings.Replace(payload, slot, id, 1))
	began := time.Now()
	out, err := cmd.CombinedOutput()
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && len(out) > 0 {
		err = fmt.Errorf("it is to print nothing, but said %q", out)
	}
	if err != nil {
		l.err = fmt.Errorf("run the hook: %w", err)
		return
	}
	l.returned[id] = now
	l.ran = append(l.ran, now.Sub(began))
}

// connect runs hooks until one of them is heard of: then the stream is open.
func (l *live) connect(ctx context.Context) error {
	for i := range 100 {
		id := fmt.Sprintf("connect-%d", i)
		l.start(id, l.payloads[0])
		if err := errors.Join(l.err, pause(ctx, 100*time.Millisecond)); err != nil {
			return err
		}
		if l.missing([]string{id}) == 0 {
			l.mu.Lock()
			l.ran = nil
			l.mu.Unlock()
			return nil
		}
	}
	return errors.New("the live stream tells of nothing")
}

// run starts the hooks, each in its time whatever the one before does.
func (l *live) run(ctx context.Context, d time.Duration) (ids []string) {
	var wait sync.WaitGroup
	tick := time.NewTicker(time.Second / liveRate)
	defer tick.Stop()
	for i := range int(d.Seconds() * liveRate) {
		select {
		case <-ctx.Done():
		case <-tick.C:
			id := fmt.Sprintf("live-%d", i)
			ids = append(ids, id)
			wait.Go(func() { l.start(id, l.payloads[i%len(l.payloads)]) })
		}
	}
	wait.Wait()
	return ids
}

// await gives stragglers time, and tells how many never came.
func (l *live) await(ctx context.Context, ids []string) int {
	for deadline := time.Now().Add(liveWait); time.Now().Before(deadline) && l.missing(ids) > 0; {
		if pause(ctx, 20*time.Millisecond) != nil {
			break
		}
	}
	return l.missing(ids)
}

func (l *live) missing(ids []string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		if _, ok := l.arrived[id]; !ok {
			n++
		}
	}
	return n
}
