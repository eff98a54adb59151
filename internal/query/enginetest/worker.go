package enginetest

import (
	"strings"
	"time"

	"agent-telemetry/internal/event"
)

// worker is a session under way. It makes its records some steps ahead.
type worker struct {
	w         *office
	p         *project
	id, model string
	mode      string        // of permissions
	prompt    string        // id of the turn
	head      []byte        // how every payload begins
	now       time.Time     // of the last record made
	gap       time.Duration // between two records, about
	left      int           // records it has yet to make, about
	batches   int           // left in the turn
	done      bool
	next      event.Record // being made; put is done with it
	queue     []event.Record
	from      int    // of the queue
	notices   []call // background commands that will end
}

// lane is who acts: the main agent, or a subagent.
type lane struct{ id, kind string }

func (w *office) newWorker(at time.Time, length int, gap time.Duration) *worker {
	s := &worker{w: w, p: w.project(), id: w.uuid(), now: at, left: length, gap: gap}
	s.model = pick(w, []string{"claude-opus-4-8[1m]", "claude-sonnet-4-9", "claude-sonnet-4-9", "claude-haiku-4-5"})
	s.mode = pick(w, []string{"default", "acceptEdits", "acceptEdits", "bypassPermissions", "plan"})
	s.head = []byte(`{"session_id":"` + s.id + `","transcript_path":"/home/dev/.claude/projects/` +
		strings.ReplaceAll(s.p.path, "/", "-") + "/" + s.id + `.jsonl","cwd":"` + s.p.path + `"`)
	s.begin()
	return s
}

// due is when the next record comes.
func (s *worker) due() time.Time { return s.queue[s.from].Timestamp }

// pop takes the next record and sees to it that another one follows; last tells
// that none does.
func (s *worker) pop() (r event.Record, last bool) {
	r = s.queue[s.from]
	if s.from++; s.from < len(s.queue) {
		return r, false
	}
	s.queue, s.from = s.queue[:0], 0
	if !s.done {
		s.act()
	}
	return r, len(s.queue) == 0
}

// put makes a record the next, some time after the one before.
func (s *worker) put(r *event.Record, wait time.Duration, payload *object) {
	s.now = s.now.Add(wait + time.Duration(s.w.IntN(1000)))
	r.Timestamp = s.now
	r.RawInput = payload.close()
	s.queue = append(s.queue, *r)
	s.left--
}

// pause is how long it takes until something happens: mostly short, at times long.
func (s *worker) pause() time.Duration {
	f := s.w.Float64()
	return time.Duration(f * f * 3 * float64(s.gap))
}

// act makes the session's next records.
func (s *worker) act() {
	switch {
	case s.left <= 0:
		s.end()
	case s.batches == 0:
		s.ask()
	default:
		s.batches--
		s.batch(lane{})
	}
}

func (s *worker) begin() {
	r, p := s.about("SessionStart", event.SessionStart, lane{})
	r.Action.Reason = pick(s.w, []string{"startup", "startup", "startup", "resume", "clear"})
	r.Action.Model = s.model
	p.str("source", r.Action.Reason)
	p.str("model", s.model)
	s.put(r, 0, p)
	if s.w.IntN(4) > 0 {
		r, p := s.about("InstructionsLoaded", event.Instructions, lane{})
		r.Action.FilePath = s.p.path + "/CLAUDE.md"
		p.str("file_path", r.Action.FilePath)
		p.str("memory_type", "Project")
		s.put(r, 30*time.Millisecond, p)
	}
}

// ask begins a turn, after what ends the one before.
func (s *worker) ask() {
	if s.prompt != "" {
		s.stop()
	}
	for _, c := range s.notices {
		s.notice(&c)
	}
	s.notices = s.notices[:0]
	s.prompt = s.w.uuid()
	s.batches = 1 + s.w.IntN(12)
	slash := ""
	if s.w.IntN(10) == 0 {
		slash = pick(s.w, []string{"fix-issue", "review", "commit", "deploy-check"})
		r, p := s.about("UserPromptExpansion", event.UserPrompt, lane{})
		r.Action.SlashCommand = slash
		p.str("command_name", slash)
		s.put(r, s.pause()*4, p)
	}
	r, p := s.about("UserPromptSubmit", event.UserPrompt, lane{})
	bytes, lines := 20+s.w.Int64N(900), 1+s.w.Int64N(9)
	r.Action.PromptBytes, r.Action.PromptChars, r.Action.PromptLines, r.Action.SlashCommand = &bytes, &bytes, &lines, slash
	p.size("prompt", bytes, lines)
	s.put(r, s.pause()*4, p)
}

// stop ends a turn, and now and then something happens before the next.
func (s *worker) stop() {
	r, p := s.about("Stop", event.TurnEnd, lane{})
	none := int64(0)
	r.Action.RunningTasks = &none
	p.size("last_assistant_message", 100+s.w.Int64N(2000), 1+s.w.Int64N(30))
	s.put(r, s.pause(), p)
	switch s.w.IntN(25) {
	case 0, 1, 2:
		r, p := s.about("Notification", event.Notification, lane{})
		r.Action.Reason = "idle_prompt"
		p.str("notification_type", "idle_prompt")
		s.put(r, time.Minute, p)
	case 3:
		r, p := s.about("PreCompact", event.Compaction, lane{})
		r.Action.Reason = "auto"
		p.str("trigger", "auto")
		s.put(r, s.pause(), p)
	case 4:
		r, p := s.about("CwdChanged", event.CwdChanged, lane{})
		r.Action.OldCwd, r.Action.NewCwd = s.p.path, s.p.path+"/docs"
		p.str("old_cwd", r.Action.OldCwd)
		p.str("new_cwd", r.Action.NewCwd)
		s.put(r, s.pause(), p)
	case 5:
		r, p := s.about("ConfigChange", event.ConfigChange, lane{})
		r.Action.Reason = "project_settings"
		p.str("source", "project_settings")
		s.put(r, s.pause(), p)
	}
}

// notice tells how a background command ended.
func (s *worker) notice(c *call) {
	r, p := s.about("UserPromptSubmit", event.UserPrompt, lane{})
	code := int64(0)
	a := &r.Action
	a.Synthetic, a.RefersTo, a.TaskID, a.TaskStatus, a.ExitCode = true, c.id, c.task, "completed", &code
	if s.w.IntN(6) == 0 {
		code, a.TaskStatus = 1, "failed"
	}
	p.str("tool_use_id", c.id)
	p.str("status", a.TaskStatus)
	s.put(r, s.pause(), p)
}

// end ends the session; some end without a word.
func (s *worker) end() {
	s.done = true
	if s.w.IntN(7) == 0 {
		return
	}
	s.stop()
	r, p := s.about("SessionEnd", event.SessionEnd, lane{})
	r.Action.Reason = pick(s.w, []string{"prompt_input_exit", "other", "clear", "logout"})
	p.str("reason", r.Action.Reason)
	s.put(r, s.pause()*2, p)
}

// about begins a record of a hook, and its payload.
func (s *worker) about(hook string, typ event.Type, l lane) (*event.Record, *object) {
	r := &s.next
	*r = event.Record{
		Metadata: s.w.metadata(), Level: event.Info, EventType: typ, HookEvent: hook, SessionID: s.id,
		ProjectPath: s.p.path, ProjectName: s.p.name, TelemetryEnabled: true, AgentID: l.id, AgentType: l.kind, PromptID: s.prompt,
	}
	p := s.w.object(s.head)
	if s.prompt != "" {
		r.PermissionMode = s.mode
		p.str("prompt_id", s.prompt)
		p.str("permission_mode", s.mode)
	}
	if l.id != "" {
		p.str("agent_id", l.id)
		p.str("agent_type", l.kind)
	}
	p.raw("effort", `{"level":"high"}`)
	p.str("hook_event_name", hook)
	return r, p
}
