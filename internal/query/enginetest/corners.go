package enginetest

import (
	"fmt"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

// script makes records by hand: each a second after the one before, of the session
// and host that were set last.
type script struct {
	records       []event.Record
	now           time.Time
	session, host string
	agent         lane
}

func newScript() *script {
	return &script{now: time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC), session: "5e55-one", host: "laptop"}
}

// add makes a record of a hook. Outcome, level and the like are as the hook sets them.
func (s *script) add(hook, id string) *event.Record {
	r := event.Record{
		Timestamp: s.now, Level: event.Info, HookEvent: hook, SessionID: s.session, ProjectPath: "/home/dev/shop", ProjectName: "shop",
		ToolUseID: id, TelemetryEnabled: true, AgentID: s.agent.id, AgentType: s.agent.kind,
		Metadata: event.Metadata{Host: s.host, UserID: "dev", Agent: "claude-code", AgentVersion: "2.1.197", TelemetryVersion: event.SchemaVersion, Scope: "project", Source: "hook"},
		RawInput: append(jsontree.AppendString([]byte(`{"hook_event_name":`), hook), '}'),
	}
	s.now = s.now.Add(time.Second)
	switch hook {
	case "PreToolUse", "PermissionRequest":
		r.Outcome = event.Pending
	case "PostToolUse":
		r.Outcome = event.Success
	case "PostToolUseFailure":
		r.Outcome, r.Level = event.Failure, event.Error
	case "PermissionDenied":
		r.Outcome, r.Level = event.Denied, event.Warn
	}
	switch hook {
	case "PreToolUse", "PermissionRequest", "PostToolUse", "PostToolUseFailure", "PermissionDenied":
		r.ToolName, r.EventType = "Bash", event.CommandExecution
		r.Action.Command, r.Action.InputHash = "make "+id, "hash-"+id
		took := int64(len(s.records))
		r.DurationMS = &took
	case "PostToolBatch":
		r.EventType = event.ToolBatch
	case "UserPromptSubmit":
		r.EventType = event.UserPrompt
	case "SessionStart":
		r.EventType, r.Action.Model = event.SessionStart, "opus"
	case "SessionEnd":
		r.EventType = event.SessionEnd
	default:
		r.EventType = event.Other
	}
	s.records = append(s.records, r)
	return &s.records[len(s.records)-1]
}

// batch makes the record of a batch of calls, given as id and response.
func (s *script) batch(calls ...string) *event.Record {
	r := s.add("PostToolBatch", "")
	for _, text := range calls {
		id, response, _ := strings.Cut(text, " ")
		r.Action.Calls = append(r.Action.Calls, event.Call{ToolUseID: id, ToolName: "Bash", InputHash: "hash-" + id, Response: response, ResponseBytes: 2})
	}
	return r
}

// adds makes several records, given as hook and id.
func (s *script) adds(steps ...string) *script {
	for _, text := range steps {
		hook, id, _ := strings.Cut(text, " ")
		s.add(hook, id)
	}
	return s
}

// Corners lists small sets of records, each with something that is easily got wrong.
// They are numbered and chained; the first is empty, the second one record.
func Corners() []Set {
	var list []Set
	for _, c := range []struct {
		name string
		make func(*script)
	}{
		{"empty", func(*script) {}},
		{"one record", func(s *script) { s.add("SessionStart", "") }},
		{"a plain session", plain},
		{"denied by shape", deniedByShape},
		{"told by batches alone", batchOnly},
		{"under way", underWay},
		{"what comes afterwards", afterwards},
		{"subagents", subagents},
		{"the same id in two sessions", func(s *script) {
			s.adds("PreToolUse a")
			s.session = "5e55-two"
			s.adds("PreToolUse a", "PostToolUse a")
			s.batch("a result")
			s.session = "5e55-one"
			s.batch("a result")
		}},
		{"without ids", withoutIDs},
		{"names alike", namesAlike},
		{"equal times", equalTimes},
		{"the clock steps back", clockSteps},
		{"clocks are changed", clocksChanged},
		{"hostile", hostile},
		{"ties", ties},
	} {
		s := newScript()
		c.make(s)
		Number("c0ffee", s.records)
		list = append(list, Set{c.name, s.records})
	}
	return append(list, twoJournals())
}

func plain(s *script) {
	s.adds("SessionStart", "UserPromptExpansion", "UserPromptSubmit", "PreToolUse a", "PostToolUse a")
	s.batch("a result")
	s.adds("PreToolUse b", "PreToolUse c", "PostToolUseFailure c", "PostToolUse b")
	s.batch("b result", "c error")
	s.adds("Stop", "UserPromptSubmit", "PreToolUse d").records[13].Action.OutsideProjectScope = true
	s.adds("PermissionRequest").records[14].Action.InputHash = "hash-d"
	s.adds("PostToolUse d", "Notification", "SessionEnd")
}

func deniedByShape(s *script) {
	s.adds("SessionStart", "UserPromptSubmit", "PreToolUse a", "PreToolUse b", "PreToolUse c", "PostToolUse c")
	s.records[3].Action.OutsideProjectScope, s.records[3].Level = true, event.Warn
	s.batch("b denied", "c result", "a result")
	s.adds("PreToolUse d", "PermissionDenied d")
	s.batch("d denied")
	s.adds("PreToolUse e")
	s.add("PostToolUseFailure", "e").Outcome = event.Interrupted
}

func batchOnly(s *script) {
	s.batch("a denied", "b unknown_tool", "c result", "d invalid_input", "e error")
	s.batch()
	s.adds("PostToolUse f") // recording began in the middle of it
	s.batch("f result")
}

func underWay(s *script) {
	s.adds("SessionStart", "PreToolUse a", "PreToolUse b", "PostToolUse b")
	s.session = "5e55-two"
	s.adds("PreToolUse c", "PreToolUse c", "SessionEnd")
	s.session = "5e55-three"
	s.adds("PreToolUse d", "SessionEnd", "SessionStart", "PreToolUse e", "PreToolUse f", "PermissionRequest")
	s.records[len(s.records)-1].Action.InputHash = "hash-f"
}

// afterwards changes calls that were concluded: a background command that fails, a
// second conclusion, a marker that vanishes.
func afterwards(s *script) {
	s.adds("PreToolUse a", "PostToolUse a")
	s.records[0].Action.OutsideProjectScope, s.records[0].Action.ScopeReason = true, "a link leads out"
	s.records[1].Action.Background, s.records[1].Action.TaskID = true, "b1"
	s.batch("a result")
	r, code := s.add("UserPromptSubmit", ""), int64(3)
	r.Action.Synthetic, r.Action.RefersTo, r.Action.TaskStatus, r.Action.ExitCode = true, "a", "failed", &code
	s.adds("PreToolUse b", "PostToolUseFailure b", "PostToolUse b")
	gone := s.add("PostToolUse", "")
	gone.EventType, gone.ToolName, gone.Outcome = event.TelemetryDisabled, "", ""
	s.adds("PermissionRequest")
}

func subagents(s *script) {
	agent := func(hook, id, started string) {
		r := s.add(hook, id)
		r.ToolName, r.EventType, r.Action.SubagentType, r.Action.Model = "Agent", event.ToolUsage, "Explore", "haiku"
		if hook == "PostToolUse" {
			r.Action.SubagentID = started
		}
	}
	s.adds("SessionStart", "UserPromptSubmit")
	agent("PreToolUse", "a", "")
	s.agent = lane{"a1", "Explore"}
	s.adds("SubagentStart", "PreToolUse b", "PostToolUse b")
	agent("PreToolUse", "c", "")
	s.agent = lane{"a2", "general-purpose"}
	s.adds("SubagentStart", "PreToolUse d", "PostToolUse d", "SubagentStop")
	s.agent = lane{"a1", "Explore"}
	agent("PostToolUse", "c", "a2")
	s.adds("SubagentStop")
	s.agent = lane{}
	agent("PostToolUse", "a", "a1")
	agent("PreToolUse", "e", "")
	s.agent = lane{"a3", ""} // it is still at work: nobody knows who started it
	s.adds("SubagentStart", "PreToolUse f")
	s.agent = lane{"loop1", "loop"} // two that are said to have started each other
	agent("PreToolUse", "g", "")
	agent("PostToolUse", "g", "loop2")
	s.agent = lane{"loop2", "loop"}
	agent("PreToolUse", "h", "")
	agent("PostToolUse", "h", "loop1")
}

func withoutIDs(s *script) {
	s.adds("PreToolUse", "PostToolUse", "PostToolUse")
	s.batch(" result")
	s.session = ""
	s.adds("Setup", "PreToolUse a", "PostToolUse a", "PreToolUse b")
	s.batch("b result", "c denied")
	s.add("UserPromptSubmit", "").Action.RefersTo = ""
}

func namesAlike(s *script) {
	for _, id := range []string{"abc", "abcd", "abce", "ABC", "a%", "a_", "b"} {
		s.session = id
		r := s.add("SessionStart", "")
		r.ProjectName, r.ProjectPath = id, "/home/dev/"+id
		s.add("PreToolUse", "t"+id).AgentType = "main"
	}
	s.session = "abc"
	s.add("Stop", "").ProjectPath = "/elsewhere"
}

func equalTimes(s *script) {
	for i := range 12 {
		s.now = time.Date(2026, 7, 1, 12, 0, 0, 5, time.UTC)
		s.host = []string{"laptop", "desk", ""}[i%3]
		s.session = fmt.Sprint("5e55-", i%2)
		s.adds([]string{"PreToolUse a", "PostToolUse b", "Stop"}[i%3])
	}
	s.now = time.Date(2026, 7, 1, 12, 0, 0, 5, time.UTC)
	s.batch("x denied", "y denied", "z denied")
}

func clockSteps(s *script) {
	s.adds("SessionStart", "UserPromptSubmit", "PreToolUse a")
	s.now = s.now.Add(-10 * time.Second)
	s.add("PostToolUse", "a").ClockStepMS = -10_000
	s.batch("a result")
	s.adds("UserPromptSubmit", "PreToolUse b")
	s.session = "5e55-two"
	s.now = s.now.Add(20 * time.Second)
	s.adds("SessionStart", "PreToolUse c", "SessionEnd")
	s.now = s.now.Add(-time.Hour)
	s.add("PostToolUse", "c").ClockStepMS = -3_600_000
	s.session = "5e55-one"
	s.adds("PostToolUse b", "SessionEnd")
}

// clocksChanged has records around the hours that Berlin skips and repeats, and
// around midnight there and in Greenwich.
func clocksChanged(s *script) {
	for _, day := range []time.Time{time.Date(2026, 3, 28, 21, 59, 59, 0, time.UTC), time.Date(2026, 10, 24, 20, 59, 59, 999_999_999, time.UTC)} {
		for i := range 60 {
			s.now = day.Add(time.Duration(i) * 29 * time.Minute)
			s.session = fmt.Sprint("5e55-", i/7)
			s.adds(fmt.Sprintf("PostToolUse t%d-%d", day.Month(), i))
		}
	}
}

// ties have values that are equally frequent, and more of them than are listed.
func ties(s *script) {
	for i := range 130 {
		s.session = fmt.Sprintf("5e55-%02d", (i*7)%26)
		r := s.add("PostToolUse", fmt.Sprint("t", i))
		r.ToolName = fmt.Sprintf("tool-%02d", (i*11)%26)
		r.Action.FilePath = fmt.Sprintf("/p/%02d", i%65)
		if i%5 == 0 {
			s.now = s.now.Add(7 * time.Hour)
		}
	}
}

// twoJournals is a journal that was begun anew while a session was under way.
func twoJournals() Set {
	s := newScript()
	s.adds("SessionStart", "PreToolUse a", "PreToolUse b", "PostToolUse a")
	s.batch("a result")
	old := len(s.records)
	s.adds("PostToolUse b", "PreToolUse c", "PostToolUse c")
	s.batch("c result", "d denied")
	s.adds("SessionEnd")
	Number("c0ffee", s.records[:old])
	Number("decaf", s.records[old:])
	return Set{"a journal begun anew", s.records}
}
