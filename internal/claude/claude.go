// Package claude turns what Claude Code hands its hooks into records: which
// fields mean what, how tools are classified, how an answer's shape tells a
// denial from a failure. Everything peculiar to Claude Code is here, so that the
// next agent gets a sibling.
//
// Facts about payloads were seen on Claude Code 2.1.197; testdata/ holds 50 of them.
package claude

import (
	"strings"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

// Agent is metadata.agent of these records.
const Agent = "claude-code"

// maxVersion is longer than any version; what is longer is something else.
const maxVersion = 64

// Version reads the agent and its version from AI_AGENT, which Claude Code sets
// for its hooks: claude-code_2-1-197_harness.
func Version(aiAgent string) string {
	rest, ok := strings.CutPrefix(aiAgent, Agent+"_")
	if !ok {
		return ""
	}
	version, _, _ := strings.Cut(rest, "_")
	if len(version) > maxVersion {
		return ""
	}
	return strings.ReplaceAll(version, "-", ".")
}

// Facts fills in what can only be seen before privacy has reduced the payload:
// sizes, counts, outcomes, classes of answers. None of it is anybody's text.
func Facts(p *jsontree.Value, r *event.Record) {
	hook := p.Str("hook_event_name")
	tool := p.Str("tool_name")
	r.EventType = typeOf(hook, tool)
	r.DurationMS = integer(p.Get("duration_ms"))
	r.Outcome = outcomeOf(hook, p)
	a := &r.Action
	switch hook {
	case "PostToolBatch":
		calls(p.Get("tool_calls"), a)
	case "UserPromptSubmit", "UserPromptExpansion":
		prompt(p.Get("prompt"), a)
	case "Stop", "SubagentStop":
		if tasks := p.Get("background_tasks"); tasks != nil && tasks.Kind == jsontree.Array {
			a.RunningTasks = ptr(int64(len(tasks.Items)))
		}
	case "PostToolUseFailure":
		failure(p.Get("error"), a)
	}
	if in := p.Get("tool_input"); in != nil {
		input(in, a)
		response(p.Get("tool_response"), a)
	}
	r.Level = level(r, hook)
}

func level(r *event.Record, hook string) event.Level {
	switch {
	case r.Outcome == event.Failure, hook == "StopFailure":
		return event.Error
	case r.Outcome == event.Denied:
		return event.Warn
	}
	return levelOfCalls(r.Action.Calls)
}

// levelOfCalls is as loud as the worst call that no other record tells of: those
// that never ran.
func levelOfCalls(calls []event.Call) event.Level {
	worst := event.Info
	for i := range calls {
		switch calls[i].Response {
		case event.ResponseUnknownTool, event.ResponseInvalidInput:
			return event.Error
		case event.ResponseDenied:
			worst = event.Warn
		}
	}
	return worst
}

// Texts fills in the fields that are copies of the payload's, after privacy has
// reduced it: what it took away is empty here as well.
func Texts(p *jsontree.Value, r *event.Record) {
	r.HookEvent = p.Str("hook_event_name")
	r.SessionID = p.Str("session_id")
	r.ToolName = p.Str("tool_name")
	r.ToolUseID = p.Str("tool_use_id")
	r.AgentID = p.Str("agent_id")
	r.AgentType = p.Str("agent_type")
	r.PromptID = p.Str("prompt_id")
	r.PermissionMode = p.Str("permission_mode")
	a := &r.Action
	a.MCPServer, a.MCPTool = mcp(r.ToolName)
	if in := p.Get("tool_input"); in != nil {
		inputTexts(in, a)
		a.InputHash = hashOf(in)
	}
	responseTexts(p.Get("tool_response"), a)
	hookTexts(p, r.HookEvent, a)
	callTexts(p.Get("tool_calls"), a)
}

// hookTexts takes what a hook says about itself.
func hookTexts(p *jsontree.Value, hook string, a *event.ActionDetails) {
	for _, name := range [...]string{"source", "reason", "trigger", "load_reason", "notification_type", "action", "event"} {
		if s := p.Str(name); s != "" {
			a.Reason = s
			break
		}
	}
	if hook == "StopFailure" {
		a.Error = p.Str("error")
	}
	a.OldCwd, a.NewCwd = p.Str("old_cwd"), p.Str("new_cwd")
	set(&a.FilePath, p.Str("file_path"))
	set(&a.FilePath, p.Str("worktree_path"))
	set(&a.TaskID, p.Str("task_id"))
	set(&a.Model, p.Str("model"))
	set(&a.URL, p.Str("url"))
	set(&a.MCPServer, p.Str("mcp_server_name"))
	set(&a.SlashCommand, slash(p.Str("command_name")))
}

func slash(command string) string {
	if command == "" {
		return ""
	}
	return "/" + command
}

// mcp splits the name of an MCP tool: mcp__server__tool.
func mcp(tool string) (server, name string) {
	rest, ok := strings.CutPrefix(tool, "mcp__")
	if !ok {
		return "", ""
	}
	server, name, ok = strings.Cut(rest, "__")
	if !ok {
		return "", ""
	}
	return server, name
}

func set(field *string, s string) {
	if *field == "" {
		*field = s
	}
}
