package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/event/eventtest"
	"agent-telemetry/internal/journal"
)

// hook is the real program, which TestMain builds.
var hook string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "agent-telemetry-demo-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	hook = filepath.Join(dir, "agent-telemetry-hook.exe") // as Windows wants it; nobody else minds
	build := exec.Command("go", "build", "-o", hook, "agent-telemetry/cmd/agent-telemetry-hook")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the hook:", err)
		return 1
	}
	return m.Run()
}

type payload struct {
	SessionID string          `json:"session_id"`
	Event     string          `json:"hook_event_name"`
	ToolUseID string          `json:"tool_use_id"`
	ToolName  string          `json:"tool_name"`
	Input     json.RawMessage `json:"tool_input"`
	Calls     []payload       `json:"tool_calls"`
}

func stage(t *testing.T) *Stage {
	t.Helper()
	s, err := NewStage(t.TempDir(), hook)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A call that ran has a Pre before its Post or Failure, with the same input, and
// every call is in a batch afterwards: so Claude Code reports them.
func TestScriptIsWhatClaudeCodeSends(t *testing.T) {
	s := stage(t)
	began := map[string]payload{}
	batched := map[string]bool{}
	last := int64(-1)
	for i := range s.steps {
		text := s.fill(string(s.steps[i].Payload), 1)
		if strings.Contains(text, "{{") {
			t.Errorf("step %d: a placeholder is left: %s", i+1, text)
		}
		var p payload
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
		if s.steps[i].AtMS < last {
			t.Errorf("step %d comes before the one above it", i+1)
		}
		last = s.steps[i].AtMS
		switch p.Event {
		case "PreToolUse":
			began[p.ToolUseID] = p
		case "PostToolUse", "PostToolUseFailure":
			pre, ok := began[p.ToolUseID]
			if !ok || pre.SessionID != p.SessionID || pre.ToolName != p.ToolName || string(pre.Input) != string(p.Input) {
				t.Errorf("step %d ends a call that did not begin so: %s", i+1, p.ToolUseID)
			}
		case "PostToolBatch":
			for _, c := range p.Calls {
				batched[c.ToolUseID] = true
			}
		}
	}
	for id := range began {
		if !batched[id] {
			t.Errorf("call %s is in no batch", id)
		}
	}
}

func TestPlayedThroughTheHook(t *testing.T) {
	s := stage(t)
	if err := s.Play(t.Context(), 1, 1e6); err != nil {
		t.Fatal(err)
	}
	report, err := journal.Verify(t.Context(), s.Data(), journal.VerifyOptions{})
	if err != nil || len(report.Faults) > 0 {
		t.Fatalf("verify: %v, %v", err, report.Faults)
	}
	records := read(t, s.Data())
	if want := len(s.steps) + 1; len(records) != want {
		t.Errorf("%d records, want one for the journal's start and one for each of %d payloads", len(records), want-1)
	}
	got := map[string]bool{}
	sessions := map[string][2]int{}
	for i, r := range records {
		got[string(r.EventType)] = true
		got[string(r.Outcome)] = true
		got["subagent"] = got["subagent"] || r.AgentID != "" && r.ToolName != ""
		got["mcp"] = got["mcp"] || r.Action.MCPServer != ""
		got["background"] = got["background"] || r.Action.Background
		got["outside"] = got["outside"] || r.Level == event.Warn && r.Action.OutsideProjectScope && !r.Action.ScopeAllowed
		got["outside, allowed"] = got["outside, allowed"] || r.Action.ScopeAllowed
		got["slash command"] = got["slash command"] || r.Action.SlashCommand != ""
		for _, c := range r.Action.Calls {
			got["batch: "+c.Response] = true
		}
		if span, ok := sessions[r.SessionID]; ok {
			sessions[r.SessionID] = [2]int{span[0], i}
		} else if r.SessionID != "" {
			sessions[r.SessionID] = [2]int{i, i}
		}
	}
	var missing []string
	for _, want := range []string{
		"command_execution", "file_read", "file_write", "file_edit", "code_search", "tool_usage", "user_prompt",
		"session_start", "session_end", "subagent_start", "subagent_stop", "compaction", "permission_request", "task",
		"success", "failure", "subagent", "mcp", "background", "outside", "outside, allowed", "slash command",
		"batch: denied", "batch: unknown_tool",
	} {
		if !got[want] {
			missing = append(missing, want)
		}
	}
	if missing != nil {
		t.Errorf("the demo does not show %v", missing)
	}
	if !overlap(sessions) {
		t.Error("no two sessions run side by side")
	}
}

func overlap(sessions map[string][2]int) bool {
	var spans [][2]int
	for _, span := range sessions {
		spans = append(spans, span)
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
	for i := 1; i < len(spans); i++ {
		if spans[i][0] < spans[i-1][1] {
			return true
		}
	}
	return false
}

// What is private in the script stays out of the journal.
func TestNothingPrivateIsKept(t *testing.T) {
	s := stage(t)
	if err := s.Play(t.Context(), 1, 1e6); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(s.Data(), "logs", "claude-telemetry.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{
		"demo-token-that-is-not-one", "not-a-real-one", // secrets
		"Refunds of more than", "ignores the discount", // prompts
		"bundlesOf", "10.0.0.12", "not here", // contents, a heredoc, output
	} {
		if !strings.Contains(script, private) {
			t.Errorf("%q is not in the script", private)
		}
		if strings.Contains(string(text), private) {
			t.Errorf("%q is in the journal", private)
		}
	}
}

func TestRunsAreDifferentSessions(t *testing.T) {
	s := stage(t)
	step := string(s.steps[0].Payload)
	if one, two := s.fill(step, 1), s.fill(step, 2); one == two {
		t.Errorf("both runs send %s", one)
	}
}

func TestPlayEndsWithItsContext(t *testing.T) {
	s := stage(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Play(ctx, 1, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.Data()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was recorded: %v", err)
	}
}

func TestHookThatIsNotThere(t *testing.T) {
	s, err := NewStage(t.TempDir(), filepath.Join(t.TempDir(), "no-such-hook"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Play(t.Context(), 1, 1e6); err == nil || !strings.Contains(err.Error(), "no-such-hook") {
		t.Errorf("got %v, want an error that names the hook", err)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	s, err := NewStage(parent, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(parent)
	if err != nil || len(left) > 0 {
		t.Errorf("%v, left behind: %v", err, left)
	}
}

// read returns the journal's records, each held to the published schema.
func read(t *testing.T, data string) []event.Record {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "logs", "claude-telemetry.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var records []event.Record
	for line := range bytes.Lines(text) {
		eventtest.Validate(t, bytes.TrimSuffix(line, []byte{'\n'}))
		var r event.Record
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records
}
