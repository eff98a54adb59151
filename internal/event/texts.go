package event

// Texts calls f with each text of the record that an agent or its environment
// has a say in, and the text's path. The journal's own fields and the record's
// closed sets of values are not among them.
func (r *Record) Texts(f func(path string, text *string)) {
	for _, t := range [...]struct {
		path string
		text *string
	}{
		{"metadata.host", &r.Metadata.Host},
		{"metadata.user_id", &r.Metadata.UserID},
		{"metadata.agent", &r.Metadata.Agent},
		{"metadata.agent_version", &r.Metadata.AgentVersion},
		{"metadata.claude_version", &r.Metadata.ClaudeVersion},
		{"hook_event", &r.HookEvent},
		{"session_id", &r.SessionID},
		{"project_path", &r.ProjectPath},
		{"project_name", &r.ProjectName},
		{"tool_name", &r.ToolName},
		{"tool_use_id", &r.ToolUseID},
		{"agent_id", &r.AgentID},
		{"agent_type", &r.AgentType},
		{"prompt_id", &r.PromptID},
		{"permission_mode", &r.PermissionMode},
		{"input_error", &r.InputError},
	} {
		f(t.path, t.text)
	}
	r.Action.texts(f)
}

func (a *ActionDetails) texts(f func(path string, text *string)) {
	for _, t := range [...]struct {
		name string
		text *string
	}{
		{"file_path", &a.FilePath},
		{"command", &a.Command},
		{"search_pattern", &a.SearchPattern},
		{"search_path", &a.SearchPath},
		{"scope_reason", &a.ScopeReason},
		{"scope_detail", &a.ScopeDetail},
		{"description", &a.Description},
		{"url", &a.URL},
		{"query", &a.Query},
		{"content_sha256", &a.ContentSHA256},
		{"error", &a.Error},
		{"mcp_server", &a.MCPServer},
		{"mcp_tool", &a.MCPTool},
		{"skill", &a.Skill},
		{"subagent_type", &a.SubagentType},
		{"subagent_id", &a.SubagentID},
		{"model", &a.Model},
		{"task_id", &a.TaskID},
		{"task_status", &a.TaskStatus},
		{"refers_to", &a.RefersTo},
		{"input_hash", &a.InputHash},
		{"reason", &a.Reason},
		{"old_cwd", &a.OldCwd},
		{"new_cwd", &a.NewCwd},
		{"slash_command", &a.SlashCommand},
		{"marker_removed", &a.MarkerRemoved},
	} {
		f("action_details."+t.name, t.text)
	}
	for i := range a.Flags {
		f("action_details.flags[]", &a.Flags[i])
	}
	for i := range a.Calls {
		c := &a.Calls[i]
		f("action_details.calls[].tool_use_id", &c.ToolUseID)
		f("action_details.calls[].tool_name", &c.ToolName)
		f("action_details.calls[].input_hash", &c.InputHash)
		f("action_details.calls[].response", &c.Response)
		f("action_details.calls[].response_sha256", &c.ResponseSHA256)
	}
}
