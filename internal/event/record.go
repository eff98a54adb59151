// Package event defines the record: one thing an agent did, as one JSON object.
//
// Schema 1.0.0 of the specification is a contract; its names, nesting and types
// stay, and further fields are only added. The hook writes records with the
// Append functions; everybody else reads them with encoding/json.
package event

import "time"

// SchemaVersion is the value of metadata.telemetry_version.
const SchemaVersion = "1.0.0"

// Record is one line of the journal. The journal itself sets Seq, Prev,
// Timestamp, Metadata.Journal and the fields of Chain.
type Record struct {
	Seq       uint64    `json:"seq"`
	Prev      string    `json:"prev"` // SHA-256, in hex, of the previous line
	Timestamp time.Time `json:"timestamp"`
	Chain
	Metadata         Metadata      `json:"metadata"`
	Level            Level         `json:"level"`
	EventType        Type          `json:"event_type"`
	HookEvent        string        `json:"hook_event"`
	SessionID        string        `json:"session_id"`
	ProjectPath      string        `json:"project_path"`
	ProjectName      string        `json:"project_name"`
	ToolName         string        `json:"tool_name"`
	ToolUseID        string        `json:"tool_use_id,omitempty"`
	TelemetryEnabled bool          `json:"telemetry_enabled"`
	AgentID          string        `json:"agent_id,omitempty"`
	AgentType        string        `json:"agent_type,omitempty"`
	PromptID         string        `json:"prompt_id,omitempty"`
	PermissionMode   string        `json:"permission_mode,omitempty"`
	Outcome          Outcome       `json:"outcome,omitempty"`
	DurationMS       *int64        `json:"duration_ms,omitempty"`
	Action           ActionDetails `json:"action_details"`
	Shortened        []string      `json:"shortened,omitempty"`   // fields cut to fit a line
	InputError       string        `json:"input_error,omitempty"` // why the payload could not be read whole
	Integrity        *Integrity    `json:"integrity,omitempty"`   // what a record of that type is about
	RawInput         RawJSON       `json:"raw_input"`
}

// Integrity says where the journal is not what was written: what the check of
// the chain has found.
type Integrity struct {
	Kind    string `json:"kind"`               // as verify names it: edited, missing, cut, …
	Seq     uint64 `json:"seq,omitempty"`      // the record, or the first of several; 0 where no number is known
	LastSeq uint64 `json:"last_seq,omitempty"` // the last of several
	File    string `json:"file"`               // name of the segment, as it was then
	Offset  int64  `json:"offset"`             // of the line where it showed, before compression
	Detail  string `json:"detail"`
}

// Chain holds what the journal has to say about a record's place in it. All of
// it is absent on an ordinary record.
type Chain struct {
	CapturedAt  *time.Time `json:"captured_at,omitempty"`   // when it happened, if it had to wait in the spool
	Spool       string     `json:"spool,omitempty"`         // the spool file it came from
	ClockStepMS int64      `json:"clock_step_ms,omitempty"` // the clock stepped back by so much before it
	Torn        *Torn      `json:"torn,omitempty"`          // incomplete lines right before it
	Lost        *Lost      `json:"lost,omitempty"`          // the file had ended later than it did when this was appended
	Retention   *Point     `json:"retention,omitempty"`     // records up to here were removed on purpose
}

// Point names one record by number and hash.
type Point struct {
	Seq  uint64 `json:"through_seq"`
	Hash string `json:"hash"`
}

// Lost says that journal.head knew of records that the file no longer had.
type Lost struct {
	Journal string `json:"journal"`
	Seq     uint64 `json:"seq"` // the last one known
	Hash    string `json:"hash"`
}

// Torn names incomplete lines: what an interrupted append left behind.
type Torn struct {
	After string     `json:"after"` // hash of the last whole record before them
	Lines []TornLine `json:"lines"`
}

// TornLine is one of them.
type TornLine struct {
	Bytes int64  `json:"bytes"`
	Hash  string `json:"sha256"`
}

// Metadata tells where a record comes from.
type Metadata struct {
	Journal          string `json:"journal"` // random id of the journal; (journal, seq) is the record's key
	Host             string `json:"host"`
	UserID           string `json:"user_id"`
	Agent            string `json:"agent"`
	AgentVersion     string `json:"agent_version"`
	ClaudeVersion    string `json:"claude_version"`
	TelemetryVersion string `json:"telemetry_version"`
	Scope            string `json:"scope"`  // project: a marker switched recording on; user: --all-projects did
	Source           string `json:"source"` // hook or collector
}

// RawJSON is JSON text kept as it is.
type RawJSON []byte

// UnmarshalJSON keeps a copy of the text.
func (r *RawJSON) UnmarshalJSON(text []byte) error {
	*r = append((*r)[:0], text...)
	return nil
}

// MarshalJSON returns the text, or null.
func (r RawJSON) MarshalJSON() ([]byte, error) {
	if len(r) == 0 {
		return []byte("null"), nil
	}
	return r, nil
}

// Type classifies a record. Tools and hooks nobody has heard of have theirs, too.
type Type string

// The event types. The first six are the specification's.
const (
	FileRead          Type = "file_read"
	FileWrite         Type = "file_write"
	FileEdit          Type = "file_edit"
	CommandExecution  Type = "command_execution"
	CodeSearch        Type = "code_search"
	ToolUsage         Type = "tool_usage"
	ToolBatch         Type = "tool_batch"
	UserPrompt        Type = "user_prompt"
	SessionStart      Type = "session_start"
	SessionEnd        Type = "session_end"
	TurnEnd           Type = "turn_end"
	SubagentStart     Type = "subagent_start"
	SubagentStop      Type = "subagent_stop"
	PermissionRequest Type = "permission_request"
	Notification      Type = "notification"
	Compaction        Type = "compaction"
	ConfigChange      Type = "config_change"
	Instructions      Type = "instructions_loaded"
	CwdChanged        Type = "cwd_changed"
	FileChanged       Type = "file_changed"
	Task              Type = "task"
	Elicitation       Type = "elicitation"
	Worktree          Type = "worktree"
	Setup             Type = "setup"
	TelemetryDisabled Type = "telemetry_disabled"
	JournalStart      Type = "journal_start"
	Retention         Type = "retention"
	IntegrityFault    Type = "integrity"
	Other             Type = "other"
)

// Level is how loud a record is.
type Level string

// Warn is outside the project or denied, Error is failed.
const (
	Info  Level = "INFO"
	Warn  Level = "WARN"
	Error Level = "ERROR"
)

// Outcome is how a tool call went, as far as a record knows.
type Outcome string

// Pending is all that a record from before the call can say. Unknown is only
// said of a whole action, when no record of it could know.
const (
	Pending     Outcome = "pending"
	Success     Outcome = "success"
	Failure     Outcome = "failure"
	Denied      Outcome = "denied"
	Interrupted Outcome = "interrupted"
	Unknown     Outcome = "unknown"
)
