package settings

import "slices"

// Events lists the hook events that are recorded, in the order in which they
// are written. They are the 30 of Claude Code 2.1.197, as its own schema
// enumerates them, but for
//
//   - WorktreeCreate: a hook there replaces the creation of the worktree,
//   - MessageDisplay: it repeats what the transcript holds, piece by piece,
//   - FileChanged: its matcher is also the list of files that are watched.
//
// An event that some version has not heard of must not be listed, such as
// DirectoryAdded of 2.1.219: in settings it makes 2.1.197 open a "Settings
// Warning" dialog at every interactive start, in a plugin's hooks.json it
// makes it refuse the whole plugin.
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
		"ConfigChange", "InstructionsLoaded", "CwdChanged", "WorktreeRemove",
	}
}

// known reports whether Claude Code validates what is registered for event.
func known(event string) bool {
	switch event {
	case "WorktreeCreate", "MessageDisplay", "FileChanged":
		return true
	}
	return slices.Contains(Events(), event)
}

// onlyAuto is the matcher of compactions that Claude Code begins by itself. Of
// those that a person asks for (/compact) it tells the model which hooks ran, by
// their command lines: seen on 2.1.197 in <local-command-stdout>. Such a one is
// still recorded, as a SessionStart whose source is compact.
const onlyAuto = "auto"

// matcherFor is the matcher that our entry of an event has; "" for none.
func matcherFor(event string) string {
	switch event {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "PermissionDenied":
		return "*"
	case "PreCompact", "PostCompact":
		return onlyAuto
	}
	return ""
}

// fits reports whether a matcher of event is as good as the one we would write.
func fits(event, matcher string) bool {
	if matcherFor(event) == onlyAuto {
		return matcher == onlyAuto
	}
	return matchesAll(matcher)
}

// covers reports whether a matcher lets everything through that is to be
// recorded of event.
func covers(event, matcher string) bool { return matchesAll(matcher) || fits(event, matcher) }

// matchesAll reports whether a matcher lets everything through.
func matchesAll(matcher string) bool { return matcher == "" || matcher == "*" }
