package cli

import (
	"context"
	"fmt"
	"os/exec"
	"testing"

	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/demo"
	"agent-telemetry/internal/query"

	"github.com/google/go-cmp/cmp"
)

// played is the demo's journal.
func played(t *testing.T) string {
	t.Helper()
	hook, err := exec.LookPath("agent-telemetry-hook")
	if err != nil {
		t.Fatal(err)
	}
	stage, err := demo.NewStage(t.TempDir(), hook)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stage.Close() })
	if err := stage.Play(t.Context(), 1, 1e6); err != nil {
		t.Fatal(err)
	}
	return stage.Data()
}

// told is what a record shows, whoever found it.
func told(c chosen) string {
	text := string(c.line)
	for _, r := range c.refused {
		text += fmt.Sprintf("\nrefused %s %s %s %s %s", r.Record.ToolUseID, r.Record.ToolName, r.Record.EventType, r.Record.Outcome, r.Record.Action.Command)
		text += fmt.Sprintf(" %s %s %s %s %s", r.Action.ToolUseID, r.Action.ToolName, r.Action.Outcome, r.Action.Details.Command, r.Action.SessionID)
	}
	return text
}

// A command shows the same whether the index was asked or the journal read.
func TestSourcesAgree(t *testing.T) {
	data := played(t)
	x, err := collector.OpenAlone(t.Context(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	index, journal := &asked{engine: x, ended: x.Close}, scanned{data: data}
	defer index.close()
	where := func(f query.Field, values ...string) query.Filter { return *new(query.Filter).Where(f, values...) }
	for name, f := range map[string]query.Filter{
		"everything": {}, "tool": where(query.Tool, "bash", "Read"), "denied": where(query.Outcome, "denied"), "outside": where(query.Outside, "true"),
		"batches": where(query.Hook, "PostToolBatch"), "before": where(query.Hook, "PreToolUse"), "text": where(query.Text, "NPM"),
		"no denials": *new(query.Filter).WhereNot(query.Outcome, "denied"), "path": where(query.Path, "*.go"), "nothing": where(query.Tool, "none"),
		"denied Bash": *new(query.Filter).Where(query.Outcome, "denied").Where(query.Tool, "Bash"),
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(all(t, journal, f), all(t, index, f)); diff != "" {
				t.Errorf("journal and index differ:\n%s", diff)
			}
			if diff := cmp.Diff(few(t, journal, f), few(t, index, f)); diff != "" {
				t.Errorf("of the newest, journal and index differ:\n%s", diff)
			}
		})
	}
	for _, prefix := range []string{"", "7d41", "nope", "7d41c0e2"} {
		a, err1 := journal.session(t.Context(), prefix)
		b, err2 := index.session(t.Context(), prefix)
		if fmt.Sprint(a, err1) != fmt.Sprint(b, err2) {
			t.Errorf("session %q: %s, %v; %s, %v", prefix, a, err1, b, err2)
		}
	}
}

func all(t *testing.T, s source, f query.Filter) (list []string) {
	t.Helper()
	if err := s.each(context.Background(), f, func(c chosen) error {
		list = append(list, told(c))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func few(t *testing.T, s source, f query.Filter) (list []string) {
	t.Helper()
	chosen, found, err := s.newest(context.Background(), f, 3)
	if err != nil || found >= 0 && found < int64(len(chosen)) {
		t.Fatal(found, err)
	}
	for _, c := range chosen {
		list = append(list, told(c))
	}
	return list
}
