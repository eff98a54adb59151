package claude

import (
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

// typeOf classifies a payload by its hook, and tool hooks by their tool.
func typeOf(hook, tool string) event.Type {
	switch hook {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure":
		return toolType(tool)
	case "PostToolBatch":
		return event.ToolBatch
	case "UserPromptSubmit", "UserPromptExpansion":
		return event.UserPrompt
	case "SessionStart":
		return event.SessionStart
	case "SessionEnd":
		return event.SessionEnd
	case "Stop", "StopFailure":
		return event.TurnEnd
	case "SubagentStart":
		return event.SubagentStart
	case "SubagentStop":
		return event.SubagentStop
	case "PermissionRequest", "PermissionDenied":
		return event.PermissionRequest
	case "Notification", "MessageDisplay":
		return event.Notification
	case "PreCompact", "PostCompact":
		return event.Compaction
	case "ConfigChange", "DirectoryAdded":
		return event.ConfigChange
	case "InstructionsLoaded":
		return event.Instructions
	case "CwdChanged":
		return event.CwdChanged
	case "FileChanged":
		return event.FileChanged
	case "TaskCreated", "TaskCompleted", "TeammateIdle":
		return event.Task
	case "Elicitation", "ElicitationResult":
		return event.Elicitation
	case "WorktreeCreate", "WorktreeRemove":
		return event.Worktree
	case "Setup":
		return event.Setup
	}
	return event.Other
}

func toolType(tool string) event.Type {
	switch tool {
	case "Read":
		return event.FileRead
	case "Write":
		return event.FileWrite
	case "Edit", "MultiEdit", "NotebookEdit":
		return event.FileEdit
	case "Bash", "PowerShell", "Monitor", "REPL":
		return event.CommandExecution
	case "Grep", "Glob":
		return event.CodeSearch
	}
	return event.ToolUsage
}

// outcomeOf is what this one payload knows. A call that is denied may leave no
// payload but a batch's: then whoever joins the records decides.
func outcomeOf(hook string, p *jsontree.Value) event.Outcome {
	switch hook {
	case "PreToolUse", "PermissionRequest":
		return event.Pending
	case "PermissionDenied":
		return event.Denied
	case "PostToolUse":
		if p.Get("tool_response", "interrupted").True() {
			return event.Interrupted
		}
		return event.Success
	case "PostToolUseFailure":
		if p.Get("is_interrupt").True() {
			return event.Interrupted
		}
		return event.Failure
	}
	return ""
}
