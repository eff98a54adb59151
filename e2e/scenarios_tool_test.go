//go:build e2e

package e2e

const notebook = `{"cells":[{"id":"c1","cell_type":"code","source":["print('` + canary + `cell')"],"metadata":{},"outputs":[],"execution_count":null}],` +
	`"metadata":{"language_info":{"name":"python"}},"nbformat":4,"nbformat_minor":5}`

const mcpConfig = `{"mcpServers":{"fake":{"command":"$BIN/mcpserver","args":[]}}}`

// toolScenarios use tools of every kind, well and badly.
var toolScenarios = []scenario{
	{
		name:   "files",
		events: map[string]int{"InstructionsLoaded": 1},
		args:   []string{"--tools", "Read,Write,Edit,NotebookEdit,Grep,Glob"},
		files: map[string]string{
			"CLAUDE.md":  "Mind the " + canary + "memory.\n",
			"notes.txt":  "one\ntwo " + canary + "file\nthree\n",
			"book.ipynb": notebook,
		},
		scripts: map[string][]turn{"files": {
			use(call{"toolu_read", "Read", input{"file_path": "$PROJECT/notes.txt"}, "success"}),
			use(call{"toolu_read_missing", "Read", input{"file_path": "$PROJECT/missing.txt"}, "failure"}),
			use(call{"toolu_write_new", "Write", input{"file_path": "$PROJECT/new.txt", "content": "fresh " + canary + "written\n"}, "success"}),
			use(call{"toolu_write_unread", "Write", input{"file_path": "$PROJECT/book.ipynb", "content": canary + "unread"}, "failure"}),
			use(call{"toolu_edit", "Edit", input{"file_path": "$PROJECT/notes.txt", "old_string": "two " + canary + "file", "new_string": "2 " + canary + "edited"}, "success"}),
			use(call{"toolu_edit_absent", "Edit", input{"file_path": "$PROJECT/notes.txt", "old_string": canary + "absent", "new_string": "x"}, "failure"}),
			use(call{"toolu_write_over", "Write", input{"file_path": "$PROJECT/new.txt", "content": "other " + canary + "rewritten\n"}, "success"}),
			use(call{"toolu_read_book", "Read", input{"file_path": "$PROJECT/book.ipynb"}, "success"}),
			use(call{"toolu_edit_book", "NotebookEdit", input{"notebook_path": "$PROJECT/book.ipynb", "cell_id": "c1", "new_source": "print('" + canary + "newcell')"}, "success"}),
			// One file only: the order of several is as chance has it.
			use(call{"toolu_grep", "Grep", input{"pattern": "edited", "output_mode": "content"}, "success"}),
			use(call{"toolu_glob", "Glob", input{"pattern": "**/*.txt"}, "success"}),
			say("done"),
		}},
	},
	{
		name:  "bash",
		files: map[string]string{"notes.txt": canary + "file\n"},
		scripts: map[string][]turn{"bash": {
			use(call{"toolu_output", "Bash", input{"command": "cat notes.txt", "description": "Show notes"}, "success"}),
			use(call{"toolu_heredoc", "Bash", input{"command": "cat > new.txt <<'EOF'\n" + canary + "heredoc\nEOF\nwc -l new.txt"}, "success"}),
			use(call{"toolu_exit3", "Bash", input{"command": "cat notes.txt >&2; exit 3"}, "failure"}),
			say("done"),
		}},
	},
	{
		// Where a command was killed for its time, claude -p mostly ends without
		// calling SessionEnd hooks, ours or another.
		name:    "bash_timeout",
		perhaps: []string{"SessionEnd"},
		files:   map[string]string{"notes.txt": canary + "file\n"},
		scripts: map[string][]turn{"bash_timeout": {
			use(call{"toolu_before", "Bash", input{"command": "cat notes.txt"}, "success"}),
			use(call{"toolu_timeout", "Bash", input{"command": "sleep 5; cat notes.txt", "timeout": 1000}, "failure"}),
			say("done"),
		}},
	},
	{
		name:   "bash_background",
		events: map[string]int{"UserPromptSubmit": 1, "Stop": 1},
		files:  map[string]string{"notes.txt": canary + "file\n"},
		scripts: map[string][]turn{"bash_background": {
			use(call{"toolu_background", "Bash", input{"command": heldCommand + "cat notes.txt", "description": "Wait", "run_in_background": true}, "success"}),
			letGo("waiting"),
			use(call{"toolu_output", "Bash", input{"command": "cat $PROJECT/../tmp/claude-*/*/*/tasks/*.output 2>/dev/null | head -n 1"}, "success"}),
			say("done"),
		}},
	},
	{
		// Claude Code kills only sleep when its time is up, and moves everything
		// else to the background.
		name:   "bash_moved_to_background",
		events: map[string]int{"UserPromptSubmit": 1, "Stop": 1},
		scripts: map[string][]turn{"bash_moved_to_background": {
			use(call{"toolu_moved", "Bash", input{"command": heldCommand + "exit 3", "timeout": 1000}, "failure"}),
			letGo("waiting"),
			say("done"),
		}},
	},
	{
		name: "malformed",
		scripts: map[string][]turn{"malformed": {
			use(call{"toolu_unknown", "NoSuchTool", input{"x": canary + "unknown"}, "failure"}),
			use(call{"toolu_invalid", "Bash", input{"commandx": canary + "invalid"}, "failure"}),
			say("done"),
		}},
	},
	{
		name:  "parallel",
		files: map[string]string{"notes.txt": canary + "file\n"},
		scripts: map[string][]turn{"parallel": {
			use(
				call{"toolu_first", "Bash", input{"command": "sleep 0.3; cat notes.txt"}, "success"},
				call{"toolu_second", "Read", input{"file_path": "$PROJECT/notes.txt"}, "success"},
			),
			use(
				call{"toolu_third", "Bash", input{"command": "exit 4"}, "failure"},
				call{"toolu_fourth", "Read", input{"file_path": "$PROJECT/missing.txt"}, "failure"},
			),
			say("done"),
		}},
	},
	{
		name: "mcp",
		args: []string{"--mcp-config", mcpConfig},
		scripts: map[string][]turn{"mcp": {
			use(call{"toolu_say", "mcp__fake__say", input{"text": canary + "mcp"}, "success"}),
			use(call{"toolu_boom", "mcp__fake__boom", input{"text": canary + "mcpfail"}, "failure"}),
			say("done"),
		}},
	},
	{
		name:   "cd",
		events: map[string]int{"CwdChanged": 1},
		files:  map[string]string{"sub/notes.txt": canary + "file\n"},
		scripts: map[string][]turn{"cd": {
			use(call{"toolu_cd", "Bash", input{"command": "cd sub && pwd"}, "success"}),
			use(call{"toolu_there", "Bash", input{"command": "cat notes.txt"}, "success"}),
			say("done"),
		}},
	},
	{
		name:   "tasks",
		events: map[string]int{"TaskCreated": 1, "TaskCompleted": 1},
		scripts: map[string][]turn{"tasks": {
			use(call{"toolu_create", "TaskCreate", input{"subject": "Look " + canary + "subject", "description": canary + "description"}, "success"}),
			use(call{"toolu_finish", "TaskUpdate", input{"taskId": "1", "status": "completed"}, "success"}),
			use(call{"toolu_list", "TaskList", input{}, "success"}),
			say("done"),
		}},
	},
}
