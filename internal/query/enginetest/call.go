package enginetest

import (
	"time"

	"agent-telemetry/internal/event"
)

// call is a tool call.
type call struct {
	lane
	id, tool, hash string
	typ            event.Type
	before         event.ActionDetails // as the record before the call tells it
	input          func(*object)       // members of tool_input
	fate           fate
	took           int64 // milliseconds
	task           string
	turns          int  // of a subagent: batches
	counted        bool // it has a record before and one after it, and no other
}

// fate is how a call goes.
type fate int

const (
	succeeds fate = iota
	fails
	isInterrupted
	isDenied       // by rule or by a person, which only its batch tells
	isDeniedAtOnce // by a rule that comes before every record of it
	isMalformed    // and so has no record of its own
	isUnknownTool
	isDeniedByClassifier
	goesOn // in the background
)

// fate rolls the dice.
func (w *office) fate(tool string) fate {
	switch n := w.IntN(1000); {
	case n < 45:
		return fails
	case n < 50:
		return isInterrupted
	case n < 65:
		return isDenied
	case n < 68 && tool == "Read":
		return isDeniedAtOnce
	case n < 75 && tool == "Edit":
		return isMalformed
	case n < 77 && tool != "Agent":
		return isUnknownTool
	case n < 79:
		return isDeniedByClassifier
	case n < 105 && tool == "Bash":
		return goesOn
	}
	return succeeds
}

func (f fate) silent() bool { return f == isDeniedAtOnce || f == isMalformed || f == isUnknownTool }

// batch makes the records of calls that were made at once.
func (s *worker) batch(l lane) {
	n := 1
	if s.w.IntN(5) == 0 {
		n += 1 + s.w.IntN(3)
	}
	calls := make([]call, n)
	interrupted := false
	for i := range calls {
		calls[i] = s.call(l)
		if interrupted {
			calls[i].fate = isInterrupted // and so all that follow
		}
		interrupted = calls[i].fate == isInterrupted
	}
	wait := s.pause()
	for i := range calls {
		if c := &calls[i]; !c.fate.silent() {
			s.beforeCall(c, wait)
			wait = 2 * time.Millisecond
		}
	}
	for i := range calls {
		s.afterCall(&calls[i])
	}
	if !interrupted {
		s.together(l, calls)
	}
}

func (s *worker) beforeCall(c *call, wait time.Duration) {
	r, p := s.ofCall("PreToolUse", c)
	r.Outcome = event.Pending
	s.put(r, wait, p)
	if c.counted {
		return
	}
	if c.fate == isDenied && s.w.IntN(2) == 0 || s.mode == "default" && s.w.IntN(12) == 0 {
		r, p := s.ofCall("PermissionRequest", c)
		r.EventType, r.ToolUseID, r.Outcome = event.PermissionRequest, "", event.Pending
		s.put(r, 5*time.Millisecond, p)
	}
}

// afterCall makes the record from after the call, if there is one.
func (s *worker) afterCall(c *call) {
	if c.fate.silent() || c.fate == isDenied {
		return
	}
	if c.turns > 0 && c.fate != isDeniedByClassifier {
		s.delegate(c)
	}
	hook, outcome, level := "PostToolUse", event.Success, event.Info
	switch c.fate {
	case fails:
		hook, outcome, level = "PostToolUseFailure", event.Failure, event.Error
	case isInterrupted:
		hook, outcome, level = "PostToolUseFailure", event.Interrupted, event.Warn
	case isDeniedByClassifier:
		hook, outcome, level = "PermissionDenied", event.Denied, event.Warn
	}
	r, p := s.ofCall(hook, c)
	if r.Outcome = outcome; level != event.Info {
		r.Level = level
	}
	if outcome != event.Denied {
		r.DurationMS = &c.took
		s.tellResult(c, &r.Action, p)
		p.int("duration_ms", c.took)
	}
	if c.turns > 0 && outcome == event.Success {
		r.Action.Model = "claude-haiku-4-5"
	} else {
		r.Action.SubagentID = ""
	}
	s.put(r, min(time.Duration(c.took)*time.Millisecond, 4*s.gap), p)
}

// tellResult says what is known of a call once it is over.
func (s *worker) tellResult(c *call, a *event.ActionDetails, p *object) {
	if c.fate == fails || c.fate == isInterrupted {
		a.Error = "error"
		if c.tool == "Bash" {
			code := 1 + s.w.Int64N(3)
			a.ExitCode, a.Error = &code, "exit_code"
		}
		p.digest("error", 20+s.w.Int64N(400), 1+s.w.Int64N(8))
		return
	}
	bytes, lines := s.w.Int64N(4000), 1+s.w.Int64N(90)
	p.open("tool_response")
	switch c.tool {
	case "Bash":
		zero := int64(0)
		if a.OutputBytes = &bytes; c.fate == goesOn {
			a.Background, a.TaskID = true, c.task
			s.notices = append(s.notices, *c)
			p.str("backgroundTaskId", c.task)
		} else {
			a.ExitCode = &zero
		}
		p.digest("stdout", bytes, lines)
		p.digest("stderr", 0, 0)
		p.raw("interrupted", "false")
	case "Edit":
		added, removed := 1+s.w.Int64N(20), s.w.Int64N(12)
		a.LinesAdded, a.LinesRemoved = &added, &removed
		p.str("filePath", a.FilePath)
		p.digest("originalFile", bytes, lines)
		p.digest("structuredPatch", 100, 1)
	default:
		a.OutputBytes = &bytes
		p.digest("content", bytes, lines)
	}
	p.shut()
}

// delegate makes the records of a subagent, from its start to its end.
func (s *worker) delegate(c *call) {
	l := lane{c.before.SubagentID, c.before.SubagentType}
	r, p := s.about("SubagentStart", event.SubagentStart, l)
	s.put(r, 20*time.Millisecond, p)
	for range c.turns {
		s.batch(l)
	}
	r, p = s.about("SubagentStop", event.SubagentStop, l)
	none := int64(0)
	r.Action.RunningTasks = &none
	p.size("last_assistant_message", 100+s.w.Int64N(2000), 1+s.w.Int64N(30))
	s.put(r, s.pause(), p)
}

// together makes the record that ends a batch.
func (s *worker) together(l lane, calls []call) {
	r, p := s.about("PostToolBatch", event.ToolBatch, l)
	p.list("tool_calls")
	for i := range calls {
		c := &calls[i]
		told := event.Call{ToolUseID: c.id, ToolName: c.tool, InputHash: c.hash, ResponseBytes: 10 + s.w.Int64N(4000), ResponseSHA256: s.w.hex(64)}
		switch c.fate {
		case isDenied, isDeniedAtOnce, isDeniedByClassifier:
			told.Response, r.Level = event.ResponseDenied, event.Warn
		case isMalformed:
			told.Response = event.ResponseInvalidInput
		case isUnknownTool:
			told.Response = event.ResponseUnknownTool
		case fails:
			told.Response = event.ResponseError
		default:
			told.Response = event.ResponseResult
		}
		r.Action.Calls = append(r.Action.Calls, told)
		p.item()
		s.describe(c, p)
		p.shut()
	}
	p.endList()
	s.put(r, 3*time.Millisecond, p)
}

// ofCall begins a record of a call.
func (s *worker) ofCall(hook string, c *call) (*event.Record, *object) {
	r, p := s.about(hook, c.typ, c.lane)
	r.ToolName, r.ToolUseID, r.Action = c.tool, c.id, c.before
	if hook == "PreToolUse" {
		r.Action.SubagentID = "" // nobody knows yet
	}
	if c.before.OutsideProjectScope && !c.before.ScopeAllowed {
		r.Level = event.Warn
	}
	s.describe(c, p)
	return r, p
}

func (s *worker) describe(c *call, p *object) {
	p.str("tool_name", c.tool)
	p.open("tool_input")
	if p != nil {
		c.input(p)
	}
	p.shut()
	p.str("tool_use_id", c.id)
}
