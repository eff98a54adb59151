package claude_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"agent-telemetry/internal/claude"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/privacy"
)

func TestVersion(t *testing.T) {
	for agent, want := range map[string]string{
		"claude-code_2-1-197_harness": "2.1.197",
		"claude-code_2-1-197":         "2.1.197",
		"claude-code_3-0-0-beta-1_x":  "3.0.0.beta.1",
		"claude-code_":                "",
		"claude-code":                 "",
		"other_1-2-3_x":               "",
		"":                            "",
		"claude-code_" + strings.Repeat("1-", 100): "",
	} {
		if got := claude.Version(agent); got != want {
			t.Errorf("Version(%q) = %q, want %q", agent, got, want)
		}
	}
}

// Hooks and tools are classified by name; one that nobody has heard of has a
// type, too.
func TestTypes(t *testing.T) {
	for _, c := range []struct {
		hook, tool string
		want       event.Type
	}{
		{"PreToolUse", "Read", event.FileRead},
		{"PostToolUse", "Write", event.FileWrite},
		{"PreToolUse", "Edit", event.FileEdit},
		{"PreToolUse", "MultiEdit", event.FileEdit},
		{"PreToolUse", "NotebookEdit", event.FileEdit},
		{"PreToolUse", "Bash", event.CommandExecution},
		{"PreToolUse", "PowerShell", event.CommandExecution},
		{"PreToolUse", "Monitor", event.CommandExecution},
		{"PreToolUse", "REPL", event.CommandExecution},
		{"PreToolUse", "Grep", event.CodeSearch},
		{"PostToolUseFailure", "Glob", event.CodeSearch},
		{"PreToolUse", "TodoWrite", event.ToolUsage},
		{"PreToolUse", "mcp__a__b", event.ToolUsage},
		{"PreToolUse", "read", event.ToolUsage},
		{"PreToolUse", "", event.ToolUsage},
		{"PermissionDenied", "Bash", event.PermissionRequest},
		{"StopFailure", "", event.TurnEnd},
		{"TeammateIdle", "", event.Task},
		{"DirectoryAdded", "", event.ConfigChange},
		{"WorktreeRemove", "", event.Worktree},
		{"NobodyHasHeardOfIt", "", event.Other},
		{"NobodyHasHeardOfIt", "Read", event.Other},
		{"", "test", event.Other},
		{"pretooluse", "Read", event.Other},
	} {
		r := record(t, privacy.Default(), fmt.Sprintf(`{"hook_event_name":%q,"tool_name":%q,"tool_input":{}}`, c.hook, c.tool))
		if r.EventType != c.want || r.HookEvent != c.hook || r.ToolName != c.tool {
			t.Errorf("%s of %s is %s of %s, %s; want %s", c.hook, c.tool, r.HookEvent, r.ToolName, r.EventType, c.want)
		}
	}
}

// An unknown event or tool keeps what can be told of it, and no text.
func TestUnknown(t *testing.T) {
	r := record(t, privacy.Default(), `{"session_id":"s","hook_event_name":"Later","agent_id":"a","novel":"text","reason":"text"}`)
	if r.EventType != event.Other || r.SessionID != "s" || r.AgentID != "a" || r.Level != event.Info || r.Outcome != "" || r.Action.Reason == "text" {
		t.Errorf("%+v", r)
	}
	r = record(t, privacy.Default(), `{"hook_event_name":"PostToolUse","tool_name":"Later","tool_use_id":"t","tool_input":{"novel":"text"},"tool_response":"text","duration_ms":7.5}`)
	if r.EventType != event.ToolUsage || r.ToolUseID != "t" || r.Outcome != event.Success || r.DurationMS == nil || *r.DurationMS != 7 || *r.Action.OutputBytes != 4 {
		t.Errorf("%+v", r)
	}
}

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		payload string
		want    event.Outcome
		level   event.Level
	}{
		{`{"hook_event_name":"PreToolUse","tool_name":"Bash"}`, event.Pending, event.Info},
		{`{"hook_event_name":"PermissionRequest","tool_name":"Bash"}`, event.Pending, event.Info},
		{`{"hook_event_name":"PermissionDenied","tool_name":"Bash","reason":"no"}`, event.Denied, event.Warn},
		{`{"hook_event_name":"PostToolUse","tool_name":"Bash"}`, event.Success, event.Info},
		{`{"hook_event_name":"PostToolUse","tool_name":"Bash","tool_response":{"interrupted":true}}`, event.Interrupted, event.Info},
		{`{"hook_event_name":"PostToolUse","tool_name":"Bash","tool_response":{"interrupted":"true"}}`, event.Success, event.Info},
		{`{"hook_event_name":"PostToolUseFailure","tool_name":"Bash"}`, event.Failure, event.Error},
		{`{"hook_event_name":"PostToolUseFailure","tool_name":"Bash","is_interrupt":true}`, event.Interrupted, event.Info},
		{`{"hook_event_name":"StopFailure","error":"rate_limit"}`, "", event.Error},
		{`{"hook_event_name":"Stop"}`, "", event.Info},
		{`{"tool_name":"test"}`, "", event.Info},
		{`{"hook_event_name":"PostToolBatch","tool_calls":[{"tool_response":"fine"}]}`, "", event.Info},
		{`{"hook_event_name":"PostToolBatch","tool_calls":[{"tool_response":"Permission to use Bash has been denied."},{"tool_response":"fine"}]}`, "", event.Warn},
		{`{"hook_event_name":"PostToolBatch","tool_calls":[{"tool_response":"<tool_use_error>InputValidationError: x"},{"tool_response":"Permission to use Bash has been denied."}]}`, "", event.Error},
		{`{"hook_event_name":"PostToolBatch","tool_calls":[{"tool_response":"<tool_use_error>Error: No such tool available: x"}]}`, "", event.Error},
	} {
		if r := record(t, privacy.Default(), c.payload); r.Outcome != c.want || r.Level != c.level {
			t.Errorf("%s: outcome %q, level %s; want %q, %s", c.payload, r.Outcome, r.Level, c.want, c.level)
		}
	}
}

// Changed lines are those of the exchanged strings before a call, and those of
// the patch after it.
func TestChangedLines(t *testing.T) {
	const none = -1
	for name, c := range map[string]struct {
		payload        string
		added, removed int64
	}{
		"edit":              {`{"hook_event_name":"PreToolUse","tool_name":"Edit","tool_input":{"old_string":"a\nb","new_string":"a\nb\nc\n"}}`, 3, 2},
		"edit that removes": {`{"hook_event_name":"PreToolUse","tool_name":"Edit","tool_input":{"old_string":"a\nb\n","new_string":""}}`, 0, 2},
		"edits": {`{"hook_event_name":"PreToolUse","tool_name":"MultiEdit","tool_input":{"edits":[
			{"old_string":"a","new_string":"b\nc"},{"old_string":"d\ne\nf","new_string":"g"},{"new_string":"alone"}]}}`, 3, 4},
		"patch wins over strings": {`{"hook_event_name":"PostToolUse","tool_name":"Edit","tool_input":{"old_string":"a","new_string":"b"},
			"tool_response":{"structuredPatch":[{"lines":[" x","-a","+b","+c"]},{"lines":["+d"]}]}}`, 3, 1},
		"patch of edits": {`{"hook_event_name":"PostToolUse","tool_name":"MultiEdit","tool_input":{"edits":[{"old_string":"a","new_string":"b"}]},
			"tool_response":{"structuredPatch":[{"lines":["-a","+b","-c","+d"]}]}}`, 2, 2},
		"lines that begin with the signs": {`{"hook_event_name":"PostToolUse","tool_name":"Edit","tool_input":{},
			"tool_response":{"structuredPatch":[{"lines":["++ x","-- y"," +z","\\ No newline at end of file"]}]}}`, 1, 1},
		"new file": {`{"hook_event_name":"PostToolUse","tool_name":"Write","tool_input":{"content":"a\nb"},
			"tool_response":{"type":"create","content":"a\nb","structuredPatch":[]}}`, 2, 0},
		"file overwritten": {`{"hook_event_name":"PostToolUse","tool_name":"Write","tool_input":{"content":"a\nb"},
			"tool_response":{"type":"update","structuredPatch":[{"lines":["-x"," a","+b"]}]}}`, 1, 1},
		"no edit at all": {`{"hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{"file_path":"a"}}`, none, none},
		"wrong types": {`{"hook_event_name":"PostToolUse","tool_name":"Edit","tool_input":{"old_string":7,"new_string":[],"edits":"x"},
			"tool_response":{"structuredPatch":[7,{"lines":[7,"+x"]},{"lines":{}}]}}`, 1, 0},
	} {
		for _, levels := range []privacy.Levels{{}, privacy.Default(), {Contents: privacy.Full, Outputs: privacy.Full}} {
			a := record(t, levels, c.payload).Action
			if count(a.LinesAdded) != c.added || count(a.LinesRemoved) != c.removed {
				t.Errorf("%s, contents %s: %d added, %d removed; want %d, %d",
					name, levels.Contents, count(a.LinesAdded), count(a.LinesRemoved), c.added, c.removed)
			}
		}
	}
}

func count(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

func TestMCPNames(t *testing.T) {
	for tool, want := range map[string][2]string{
		"mcp__echo-srv__say":         {"echo-srv", "say"},
		"mcp__a__b__c":               {"a", "b__c"},
		"mcp__plugin_x_y__do_it":     {"plugin_x_y", "do_it"},
		"mcp__only":                  {},
		"mcp_a__b":                   {},
		"Bash":                       {},
		"mcp____":                    {},
		"mcp__claude_ai_Gmail__send": {"claude_ai_Gmail", "send"},
	} {
		r := record(t, privacy.Default(), fmt.Sprintf(`{"hook_event_name":"PreToolUse","tool_name":%q,"tool_input":{}}`, tool))
		if got := [2]string{r.Action.MCPServer, r.Action.MCPTool}; got != want {
			t.Errorf("%s: %q, want %q", tool, got, want)
		}
	}
}

// How a command failed is read from the beginning of what Claude Code says.
func TestFailures(t *testing.T) {
	for text, want := range map[string]struct {
		class    string
		code     int64
		timedOut bool
	}{
		"Exit code 3\noops": {"exit_code", 3, false},
		"Exit code 0":       {"exit_code", 0, false},
		"Exit code 143\nCommand timed out after 1s": {"timeout", 143, true},
		"Command timed out after 2m":                {"timeout", -1, true},
		"Exit code many":                            {"tool_error", -1, false},
		"File does not exist.":                      {"tool_error", -1, false},
		"see: Exit code 3":                          {"tool_error", -1, false},
	} {
		payload, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		a := record(t, privacy.Default(), `{"hook_event_name":"PostToolUseFailure","tool_name":"Bash","tool_input":{},"error":`+string(payload)+`}`).Action
		if a.Error != want.class || count(a.ExitCode) != want.code || a.TimedOut != want.timedOut || count(a.OutputBytes) != int64(len(text)) {
			t.Errorf("%q: %s, exit code %d, timed out %v", text, a.Error, count(a.ExitCode), a.TimedOut)
		}
	}
}

// What the answers of a batch are shows in how they begin.
func TestBatchAnswers(t *testing.T) {
	for answer, want := range map[string]string{
		`"done"`: event.ResponseResult,
		`""`:     event.ResponseResult,
		`"<tool_use_error>Error: No such tool available: X</tool_use_error>"`:         event.ResponseUnknownTool,
		`"<tool_use_error>InputValidationError: Bash failed</tool_use_error>"`:        event.ResponseInvalidInput,
		`"<tool_use_error>File has not been read yet</tool_use_error>"`:               event.ResponseError,
		`"Permission to use Bash with command x has been denied."`:                    event.ResponseDenied,
		`"The user doesn't want to proceed with this tool use."`:                      event.ResponseDenied,
		`[{"type":"text","text":"Permission to use Bash with command x was denied"}]`: event.ResponseResult,
		`{"x":1}`: event.ResponseResult,
		`7`:       event.ResponseResult,
	} {
		for _, levels := range []privacy.Levels{{}, privacy.Default(), {Outputs: privacy.Full}} {
			r := record(t, levels, `{"hook_event_name":"PostToolBatch","tool_calls":[{"tool_name":"Bash","tool_use_id":"t","tool_input":{},"tool_response":`+answer+`}]}`)
			if len(r.Action.Calls) != 1 || r.Action.Calls[0].Response != want || r.Action.Calls[0].ToolUseID != "t" {
				t.Errorf("%s, outputs %s: %+v, want %s", answer, levels.Outputs, r.Action.Calls, want)
			}
		}
	}
}

// The same call has the same hash before it, after it, in a permission request
// and in a batch; another has another.
func TestInputHash(t *testing.T) {
	const input = `{"command":"ls","description":"list"}`
	hash := func(payload string) string { return record(t, privacy.Default(), payload).Action.InputHash }
	pre := hash(`{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":` + input + `}`)
	for _, hook := range []string{"PostToolUse", "PostToolUseFailure", "PermissionRequest"} {
		if got := hash(`{"hook_event_name":"` + hook + `","tool_name":"Bash","tool_input":` + input + `}`); got != pre {
			t.Errorf("%s: %s, before it %s", hook, got, pre)
		}
	}
	batch := record(t, privacy.Default(), `{"hook_event_name":"PostToolBatch","tool_calls":[{"tool_name":"Bash","tool_input":`+input+`}]}`)
	if got := batch.Action.Calls[0].InputHash; got != pre {
		t.Errorf("in a batch: %s, before it %s", got, pre)
	}
	if other := hash(`{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls -l"}}`); other == pre || len(pre) != 16 {
		t.Errorf("hashes %s and %s", pre, other)
	}
}
