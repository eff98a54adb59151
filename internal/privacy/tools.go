package privacy

// inputField looks into tool_input.
func inputField(tool string, rest []string) field {
	if len(rest) == 0 {
		return branch
	}
	member, rest := rest[0], rest[1:]
	switch member {
	case "file_path", "notebook_path", "path":
		return leaf(aPath, rest)
	case "url", "uri":
		return leaf(aURL, rest)
	}
	if !builtIn(tool) {
		return contents
	}
	switch member {
	case "allowed_domains", "blocked_domains":
		return list(rest, aURL)
	case "addBlocks", "addBlockedBy":
		return list(rest, plain)
	case "ws":
		return object(rest, func(member string) field {
			if member == "url" {
				return aURL
			}
			return contents
		})
	case "todos":
		return items(rest, func(member string, rest []string) field {
			if member == "status" {
				return leaf(plain, rest)
			}
			return prompts
		})
	case "edits":
		return items(rest, func(member string, rest []string) field {
			return leaf(inputMember(tool, member), rest)
		})
	}
	return leaf(inputMember(tool, member), rest)
}

// inputMember has the members of the inputs of Claude Code's own tools. Where
// tools differ over a name, the switch asks for the tool.
func inputMember(tool, member string) field {
	switch member {
	case "timeout", "timeout_ms", "persistent", "run_in_background", "dangerouslyDisableSandbox",
		"offset", "limit", "replace_all", "-A", "-B", "-C", "context", "-n", "-i", "-o",
		"head_limit", "multiline", "block", "discard_changes", "recurring", "durable",
		"delaySeconds", "force", "n", "line", "character", "max_results":
		return count
	case "pages", "cell_id", "cell_type", "edit_mode", "output_mode", "type", "model", "mode",
		"isolation", "taskId", "task_id", "shell_id", "status", "action", "cron", "id",
		"trigger_id", "method", "level", "operation", "resumeFromRunId":
		return plain
	case "command":
		return aCommand
	case "pattern", "glob", "query":
		return aText
	case "skill", "subagent_type", "name", "team_name", "owner", "server":
		return aName
	case "filePath", "planFilePath", "scriptPath", "local_path":
		return aPath
	case "old_string", "new_string":
		return diff
	case "prompt", "plan", "allowedPrompts", "questions", "answers", "annotations", "subject",
		"activeForm", "reason", "message", "args":
		return prompts
	case "description", "title":
		switch tool {
		case "Bash", "PowerShell", "Monitor", "REPL", "Agent", "Task", "Workflow":
			return aText
		}
		return prompts
	}
	return contents
}

// responseField looks into tool_response. Tools of MCP servers answer with
// texts and blocks; only the answers of Claude Code's own have a known shape.
func responseField(tool string, rest []string) field {
	if !builtIn(tool) {
		return outputs
	}
	if len(rest) == 0 {
		return outputTree
	}
	if rest[0] == "[]" {
		return outputs
	}
	member, rest := rest[0], rest[1:]
	switch member {
	case "file":
		return object(rest, responseFile)
	case "filenames":
		return list(rest, aPath)
	case "updatedFields":
		return list(rest, plain)
	case "usage", "toolStats":
		return usage(rest)
	case "gitOperation":
		return gitOperation(rest)
	case "task":
		return object(rest, func(member string) field {
			if member == "id" || member == "status" {
				return plain
			}
			return prompts
		})
	case "statusChange":
		return object(rest, func(member string) field {
			if member == "from" || member == "to" {
				return plain
			}
			return contents
		})
	}
	return leaf(responseMember(tool, member), rest)
}

func responseMember(tool, member string) field {
	switch member {
	case "interrupted", "isImage", "noOutputExpected", "backgroundedByUser", "persistedOutputSize",
		"dangerouslyDisableSandbox", "userModified", "replaceAll", "numFiles", "numLines",
		"numMatches", "durationMs", "truncated", "totalMatches", "countIsComplete", "bytes", "code",
		"durationSeconds", "searchCount", "totalToolUseCount", "totalDurationMs", "totalTokens",
		"canReadOutputFile", "isAsync", "success", "appliedLimit", "appliedOffset":
		return count
	case "type", "mode", "status", "backgroundTaskId", "returnCodeInterpretation", "codeText",
		"agentId", "agentType", "resolvedModel", "taskId", "task_id", "id":
		return plain
	case "filePath", "persistedOutputPath", "rawOutputPath", "outputFile", "worktreePath":
		return aPath
	case "url":
		return aURL
	case "query":
		return aText
	case "description":
		if tool == "Agent" || tool == "Task" {
			return aText
		}
		return prompts
	case "commandName", "worktreeBranch":
		return aName
	case "oldString", "newString", "structuredPatch":
		return diff
	case "stdout", "stderr", "result", "results", "message", "output", "error":
		return outputs
	case "prompt", "tasks", "plan", "questions", "answers", "annotations", "oldTodos", "newTodos":
		return prompts
	case "content":
		if tool == "Write" {
			return contents
		}
		return outputs
	}
	return contents
}

func responseFile(member string) field {
	switch member {
	case "filePath":
		return aPath
	case "numLines", "startLine", "totalLines", "originalSize":
		return count
	}
	return contents
}

// usage has counters under names that change with every model, at most two
// levels deep, and a few enumerations.
func usage(rest []string) field {
	switch len(rest) {
	case 0, 1:
		if len(rest) == 1 {
			switch rest[0] {
			case "service_tier", "speed", "inference_geo":
				return plain
			}
		}
		return field{kind: Plain, form: counter, branch: true}
	case 2:
		return count
	}
	return contents
}

func gitOperation(rest []string) field {
	switch len(rest) {
	case 0:
		return branch
	case 1:
		switch rest[0] {
		case "commit", "push":
			return branch
		case "branch", "pr":
			return aName
		}
	case 2:
		switch rest[0] + "." + rest[1] {
		case "commit.sha", "commit.kind":
			return plain
		case "push.branch":
			return aName
		}
	}
	return contents
}

// builtIn reports a tool of Claude Code's own, whose inputs and answers the
// table knows. MultiEdit comes from older versions.
func builtIn(tool string) bool {
	switch tool {
	case "Agent", "Artifact", "AskUserQuestion", "Bash", "CronCreate", "CronDelete", "CronList", "Edit",
		"EnterPlanMode", "EnterWorktree", "ExitPlanMode", "ExitWorktree", "Glob", "Grep", "LSP",
		"ListMcpResources", "ListMcpResourcesTool", "Monitor", "MultiEdit", "NotebookEdit",
		"PowerShell", "Projects", "PushNotification", "REPL", "Read", "ReadMcpResource",
		"ReadMcpResourceDir", "ReadMcpResourceDirTool", "ReadMcpResourceTool", "RemoteTrigger",
		"ReportFindings", "ScheduleWakeup", "SendMessage", "Skill", "Task", "TaskCreate", "TaskGet",
		"TaskList", "TaskOutput", "TaskStop", "TaskUpdate", "TodoWrite", "ToolSearch", "WebFetch",
		"WebSearch", "Workflow", "Write":
		return true
	}
	return false
}
