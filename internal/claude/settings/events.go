package settings

import "slices"

// Events lists the hook events that are recorded, in the order in which they
// are written. They are the 30 of Claude Code 2.1.197, as its own schema
// enumerates them, and DirectoryAdded, which 2.1.219 brought and earlier
// versions ignore, but for
//
//   - WorktreeCreate: a hook there replaces the creation of the worktree,
//   - MessageDisplay: it repeats what the transcript holds, piece by piece,
//   - FileChanged: its matcher is also the list of files that are watched.
func Events() []string {
	return []string{
		"SessionStart", "SessionEnd", "Setup",
		"UserPromptSubmit", "UserPromptExpansion",
		"PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch",
		"PermissionRequest", "PermissionDenied",
		"Stop", "StopFailure", "SubagentStart", "SubagentStop",
		"PreCompact", "PostCompact", "Notification",
		"TaskCreated", "TaskCompleted", "TeammateIdle",
		"Elicitation", "ElicitationResult",
		"ConfigChange", "InstructionsLoaded", "CwdChanged", "DirectoryAdded", "WorktreeRemove",
	}
}

// PluginEvents lists the events a plugin registers. A plugin's hooks.json is
// held to the schema: where a settings file may name an event its Claude Code
// has not heard of, such a name makes 2.1.197 refuse the whole plugin.
func PluginEvents() []string {
	return slices.DeleteFunc(Events(), func(event string) bool { return event == "DirectoryAdded" })
}

// known reports whether Claude Code validates what is registered for event.
func known(event string) bool {
	switch event {
	case "WorktreeCreate", "MessageDisplay", "FileChanged":
		return true
	}
	return slices.Contains(Events(), event)
}

// takesToolMatcher reports whether the event is matched on names of tools.
func takesToolMatcher(event string) bool {
	switch event {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "PermissionDenied":
		return true
	}
	return false
}

// matchesAll reports whether a matcher lets everything through.
func matchesAll(matcher string) bool { return matcher == "" || matcher == "*" }
