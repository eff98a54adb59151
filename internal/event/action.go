package event

// ActionDetails tells what an action touched. The first six fields are the
// specification's and always present; the others where the action has them.
type ActionDetails struct {
	FilePath            string `json:"file_path"`
	SizeBytes           int64  `json:"size_bytes"`
	OutsideProjectScope bool   `json:"outside_project_scope"`
	Command             string `json:"command"`
	SearchPattern       string `json:"search_pattern"`
	SearchPath          string `json:"search_path"`

	ScopeReason  string `json:"scope_reason,omitempty"`  // which path and why; "undecided" where parsing cannot know
	ScopeDetail  string `json:"scope_detail,omitempty"`  // what could not be decided
	ScopeAllowed bool   `json:"scope_allowed,omitempty"` // outside, but in a folder that scope.allow names

	Description   string `json:"description,omitempty"`
	URL           string `json:"url,omitempty"`
	Query         string `json:"query,omitempty"`
	ContentBytes  *int64 `json:"content_bytes,omitempty"`
	ContentLines  *int64 `json:"content_lines,omitempty"`
	ContentSHA256 string `json:"content_sha256,omitempty"`
	LinesAdded    *int64 `json:"lines_added,omitempty"`
	LinesRemoved  *int64 `json:"lines_removed,omitempty"`
	OutputBytes   *int64 `json:"output_bytes,omitempty"`
	ExitCode      *int64 `json:"exit_code,omitempty"`
	TimedOut      bool   `json:"timed_out,omitempty"`
	Error         string `json:"error,omitempty"` // class of the failure, never its text

	MCPServer    string `json:"mcp_server,omitempty"`
	MCPTool      string `json:"mcp_tool,omitempty"`
	Skill        string `json:"skill,omitempty"`
	SubagentType string `json:"subagent_type,omitempty"`
	SubagentID   string `json:"subagent_id,omitempty"`
	Model        string `json:"model,omitempty"`
	Background   bool   `json:"background,omitempty"`
	TaskID       string `json:"task_id,omitempty"` // of a background command or a task
	TaskStatus   string `json:"task_status,omitempty"`
	RefersTo     string `json:"refers_to,omitempty"`  // tool_use_id that a notice is about
	InputHash    string `json:"input_hash,omitempty"` // joins records that carry no tool_use_id

	Reason        string   `json:"reason,omitempty"` // a hook's own source, trigger, reason or kind
	OldCwd        string   `json:"old_cwd,omitempty"`
	NewCwd        string   `json:"new_cwd,omitempty"`
	PromptBytes   *int64   `json:"prompt_bytes,omitempty"`
	PromptChars   *int64   `json:"prompt_chars,omitempty"`
	PromptLines   *int64   `json:"prompt_lines,omitempty"`
	SlashCommand  string   `json:"slash_command,omitempty"`
	Flags         []string `json:"flags,omitempty"`
	Synthetic     bool     `json:"synthetic,omitempty"` // a prompt that no person typed
	RunningTasks  *int64   `json:"running_tasks,omitempty"`
	MarkerRemoved string   `json:"marker_removed,omitempty"`
	Calls         []Call   `json:"calls,omitempty"`
}

// Call is one tool call of a batch.
type Call struct {
	ToolUseID string `json:"tool_use_id"`
	ToolName  string `json:"tool_name"`
	InputHash string `json:"input_hash,omitempty"`
	// Response is what the answer's shape says: result, error (a
	// <tool_use_error>), unknown_tool, invalid_input, or denied (its text says so).
	Response       string `json:"response,omitempty"`
	ResponseBytes  int64  `json:"response_bytes"`
	ResponseSHA256 string `json:"response_sha256,omitempty"`
}

// The values of Call.Response.
const (
	ResponseResult       = "result"
	ResponseError        = "error"
	ResponseUnknownTool  = "unknown_tool"
	ResponseInvalidInput = "invalid_input"
	ResponseDenied       = "denied"
)
