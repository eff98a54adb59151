package event

import (
	"strconv"
	"time"

	"agent-telemetry/internal/jsontree"
)

// TimeFormat is how timestamps are written: RFC 3339, always nine digits of a second.
const TimeFormat = "2006-01-02T15:04:05.000000000Z07:00"

// AppendMetadata appends the members of metadata behind the journal id, without
// braces. Hand-written, since reflection would cost the hook a third of its time.
func (m *Metadata) AppendMetadata(dst []byte) []byte {
	e := encoder{dst: dst}
	e.str("host", m.Host)
	e.str("user_id", m.UserID)
	e.str("agent", m.Agent)
	e.str("agent_version", m.AgentVersion)
	e.str("claude_version", m.ClaudeVersion)
	e.str("telemetry_version", m.TelemetryVersion)
	e.str("scope", m.Scope)
	e.str("source", m.Source)
	return e.dst
}

// AppendRest appends the members of a record behind metadata, without braces.
func (r *Record) AppendRest(dst []byte) []byte {
	e := encoder{dst: dst}
	e.str("level", string(r.Level))
	e.str("event_type", string(r.EventType))
	e.str("hook_event", r.HookEvent)
	e.str("session_id", r.SessionID)
	e.str("project_path", r.ProjectPath)
	e.str("project_name", r.ProjectName)
	e.str("tool_name", r.ToolName)
	e.strIf("tool_use_id", r.ToolUseID)
	e.bool("telemetry_enabled", r.TelemetryEnabled)
	e.strIf("agent_id", r.AgentID)
	e.strIf("agent_type", r.AgentType)
	e.strIf("prompt_id", r.PromptID)
	e.strIf("permission_mode", r.PermissionMode)
	e.strIf("outcome", string(r.Outcome))
	e.intIf("duration_ms", r.DurationMS)
	e.name("action_details")
	e.dst = r.Action.append(e.dst)
	e.strs("shortened", r.Shortened)
	e.strIf("input_error", r.InputError)
	if r.Integrity != nil {
		e.name("integrity")
		e.dst = r.Integrity.append(e.dst)
	}
	e.name("raw_input")
	if len(r.RawInput) == 0 {
		return append(e.dst, "null"...)
	}
	return append(e.dst, r.RawInput...)
}

func (i *Integrity) append(dst []byte) []byte {
	e := encoder{dst: append(dst, '{')}
	e.str("kind", i.Kind)
	if i.Seq != 0 {
		e.int("seq", int64(i.Seq))
	}
	if i.LastSeq != 0 {
		e.int("last_seq", int64(i.LastSeq))
	}
	e.str("file", i.File)
	e.int("offset", i.Offset)
	e.str("detail", i.Detail)
	return append(e.dst, '}')
}

func (a *ActionDetails) append(dst []byte) []byte {
	e := encoder{dst: append(dst, '{')}
	e.str("file_path", a.FilePath)
	e.int("size_bytes", a.SizeBytes)
	e.bool("outside_project_scope", a.OutsideProjectScope)
	e.str("command", a.Command)
	e.str("search_pattern", a.SearchPattern)
	e.str("search_path", a.SearchPath)
	e.strIf("scope_reason", a.ScopeReason)
	e.strIf("scope_detail", a.ScopeDetail)
	e.boolIf("scope_allowed", a.ScopeAllowed)
	e.strIf("description", a.Description)
	e.strIf("url", a.URL)
	e.strIf("query", a.Query)
	e.intIf("content_bytes", a.ContentBytes)
	e.intIf("content_lines", a.ContentLines)
	e.strIf("content_sha256", a.ContentSHA256)
	e.intIf("lines_added", a.LinesAdded)
	e.intIf("lines_removed", a.LinesRemoved)
	e.intIf("output_bytes", a.OutputBytes)
	e.intIf("exit_code", a.ExitCode)
	e.boolIf("timed_out", a.TimedOut)
	e.strIf("error", a.Error)
	e.strIf("mcp_server", a.MCPServer)
	e.strIf("mcp_tool", a.MCPTool)
	e.strIf("skill", a.Skill)
	e.strIf("subagent_type", a.SubagentType)
	e.strIf("subagent_id", a.SubagentID)
	e.strIf("model", a.Model)
	e.boolIf("background", a.Background)
	e.strIf("task_id", a.TaskID)
	e.strIf("task_status", a.TaskStatus)
	e.strIf("refers_to", a.RefersTo)
	e.strIf("input_hash", a.InputHash)
	e.strIf("reason", a.Reason)
	e.strIf("old_cwd", a.OldCwd)
	e.strIf("new_cwd", a.NewCwd)
	e.intIf("prompt_bytes", a.PromptBytes)
	e.intIf("prompt_chars", a.PromptChars)
	e.intIf("prompt_lines", a.PromptLines)
	e.strIf("slash_command", a.SlashCommand)
	e.strs("flags", a.Flags)
	e.boolIf("synthetic", a.Synthetic)
	e.intIf("running_tasks", a.RunningTasks)
	e.strIf("marker_removed", a.MarkerRemoved)
	if len(a.Calls) > 0 {
		e.name("calls")
		e.dst = appendCalls(e.dst, a.Calls)
	}
	return append(e.dst, '}')
}

func appendCalls(dst []byte, calls []Call) []byte {
	dst = append(dst, '[')
	for i := range calls {
		if i > 0 {
			dst = append(dst, ',')
		}
		e := encoder{dst: append(dst, '{')}
		e.str("tool_use_id", calls[i].ToolUseID)
		e.str("tool_name", calls[i].ToolName)
		e.strIf("input_hash", calls[i].InputHash)
		e.strIf("response", calls[i].Response)
		e.int("response_bytes", calls[i].ResponseBytes)
		e.strIf("response_sha256", calls[i].ResponseSHA256)
		dst = append(e.dst, '}')
	}
	return append(dst, ']')
}

// AppendChain appends the members of c that are set, each behind a comma.
func (c *Chain) AppendChain(dst []byte) []byte {
	e := encoder{dst: dst, behind: true}
	if c.CapturedAt != nil {
		e.str("captured_at", c.CapturedAt.Format(TimeFormat))
	}
	e.strIf("spool", c.Spool)
	if c.ClockStepMS != 0 {
		e.int("clock_step_ms", c.ClockStepMS)
	}
	if c.Torn != nil {
		e.name("torn")
		e.dst = c.Torn.append(e.dst)
	}
	if c.Lost != nil {
		e.name("lost")
		in := encoder{dst: append(e.dst, '{')}
		in.str("journal", c.Lost.Journal)
		in.int("seq", int64(c.Lost.Seq))
		in.str("hash", c.Lost.Hash)
		e.dst = append(in.dst, '}')
	}
	if c.Retention != nil {
		e.name("retention")
		in := encoder{dst: append(e.dst, '{')}
		in.int("through_seq", int64(c.Retention.Seq))
		in.str("hash", c.Retention.Hash)
		e.dst = append(in.dst, '}')
	}
	return e.dst
}

func (t *Torn) append(dst []byte) []byte {
	e := encoder{dst: append(dst, '{')}
	e.str("after", t.After)
	e.name("lines")
	e.dst = append(e.dst, '[')
	for i, l := range t.Lines {
		if i > 0 {
			e.dst = append(e.dst, ',')
		}
		in := encoder{dst: append(e.dst, '{')}
		in.int("bytes", l.Bytes)
		in.str("sha256", l.Hash)
		e.dst = append(in.dst, '}')
	}
	return append(e.dst, "]}"...)
}

// AppendTime appends t as a timestamp, quotes included.
func AppendTime(dst []byte, t time.Time) []byte {
	dst = append(dst, '"')
	dst = t.AppendFormat(dst, TimeFormat)
	return append(dst, '"')
}

// encoder appends members of one object. behind: a member goes before.
type encoder struct {
	dst    []byte
	behind bool
}

func (e *encoder) name(name string) {
	if e.behind {
		e.dst = append(e.dst, ',')
	}
	e.behind = true
	e.dst = append(e.dst, '"')
	e.dst = append(e.dst, name...)
	e.dst = append(e.dst, '"', ':')
}

func (e *encoder) str(name, v string) {
	e.name(name)
	e.dst = jsontree.AppendString(e.dst, v)
}

func (e *encoder) strIf(name, v string) {
	if v != "" {
		e.str(name, v)
	}
}

func (e *encoder) strs(name string, vs []string) {
	if len(vs) == 0 {
		return
	}
	e.name(name)
	e.dst = append(e.dst, '[')
	for i, v := range vs {
		if i > 0 {
			e.dst = append(e.dst, ',')
		}
		e.dst = jsontree.AppendString(e.dst, v)
	}
	e.dst = append(e.dst, ']')
}

func (e *encoder) int(name string, v int64) {
	e.name(name)
	e.dst = strconv.AppendInt(e.dst, v, 10)
}

func (e *encoder) intIf(name string, v *int64) {
	if v != nil {
		e.int(name, *v)
	}
}

func (e *encoder) bool(name string, v bool) {
	e.name(name)
	e.dst = strconv.AppendBool(e.dst, v)
}

func (e *encoder) boolIf(name string, v bool) {
	if v {
		e.bool(name, v)
	}
}
