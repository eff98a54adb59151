package enginetest

import (
	"slices"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// session is what one session id stands for.
type session struct {
	records   []*entry // in Order
	joiner    query.Joiner
	begun     map[*query.Action]step // where each call began
	concluded []query.Conclusion
	agents    map[string]bool
}

// add takes the session's next record, and returns the calls that it concludes.
func (s *session) add(r *event.Record) []query.Conclusion {
	s.records = insert(s.records, &entry{Record: r, line: r})
	s.agents[r.AgentID] = true
	known := len(s.joiner.Actions())
	s.joiner.Add(r)
	for i, a := range s.joiner.Actions()[known:] {
		st := step{record: r, action: a}
		if r.HookEvent == "PostToolBatch" {
			st.sub = i + 1
		}
		s.begun[a] = st
	}
	concluded := s.joiner.Concluded(r)
	s.concluded = append(s.concluded, concluded...)
	return concluded
}

// order is the place of the session's first record.
func (s *session) order() query.Order { return s.records[0].order() }

// last is the session's latest record.
func (s *session) last() *event.Record { return s.records[len(s.records)-1].Record }

// info sums the session up.
func (s *session) info() query.SessionInfo {
	first, last := s.records[0].Record, s.last()
	out := query.SessionInfo{
		ID: first.SessionID, Project: first.ProjectPath, Host: first.Metadata.Host,
		Start: first.Timestamp, End: last.Timestamp, Ended: last.EventType == event.SessionEnd,
		Records: int64(len(s.records)), Actions: int64(len(s.concluded)),
	}
	for _, e := range s.records {
		if isPrompt(e.Record) {
			out.Prompts++
		}
		if v := e.Metadata.Agent; v != "" {
			out.Agent = v
		}
		if v := e.Metadata.AgentVersion; v != "" {
			out.AgentVersion = v
		}
		if v := e.Action.Model; v != "" && e.ToolName != "Agent" && e.ToolName != "Task" {
			out.Model = v
		}
	}
	s.count(&out)
	return out
}

func (s *session) count(out *query.SessionInfo) {
	for _, a := range s.joiner.Actions() {
		if a.Outcome == event.Pending {
			out.Pending++
		}
	}
	for _, c := range s.concluded {
		switch c.Record.Outcome {
		case event.Failure:
			out.Failures++
		case event.Denied:
			out.Denied++
		}
		if c.Action.Details.OutsideProjectScope {
			out.Outside++
		}
	}
	for id := range s.agents {
		if id != "" {
			out.Subagents++
		}
	}
}

// isPrompt reports whether a record begins a chapter.
func isPrompt(r *event.Record) bool {
	return r.HookEvent == "UserPromptSubmit" && !r.Action.Synthetic
}

// step is one of a session's story: a call where it began, or a record.
type step struct {
	record *event.Record
	sub    int
	action *query.Action // nil for a record that is about no call
}

func (st step) order() query.Order {
	return query.Order{Time: st.record.Timestamp, Host: st.record.Metadata.Host, Seq: st.record.Seq, Sub: st.sub}
}

func (st step) pending() bool { return st.action != nil && st.action.Outcome == event.Pending }

// steps tells the whole story, in order.
func (s *session) steps() (list []step) {
	for _, st := range s.begun {
		list = append(list, st)
	}
	for _, e := range s.records {
		if tellsItself(e.Record) {
			list = append(list, step{record: e.Record})
		}
	}
	slices.SortFunc(list, func(a, b step) int { return a.order().Compare(b.order()) })
	return list
}

// tellsItself reports whether a record is a step of its own.
func tellsItself(r *event.Record) bool {
	switch r.HookEvent {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionDenied", "PostToolBatch":
		return r.EventType == event.TelemetryDisabled
	case "PermissionRequest", "UserPromptExpansion":
		return false
	}
	return true
}
