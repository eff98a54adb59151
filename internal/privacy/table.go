package privacy

// field is a row of the table.
type field struct {
	kind   Kind
	form   form
	branch bool // the table has rows for what is within, if it is an object or array
}

// form says how a field is reduced, within its kind.
type form uint8

const (
	whole   form = iota
	changed      // of Contents: lines that an edit took or put
	counter      // of Plain: a number or a boolean; a text there is Contents
	path         // of PathsAndCommands, from here on
	url
	command
	name // a short name of somebody's choosing
	text // free text about an action
)

// The rows come in these shapes.
var (
	plain      = field{kind: Plain}
	count      = field{kind: Plain, form: counter}
	contents   = field{kind: Contents}
	diff       = field{kind: Contents, form: changed}
	prompts    = field{kind: Prompts}
	outputs    = field{kind: Outputs}
	aPath      = field{kind: PathsAndCommands, form: path}
	aURL       = field{kind: PathsAndCommands, form: url}
	aCommand   = field{kind: PathsAndCommands, form: command}
	aName      = field{kind: PathsAndCommands, form: name}
	aText      = field{kind: PathsAndCommands, form: text}
	branch     = field{kind: Contents, branch: true}
	outputTree = field{kind: Outputs, branch: true}
)

// KindOf returns the kind of the field at path, with "[]" for the items of an
// array, in a payload of that event and tool; for a call within a batch, tool is
// the call's. Of an object or array that the table looks into, it is the kind
// that a text in its place would have.
func KindOf(event, tool string, path []string) Kind {
	return lookup(event, tool, path).kind
}

func lookup(event, tool string, path []string) field {
	if len(path) == 0 {
		return branch
	}
	head, rest := path[0], path[1:]
	switch head {
	case "tool_input":
		return inputField(tool, rest)
	case "tool_response":
		return responseField(tool, rest)
	case "tool_calls":
		return items(rest, func(member string, rest []string) field {
			switch member {
			case "tool_input":
				return inputField(tool, rest)
			case "tool_response":
				return outputs
			}
			return leaf(topField(event, member), rest)
		})
	case "background_tasks":
		return items(rest, backgroundTask)
	case "session_crons":
		return items(rest, sessionCron)
	case "permission_suggestions":
		return items(rest, permissionSuggestion)
	case "effort":
		return object(rest, func(member string) field {
			if member == "level" {
				return plain
			}
			return contents
		})
	case "globs":
		return list(rest, aPath)
	}
	return leaf(topField(event, head), rest)
}

// topField has the members of a payload that are not objects or arrays.
func topField(event, member string) field {
	switch member {
	case "session_id", "prompt_id", "hook_event_name", "tool_name", "tool_use_id", "permission_mode",
		"model", "source", "agent_id", "agent_type", "trigger", "expansion_type", "command_source",
		"notification_type", "task_id", "mode", "elicitation_id", "action", "memory_type",
		"load_reason", "event", "turn_id", "message_id":
		return plain
	case "duration_ms", "is_interrupt", "stop_hook_active", "index", "final":
		return count
	case "transcript_path", "agent_transcript_path", "cwd", "old_cwd", "new_cwd", "file_path",
		"trigger_file_path", "parent_file_path", "worktree_path":
		return aPath
	case "url":
		return aURL
	case "command_name", "mcp_server_name", "teammate_name", "team_name", "name":
		return aName
	case "prompt", "session_title", "command_args", "custom_instructions", "compact_summary",
		"last_assistant_message", "delta", "task_subject", "task_description", "message", "title",
		"content", "requested_schema":
		return prompts
	case "error_details":
		return outputs
	case "error":
		if event == "StopFailure" {
			return plain
		}
		return outputs
	case "reason":
		if event == "SessionEnd" {
			return plain
		}
		return outputs // of PermissionDenied: a model's words about the call
	}
	return contents
}

func backgroundTask(member string, rest []string) field {
	switch member {
	case "id", "type", "status", "agent_type":
		return leaf(plain, rest)
	case "command", "description": // a task without a description has its command there
		return leaf(aCommand, rest)
	case "server", "tool", "name":
		return leaf(aName, rest)
	}
	return contents
}

func sessionCron(member string, rest []string) field {
	switch member {
	case "id", "schedule":
		return leaf(plain, rest)
	case "recurring":
		return leaf(count, rest)
	case "prompt":
		return leaf(prompts, rest)
	}
	return contents
}

func permissionSuggestion(member string, rest []string) field {
	switch member {
	case "type", "destination", "mode", "behavior":
		return leaf(plain, rest)
	case "directories":
		return list(rest, aPath)
	case "rules":
		return items(rest, func(member string, rest []string) field {
			switch member {
			case "toolName":
				return leaf(plain, rest)
			case "ruleContent":
				return leaf(aCommand, rest)
			}
			return contents
		})
	}
	return contents
}

// leaf is f where path ends; what lies below a field that should have nothing
// below it is treated as contents. A whole field takes all below it along.
func leaf(f field, rest []string) field {
	if len(rest) > 0 && (f.kind == Plain || f.kind == PathsAndCommands) {
		return contents
	}
	return f
}

// list is an array of f.
func list(rest []string, f field) field {
	switch {
	case len(rest) == 0:
		return branch
	case rest[0] == "[]":
		return leaf(f, rest[1:])
	}
	return contents
}

// items is an array of objects whose members of looks up.
func items(rest []string, of func(member string, rest []string) field) field {
	switch {
	case len(rest) == 0, len(rest) == 1 && rest[0] == "[]":
		return branch
	case rest[0] == "[]":
		return of(rest[1], rest[2:])
	}
	return contents
}

// object is an object whose members, none of which is a branch, of looks up.
func object(rest []string, of func(member string) field) field {
	if len(rest) == 0 {
		return branch
	}
	return leaf(of(rest[0]), rest[1:])
}
