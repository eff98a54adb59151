package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"

	"agent-telemetry/internal/event"

	"pgregory.net/rapid"
)

// No text of an agent's may steer the terminal it is shown on, nor break the layout.
func TestTableIsInert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.StringOf(rapid.SampledFrom([]rune("ab/ \x1b\x07\r\n\t\u009b\u202e\u200d日é\U0001F600\x00")))
		r := event.Record{
			Timestamp: time.Unix(0, 0), SessionID: hostile.Draw(t, "session"), ToolName: hostile.Draw(t, "tool"),
			HookEvent: "PostToolUse", Outcome: event.Failure, EventType: event.FileRead,
		}
		r.Action.Command = hostile.Draw(t, "command")
		r.Action.FilePath = hostile.Draw(t, "path")
		var out bytes.Buffer
		if err := newTable(&out, time.UTC, painter{}, false).put(chosen{record: &r}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(lines) != 2 { // the day's, and its own
			t.Fatalf("%d lines: %q", len(lines), out.String())
		}
		for _, line := range lines {
			if strings.ContainsFunc(line, unicode.IsControl) || strings.ContainsRune(line, '\u202e') {
				t.Fatalf("%q", line)
			}
			if n := columns(line); n > defaultWidth {
				t.Fatalf("%d columns: %q", n, line)
			}
		}
	})
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		end  bool
		want string
	}{
		{"short", 10, false, "short"},
		{"a/long/path/to/file.go", 10, true, "…o/file.go"},
		{"a long command", 7, false, "a long…"},
		{"日本語", 4, false, "日…"},
		{"日本語", 4, true, "…語"},
		{"x", 0, false, ""},
	} {
		if got := clip(c.s, c.n, c.end); got != c.want || columns(got) > c.n {
			t.Errorf("clip(%q, %d) = %q", c.s, c.n, got)
		}
	}
}

func TestFiguresForPeople(t *testing.T) {
	for got, want := range map[string]string{
		thousands(0): "0", thousands(999): "999", thousands(1000): "1,000", thousands(-1234567): "-1,234,567",
		size(0): "0 B", size(999): "999 B", size(1000): "1 kB", size(1_234_567): "1.23 MB", size(999_999): "1 MB",
		shortDuration(0): "", shortDuration(7 * time.Millisecond): "7 ms", shortDuration(4200 * time.Millisecond): "4.2 s",
		shortDuration(65 * time.Second): "1m 05s", shortDuration(2*time.Hour + 5*time.Minute): "2h 05m",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSpreadsheetsDoNotRunCells(t *testing.T) {
	for _, cell := range []string{"=1+1", "+1", "-1", "@x", "\t=1"} {
		if inert(cell)[0] != '\'' {
			t.Errorf("%q is left as it is", cell)
		}
	}
	if inert("ls -l") != "ls -l" {
		t.Error("plain text was changed")
	}
}

// A call that takes long shows while it runs, once, and again when it has ended.
func TestRunningCallsShow(t *testing.T) {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	record := func(hook, id string, outcome event.Outcome) chosen {
		r := event.Record{Timestamp: at, HookEvent: hook, ToolUseID: id, ToolName: "Bash", Outcome: outcome}
		r.Action.Command = "make " + id
		return chosen{record: &r}
	}
	var out bytes.Buffer
	table := newTable(&out, time.UTC, painter{}, false)
	shown := func(do error) string {
		t.Helper()
		if do != nil {
			t.Fatal(do)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		out.Reset()
		return strings.Join(strings.Fields(lines[len(lines)-1]), " ")
	}
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return table.put(record("PreToolUse", "slow", event.Pending)) }, ""},
		{func() error { return table.put(record("PreToolUse", "quick", event.Pending)) }, ""},
		{func() error { return table.put(record("PostToolUse", "quick", event.Success)) }, "12:00:00 Bash make quick ok"},
		{func() error { return table.idle(at.Add(time.Second)) }, ""},
		{func() error { return table.idle(at.Add(5 * time.Second)) }, "12:00:00 Bash make slow …"},
		{func() error { return table.idle(at.Add(9 * time.Second)) }, ""},
		{func() error { return table.put(record("PostToolUse", "slow", event.Success)) }, "12:00:00 Bash make slow ok"},
		{func() error { return table.idle(at.Add(20 * time.Second)) }, ""},
	} {
		if got := shown(step.do()); got != step.want {
			t.Errorf("got %q, want %q", got, step.want)
		}
	}
}
