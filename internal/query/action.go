package query

import (
	"slices"
	"time"

	"agent-telemetry/internal/event"
)

// Action is one tool call, joined from its Pre, Post, Failure, Batch and
// permission records.
type Action struct {
	ToolUseID   string        `json:"tool_use_id"`
	SessionID   string        `json:"session_id"`
	ProjectPath string        `json:"project_path"`
	AgentID     string        `json:"agent_id,omitempty"`
	PromptID    string        `json:"prompt_id,omitempty"`
	ToolName    string        `json:"tool_name"`
	EventType   event.Type    `json:"event_type"`
	Start       time.Time     `json:"start"` // of the first record of it
	Outcome     event.Outcome `json:"outcome"`
	Duration    time.Duration `json:"duration_ns,omitempty"` // as Claude Code measured it; 0 where it did not
	Asked       bool          `json:"asked,omitempty"`       // a permission request came for it
	Records     []uint64      `json:"records"`               // seq of each record it is made of

	Details event.ActionDetails `json:"action_details"` // of the record that knows most

	before, after bool // a record from before, after the call
}

// Joiner makes actions of records that come in the journal's order. It holds
// every action it has seen; records of one session give that session's actions.
type Joiner struct {
	actions []*Action
	byID    map[string]*Action
}

// Add takes the next record.
func (j *Joiner) Add(r *event.Record) {
	if j.byID == nil {
		j.byID = map[string]*Action{}
	}
	if r.EventType == event.TelemetryDisabled {
		return // only notes that a marker is gone; of the call it came with it knows nothing
	}
	switch r.HookEvent {
	case "PreToolUse":
		a := j.action(r.ToolUseID, r)
		a.before = true
		a.take(r)
	case "PostToolUse", "PostToolUseFailure", "PermissionDenied":
		a := j.action(r.ToolUseID, r)
		a.after = true
		a.Outcome = r.Outcome
		a.take(r)
	case "PostToolBatch":
		for i := range r.Action.Calls {
			j.call(r, &r.Action.Calls[i])
		}
	case "PermissionRequest":
		j.asked(r)
	case "UserPromptSubmit":
		j.notice(r)
	case "SessionEnd":
		j.ended(r)
	}
}

// Actions returns the actions so far, in the order of their first records.
func (j *Joiner) Actions() []*Action { return j.actions }

// Forget drops an action, so that a joiner can follow a journal for months.
func (j *Joiner) Forget(id string) {
	a := j.byID[id]
	if a == nil {
		return
	}
	delete(j.byID, id)
	for i := len(j.actions) - 1; i >= 0; i-- {
		if j.actions[i] == a {
			j.actions = append(j.actions[:i], j.actions[i+1:]...)
			return
		}
	}
}

// NeverRan lists what a batch record alone tells of: the calls in it that were
// denied, unknown or malformed, so that no record from after them will come. Each
// is told as the record it would have had, for filters to match.
func (j *Joiner) NeverRan(batch *event.Record) (list []Refused) {
	for i := range batch.Action.Calls {
		a := j.byID[batch.Action.Calls[i].ToolUseID]
		if a == nil || a.after || a.Outcome != event.Denied && a.Outcome != event.Failure {
			continue
		}
		r := *batch
		r.ToolUseID, r.ToolName, r.EventType, r.Outcome, r.Action = a.ToolUseID, a.ToolName, a.EventType, a.Outcome, a.Details
		list = append(list, Refused{Action: a, Record: &r})
	}
	return list
}

// Refused is a call that never ran.
type Refused struct {
	Action *Action
	Record *event.Record
}

// Conclusion is the end of a call: an entry of Unit Actions.
type Conclusion struct {
	Record *event.Record // what filters see
	Sub    int           // 0, or 1, 2, … for the calls of a batch that never ran
	Action Action        // as it stands; later records do not change it
}

// Concluded lists the calls that a record concludes. Ask right after adding it.
func (j *Joiner) Concluded(r *event.Record) []Conclusion {
	if r.EventType == event.TelemetryDisabled {
		return nil
	}
	switch r.HookEvent {
	case "PostToolUse", "PostToolUseFailure", "PermissionDenied":
		a := j.byID[r.ToolUseID]
		if a == nil {
			a = j.actions[len(j.actions)-1] // without an id it is the newest
		}
		return []Conclusion{{Record: r, Action: a.copy()}}
	case "PostToolBatch":
		var list []Conclusion
		for i, refused := range j.NeverRan(r) {
			list = append(list, Conclusion{Record: refused.Record, Sub: i + 1, Action: refused.Action.copy()})
		}
		return list
	}
	return nil
}

// copy is the action as it stands: a Joiner only ever replaces what Details
// points to.
func (a *Action) copy() Action {
	c := *a
	c.Records = slices.Clone(a.Records)
	return c
}

// Join makes actions of the records of a slice.
func Join(records []event.Record) []*Action {
	var j Joiner
	for i := range records {
		j.Add(&records[i])
	}
	return j.Actions()
}

func (j *Joiner) action(id string, r *event.Record) *Action {
	a := j.byID[id]
	if a == nil {
		a = &Action{
			ToolUseID: id, SessionID: r.SessionID, ProjectPath: r.ProjectPath, AgentID: r.AgentID, PromptID: r.PromptID,
			ToolName: r.ToolName, EventType: r.EventType, Start: r.Timestamp, Outcome: event.Pending,
		}
		if id != "" { // without one it joins with nothing
			j.byID[id] = a
		}
		j.actions = append(j.actions, a)
	}
	a.Records = append(a.Records, r.Seq)
	return a
}

// take keeps the details of the later record, and what only the earlier knew.
func (a *Action) take(r *event.Record) {
	before := a.Details
	a.Details = r.Action
	if before.OutsideProjectScope && !r.Action.OutsideProjectScope {
		// Judged before the call, when what it then changed was still there.
		a.Details.OutsideProjectScope = true
		a.Details.ScopeReason, a.Details.ScopeAllowed = before.ScopeReason, before.ScopeAllowed
	}
	if r.DurationMS != nil {
		a.Duration = time.Duration(*r.DurationMS) * time.Millisecond
	}
}

// call takes what a batch knows. Of a call with a Pre record and neither Post
// nor Failure it knows by that shape alone that it was denied; seen so in every
// denial of 2.1.197 that has a Pre record, and in nothing else. Of a call without
// any other record only the answer's own words can tell.
func (j *Joiner) call(r *event.Record, c *event.Call) {
	a := j.byID[c.ToolUseID]
	if a == nil {
		a = j.action(c.ToolUseID, r)
		a.ToolName, a.EventType = c.ToolName, event.ToolUsage
		a.Details = event.ActionDetails{InputHash: c.InputHash}
	} else {
		a.Records = append(a.Records, r.Seq)
	}
	switch {
	case a.after:
	case a.before:
		a.Outcome = event.Denied
	case c.Response == event.ResponseDenied:
		a.Outcome = event.Denied
	case c.Response == event.ResponseUnknownTool, c.Response == event.ResponseInvalidInput, c.Response == event.ResponseError:
		a.Outcome = event.Failure
		a.Details.Error = c.Response
	default:
		a.Outcome = event.Unknown // recording began in the middle of it
	}
}

// asked finds the call that a permission request is about: it carries no id.
func (j *Joiner) asked(r *event.Record) {
	for i := len(j.actions) - 1; i >= 0; i-- {
		a := j.actions[i]
		if a.SessionID == r.SessionID && a.ToolName == r.ToolName && a.Details.InputHash == r.Action.InputHash && !a.after {
			a.Asked = true
			a.Records = append(a.Records, r.Seq)
			return
		}
	}
}

// notice takes how a background command ended, which a synthetic prompt tells.
func (j *Joiner) notice(r *event.Record) {
	a := j.byID[r.Action.RefersTo]
	if a == nil {
		return
	}
	a.Records = append(a.Records, r.Seq)
	a.Details.TaskStatus, a.Details.ExitCode = r.Action.TaskStatus, r.Action.ExitCode
	switch {
	case r.Action.TaskStatus == "failed", r.Action.ExitCode != nil && *r.Action.ExitCode != 0:
		a.Outcome = event.Failure
	case r.Action.TaskStatus == "killed":
		a.Outcome = event.Interrupted
	}
}

// ended gives up on what a session left open.
func (j *Joiner) ended(r *event.Record) {
	for _, a := range j.actions {
		if a.SessionID == r.SessionID && a.Outcome == event.Pending {
			a.Outcome = event.Unknown
		}
	}
}

// Action returns the action of that id, or nil.
func (j *Joiner) Action(id string) *Action { return j.byID[id] }
