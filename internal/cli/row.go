package cli

import (
	"fmt"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// row is what one line of a table tells.
type row struct {
	time     time.Time
	session  string
	verb     string // the tool, or what happened
	what     string // what it touched
	path     bool   // what is a path: its end counts
	outcome  event.Outcome
	duration time.Duration
	outside  bool
	allowed  bool
	agent    string
	loud     bool
}

// rowOf tells a record that is not about a tool call, or not joined to one.
func rowOf(r *event.Record) row {
	w := row{
		time: r.Timestamp, session: r.SessionID, outcome: r.Outcome, agent: r.AgentID, loud: r.Level != event.Info,
		outside: r.Action.OutsideProjectScope, allowed: r.Action.ScopeAllowed,
	}
	if r.DurationMS != nil {
		w.duration = time.Duration(*r.DurationMS) * time.Millisecond
	}
	if r.ToolName != "" {
		w.verb = r.ToolName
		w.what, w.path = touched(&r.Action, r.EventType, r.ProjectPath)
		if r.EventType == event.PermissionRequest {
			w.verb, w.what, w.path = "permission", join(r.ToolName, w.what), false
			w.outcome = "" // of the request, not of the call
		}
		return w.named(&r.Action)
	}
	w.verb, w.what, w.path = happened(r)
	return w
}

// actionRow tells a whole tool call.
func actionRow(a *query.Action) row {
	w := row{
		time: a.Start, session: a.SessionID, verb: a.ToolName, outcome: a.Outcome, duration: a.Duration, agent: a.AgentID,
		outside: a.Details.OutsideProjectScope, allowed: a.Details.ScopeAllowed,
	}
	w.what, w.path = touched(&a.Details, a.EventType, a.ProjectPath)
	return w.named(&a.Details)
}

// named tells an MCP call by server and tool, whose joined name is long.
func (w row) named(a *event.ActionDetails) row {
	if a.MCPServer != "" && strings.HasPrefix(w.verb, "mcp__") {
		w.verb = "mcp"
	}
	return w
}

// touched is what a tool call was about, in one line. Paths within the project
// are told from its root.
func touched(a *event.ActionDetails, t event.Type, project string) (what string, path bool) {
	file, dir := within(a.FilePath, project), within(a.SearchPath, project)
	switch {
	case a.Command != "":
		what = a.Command
		if a.Background {
			what += " &"
		}
		if a.ExitCode != nil && *a.ExitCode != 0 {
			what += fmt.Sprintf(" (exit %d)", *a.ExitCode)
		}
		return what, false
	case a.SearchPattern != "":
		what = a.SearchPattern
		if dir != "" {
			what += " in " + dir
		}
		return what, false
	case file != "":
		if t == event.FileWrite || t == event.FileEdit {
			return file + changes(a), true
		}
		return file, true
	}
	for _, s := range [...]string{a.URL, a.Query} {
		if s != "" {
			return s, false
		}
	}
	parts := []string{}
	for _, s := range [...]string{a.SubagentType, a.Skill, a.MCPServer, a.MCPTool, a.Description, taskName(a.TaskID), neverRan(a.Error)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · "), false
}

// within is a path as seen from the project's root.
func within(path, project string) string {
	if project == "" {
		return path
	}
	if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(project, "/")+"/"); ok && rest != "" {
		return rest
	}
	return path
}

func taskName(id string) string {
	if id == "" {
		return ""
	}
	return "task " + id
}

// neverRan words the errors of calls that did not get as far as running.
func neverRan(class string) string {
	switch class {
	case event.ResponseUnknownTool:
		return "no such tool"
	case event.ResponseInvalidInput:
		return "invalid input"
	}
	return ""
}

func changes(a *event.ActionDetails) string {
	if a.LinesAdded == nil && a.LinesRemoved == nil {
		return ""
	}
	added, removed := int64(0), int64(0)
	if a.LinesAdded != nil {
		added = *a.LinesAdded
	}
	if a.LinesRemoved != nil {
		removed = *a.LinesRemoved
	}
	return fmt.Sprintf(" +%d −%d", added, removed)
}

// happened tells a record that is not about a tool.
func happened(r *event.Record) (verb, what string, path bool) {
	a := &r.Action
	switch r.EventType {
	case event.UserPrompt:
		return "prompt", promptLine(a), false
	case event.SessionStart:
		return "session", join("started", a.Reason, a.Model), false
	case event.SessionEnd:
		return "session", join("ended", a.Reason), false
	case event.TurnEnd:
		if a.Error != "" {
			return "turn", join("failed", a.Error), false
		}
		return "turn", "ended", false
	case event.SubagentStart:
		return "subagent", join("started", r.AgentType), false
	case event.SubagentStop:
		return "subagent", join("stopped", r.AgentType), false
	case event.ToolBatch:
		return "batch", batchLine(a), false
	case event.CwdChanged:
		return "cd", within(a.NewCwd, r.ProjectPath), true
	case event.ConfigChange:
		if a.FilePath != "" {
			return "settings", within(a.FilePath, r.ProjectPath), true
		}
		return "settings", a.Reason, false
	case event.TelemetryDisabled:
		return "OFF", "marker removed: " + a.MarkerRemoved, false
	case event.JournalStart:
		return "journal", "started " + r.Metadata.Journal, false
	case event.Retention:
		if r.Retention != nil {
			return "retention", fmt.Sprintf("records up to %d removed", r.Retention.Seq), false
		}
		return "retention", "", false
	}
	verb = shortName(r)
	if a.FilePath != "" {
		return verb, within(a.FilePath, r.ProjectPath), true
	}
	return verb, join(taskName(a.TaskID), a.MCPServer, a.Reason), false
}

// shortName names an event in the width of its column.
func shortName(r *event.Record) string {
	switch r.EventType {
	case event.Instructions:
		return "loaded"
	case event.FileChanged:
		return "changed"
	case event.Notification:
		return "notice"
	case event.Elicitation:
		return "question"
	case event.Compaction:
		return "compact"
	case event.Other:
		if r.HookEvent != "" {
			return r.HookEvent
		}
	}
	return string(r.EventType)
}

func promptLine(a *event.ActionDetails) string {
	if a.Synthetic {
		return join(taskName(a.TaskID), a.TaskStatus)
	}
	line := join(append([]string{a.SlashCommand}, a.Flags...)...)
	if a.PromptChars == nil {
		return line
	}
	if line != "" {
		line += " · "
	}
	return line + thousands(*a.PromptChars) + " chars"
}

func batchLine(a *event.ActionDetails) string {
	names := make([]string, 0, len(a.Calls))
	for i := range a.Calls {
		names = append(names, a.Calls[i].ToolName)
	}
	return fmt.Sprintf("%d %s: %s", len(names), plural(len(names), "call"), strings.Join(names, ", "))
}

func join(parts ...string) string {
	out := ""
	for _, p := range parts {
		if p != "" && out != "" {
			out += " "
		}
		out += p
	}
	return out
}
