package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"

	"pgregory.net/rapid"
)

func TestBar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.Int64Range(1, 1<<50).Draw(t, "most")
		n := rapid.Int64Range(0, most).Draw(t, "n")
		width := rapid.IntRange(1, 200).Draw(t, "width")
		b := bar(n, most, width)
		switch {
		case n > 0 && b == "":
			t.Fatal("something looks like nothing")
		case n == 0 && b != "":
			t.Fatalf("nothing looks like %q", b)
		case n == most && b != strings.Repeat("█", width):
			t.Fatalf("the most is %q", b)
		case columns(b) > width:
			t.Fatalf("%d columns", columns(b))
		}
	})
	if b := bar(1, 16, 4); b != "▎" {
		t.Errorf("a quarter is %q", b)
	}
}

func TestCountTable(t *testing.T) {
	at := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	c := &query.Counts{
		Series: []string{"Bash", "evil\x1b[31m"}, Total: 1236,
		Buckets: []query.Bucket{{Start: at, Counts: []int64{1200, 0}}, {Start: at.Add(time.Hour), Counts: []int64{30, 2}, Other: 4}},
	}
	var out bytes.Buffer
	a := &app{out: &out, err: &out, now: func() time.Time { return at }, getenv: func(string) string { return "" }}
	if err := a.countTable(c, &query.CountQuery{Unit: query.Actions, By: query.Tool, Bucket: time.Hour, Zone: time.UTC}); err != nil {
		t.Fatal(err)
	}
	want := `                 Bash  evil\x1b[31m    other
1 Jul 09:00     1,200             ·        ·  ` + strings.Repeat("█", 40) + `
1 Jul 10:00        30             2        4  █▏
1,236 calls in all
`
	if out.String() != want {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
}

func TestSpansAndSizes(t *testing.T) {
	for text, want := range map[string]time.Duration{"5m": 5 * time.Minute, "90d": 90 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "1h30m": 90 * time.Minute} {
		if got, err := parseSpan(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]int64{"": 0, "1MB": 1e6, "10GB": 1e10, "1.5 gb": 1.5e9, "5000kB": 5e6, "2TB": 2e12} {
		if got, err := retentionSize(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"10", "GB", "-1GB", "1kB", "NaNGB", "InfGB", "1e30GB", "10 apples"} {
		if got, err := retentionSize(text); err == nil {
			t.Errorf("%q read as %d", text, got)
		}
	}
	for _, text := range []string{"soon", "5m", "-90d", "1.5d", "99999999999d"} {
		if got, err := retentionAge(text); err == nil {
			t.Errorf("%q read as %v", text, got)
		}
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		-time.Second: "just now", 0: "just now", 59 * time.Second: "59 s ago", 61 * time.Minute: "1 h ago", 5 * time.Minute: "5 min ago", 72 * time.Hour: "3 days ago",
	} {
		if got := since(now, now.Add(-ago)); got != want {
			t.Errorf("%s: %s", ago, got)
		}
	}
}

// What anybody wrote into a file that status reads cannot steer the terminal.
func TestStatusIsInert(t *testing.T) {
	var out bytes.Buffer
	a := &app{out: &out, err: &out, now: time.Now, getenv: func(string) string { return "" }}
	evil := "x\x1b[2J\u202e"
	h := &api.Health{
		Status: api.Degraded, Problems: []string{evil}, Journal: api.JournalHealth{Seq: 1},
		Chain: api.ChainHealth{State: api.Broken, Breaks: 1, Last: []api.ChainBreak{{Problem: evil}}},
		Sinks: []api.SinkHealth{{Name: evil, State: api.SinkState(evil), Lag: 2}},
	}
	s := &state{Running: true, Data: evil, Health: h, Collector: &collectorState{URL: evil, Version: evil}}
	if err := a.printState(s); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Errorf("%q", out.String())
	}
}
