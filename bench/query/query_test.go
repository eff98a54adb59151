package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"agent-telemetry/bench/report"
	"agent-telemetry/internal/demo"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

func TestSummarize(t *testing.T) {
	var samples []sample
	for i := range 100 {
		samples = append(samples, sample{time.Duration(100-i) * time.Millisecond, answer{i, i%10 == 0}})
	}
	got := summarize(samples)
	want := summary{
		n: 100, partial: 10, entries: 49,
		p50: 50 * time.Millisecond, p95: 95 * time.Millisecond, p99: 99 * time.Millisecond, max: 100 * time.Millisecond,
	}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := summarize(nil); got != (summary{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestCPUTime(t *testing.T) {
	for stat, want := range map[string]time.Duration{
		"7 (a b) c) S 1 7 7 0 -1 4194304 100 0 0 0 150 25 0 0 20 0": 1750 * time.Millisecond,
		"7 (x) S 1 7 7 0 -1":                            0,
		"7 (x) S 1 7 7 0 -1 4194304 100 0 0 0 a 25 0 0": 0,
	} {
		if got := cpuTimeOf([]byte(stat)); got != want {
			t.Errorf("%s: %v, want %v", stat, got, want)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// What was made up is a journal like any other, is found again, and is not taken
// for one that the generator would make differently.
func TestTheJournalIsWholeAndFoundAgain(t *testing.T) {
	b := &bench{options: options{n: 6000, seed: 1}, kept: t.TempDir(), data: t.TempDir()}
	if err := b.generate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := b.found()
	if found == nil || *found != *b.journal || found.Records != 6000 || found.Segments < 2 {
		t.Fatalf("found %+v, made %+v", found, b.journal)
	}
	if err := b.link(); err != nil {
		t.Fatal(err)
	}
	report, err := journal.Verify(t.Context(), b.data, journal.VerifyOptions{})
	if err != nil || report.Records != 6000 || len(report.Faults) > 0 {
		t.Errorf("the collector's copy: %+v, %v", report, err)
	}
	b.seed = 2
	if b.found() != nil {
		t.Error("a journal of another seed was taken")
	}
}

// Whatever is drawn can be asked for.
func TestQuestionsMakeSense(t *testing.T) {
	e := model(6000)
	s, err := newSurvey(t.Context(), e, 1)
	if err != nil {
		t.Fatal(err)
	}
	if s.long.Records < 600 || len(s.days) < 5 || s.sessions < 10 {
		t.Errorf("%d days, %d sessions, the longest of %d records", len(s.days), s.sessions, s.long.Records)
	}
	for range 1000 {
		if f := s.conjunction(); f.Check() != nil || len(f.Terms) < 1 || len(f.Terms) > 3 {
			t.Fatalf("%+v: %v", f, f.Check())
		}
	}
	for _, q := range questions(e) {
		if q.name == askRandom {
			continue // may find nothing
		}
		if a, err := q.ask(t.Context(), s, 0); err != nil || a.entries == 0 {
			t.Errorf("%s: %+v, %v", q.name, a, err)
		}
	}
}

// A run that did not find every needle measured something else.
func TestAWrongAnswerEndsTheRun(t *testing.T) {
	e := model(100)
	if _, err := needle(e)(context.Background(), &survey{Rand: newRand(1, 0)}, 0); err == nil {
		t.Error("no needle was found, and all is well")
	}
}

func TestLivePayloadsTakeAnIDOfTheirOwn(t *testing.T) {
	steps, err := demo.Script()
	if err != nil {
		t.Fatal(err)
	}
	l := &live{project: `/home/dev/a "project"`}
	n := 0
	for i := range steps {
		text, ok := l.payload(&steps[i])
		if !ok {
			continue
		}
		n++
		var known struct {
			PromptID string `json:"prompt_id"`
			Cwd      string `json:"cwd"`
		}
		if err := json.Unmarshal([]byte(strings.Replace(text, slot, "live-7", 1)), &known); err != nil || known.PromptID != "live-7" || !strings.HasPrefix(known.Cwd, l.project) {
			t.Fatalf("%v, %+v: %s", err, known, text)
		}
	}
	if n < 20 {
		t.Errorf("only %d payloads", n)
	}
}

// The whole benchmark, small: the real programs, every section, nothing left behind.
func TestAll(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the programs")
	}
	for _, tool := range []string{"sh", "grep", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	var out bytes.Buffer
	dir := t.TempDir()
	o := options{n: 6000, seed: 1, rounds: 2, keep: dir, quiet: 20 * time.Millisecond, raw: true, live: true, liveFor: 200 * time.Millisecond, markdown: true}
	if err := run(t.Context(), o, &report.Report{Out: &out, Markdown: true}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	text := out.String()
	var headings []string
	for _, m := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(text, -1) {
		headings = append(headings, m[1])
	}
	want := []string{"What the collector costs, and how fast it answers", "The journal", "Catching up", "Questions", "Memory and rest", "Live", "Beside grep and jq", "Bars"}
	if !slices.Equal(headings, want) {
		t.Errorf("sections %q, want %q", headings, want)
	}
	for _, q := range questions(nil) {
		if !strings.Contains(text, "| "+q.name+" ") {
			t.Errorf("no row for %s", q.name)
		}
	}
	if !regexp.MustCompile(`(?m)^\| from the hook's return to the client \|\s+10 \|.*\|\s+0 \|\s+≤ 150 ms \|`).MatchString(text) {
		t.Error("the live stream did not tell of every hook")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "journal-6000-1" {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if t.Failed() {
		t.Log(text)
	}
}

func model(n int) query.Engine {
	m := enginetest.NewModel()
	m.Add(enginetest.Slice(1, n, enginetest.Options{})...)
	return m
}
