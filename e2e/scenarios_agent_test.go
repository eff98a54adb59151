//go:build e2e

package e2e

// agentScenarios have a subagent use tools.
var agentScenarios = []scenario{
	{
		name:   "subagent",
		events: map[string]int{"SubagentStart": 1, "SubagentStop": 1},
		files:  map[string]string{"notes.txt": canary + "file\n"},
		scripts: map[string][]turn{
			"subagent": {
				use(call{"toolu_agent", "Agent", input{"description": "Look", "prompt": "SCENARIO:subagent_inner " + canary + "agentprompt", "subagent_type": "general-purpose"}, "success"}),
				say("done"),
			},
			"subagent_inner": {
				use(call{"toolu_inner_read", "Read", input{"file_path": "$PROJECT/notes.txt"}, "success"}),
				use(call{"toolu_inner_fail", "Bash", input{"command": "exit 5"}, "failure"}),
				say("inner done"),
			},
		},
	},
	{
		name:   "subagent_background",
		events: map[string]int{"UserPromptSubmit": 1, "Stop": 1, "SubagentStart": 1, "SubagentStop": 1},
		files:  map[string]string{"notes.txt": canary + "file\n"},
		scripts: map[string][]turn{
			"subagent_background": {
				use(call{"toolu_agent", "Agent", input{"description": "Look", "prompt": "SCENARIO:subagent_background_inner " + canary + "agentprompt", "subagent_type": "general-purpose", "run_in_background": true}, "success"}),
				letGo("waiting"),
				say("done"),
			},
			"subagent_background_inner": {
				use(call{"toolu_inner_read", "Read", input{"file_path": "$PROJECT/notes.txt"}, "success"}),
				use(call{"toolu_inner_fail", "Bash", input{"command": "exit 5"}, "failure"}),
				held(say("inner done")),
			},
		},
	},
}
