//go:build e2e

package e2e

import (
	"strings"

	"agent-telemetry/internal/event"
)

// sessionScenarios are about what happens around tools.
var sessionScenarios = []scenario{
	{
		// Claude Code tells the model of every hook that runs on /compact, so
		// ours runs on none of PreCompact and PostCompact then.
		name:   "compact",
		events: map[string]int{"SessionStart": 3, "UserPromptSubmit": 1, "Stop": 1, "SessionEnd": 2, "SubagentStop": 1},
		again:  []string{"/compact keep " + canary + "instructions", "SCENARIO:compacted go on"},
		scripts: map[string][]turn{
			"compact": {
				use(call{"toolu_before", "Bash", input{"command": "echo hi"}, "success"}),
				say("done"),
			},
			"compacted": {
				use(call{"toolu_later", "Bash", input{"command": "echo later"}, "success"}),
				say("done"),
			},
			"compaction": {say("<analysis>x</analysis><summary>" + strings.Repeat("s ", 3) + canary + "summary</summary>")},
		},
	},
	{
		name:   "compact_by_itself",
		events: map[string]int{"SessionStart": 1, "PreCompact": 1, "PostCompact": 1, "SubagentStop": 1},
		scripts: map[string][]turn{
			"compact_by_itself": {
				use(call{"toolu_first", "Bash", input{"command": "echo hi"}, "success"}),
				use(call{"toolu_second", "Bash", input{"command": "echo hi"}, "success"}),
				use(call{"toolu_third", "Bash", input{"command": "echo hi"}, "success"}),
				{fault: "prompt is too long: 1000500 tokens > 1000000 maximum"},
			},
			// The last two turns outlive the compaction.
			"compacted": {
				{},
				{},
				use(call{"toolu_after", "Bash", input{"command": "echo hi"}, "success"}),
				say("done"),
			},
			"compaction": {say("<summary>SCENARIO:compacted " + canary + "summary</summary>")},
		},
	},
	{
		name:   "config_change",
		events: map[string]int{"ConfigChange": 1},
		scripts: map[string][]turn{"config_change": {
			use(call{"toolu_change", "Bash", input{"command": `echo '{"env":{"CHANGED":"1"}}' > .claude/settings.json; sleep 2`}, "success"}),
			use(call{"toolu_after", "Bash", input{"command": "echo after"}, "success"}),
			say("done"),
		}},
	},
	{
		name:   "hooks_disabled",
		events: map[string]int{"ConfigChange": 1, "Stop": -1, "SessionEnd": -1},
		last:   event.ConfigChange,
		scripts: map[string][]turn{"hooks_disabled": {
			use(call{"toolu_before", "Bash", input{"command": "echo before"}, "success"}),
			use(call{"toolu_disable", "Bash", input{"command": `echo '{"disableAllHooks":true}' > .claude/settings.json; sleep 2`}, "pending"}),
			use(call{"toolu_after", "Bash", input{"command": "echo after"}, "lost"}),
			say("done"),
		}},
	},
	{
		name:   "hooks_removed",
		events: map[string]int{"ConfigChange": 1, "Stop": -1, "SessionEnd": -1},
		last:   event.ConfigChange,
		scripts: map[string][]turn{"hooks_removed": {
			use(call{"toolu_before", "Bash", input{"command": "echo before"}, "success"}),
			use(call{"toolu_remove", "Bash", input{"command": `echo '{}' | tee .claude/settings.local.json; sleep 2`}, "pending"}),
			use(call{"toolu_after", "Bash", input{"command": "echo after"}, "lost"}),
			say("done"),
		}},
	},
	{
		name:   "marker_removed",
		events: map[string]int{"Stop": -1, "SessionEnd": -1},
		last:   event.TelemetryDisabled,
		scripts: map[string][]turn{"marker_removed": {
			use(call{"toolu_before", "Bash", input{"command": "echo before"}, "success"}),
			use(call{"toolu_remove", "Bash", input{"command": "rm -f .telemetry-enabled .claude/.telemetry-enabled"}, "pending"}),
			use(call{"toolu_after", "Bash", input{"command": "echo after"}, "lost"}),
			say("done"),
		}},
	},
	{
		name:   "slash_command",
		events: map[string]int{"SessionStart": 1, "UserPromptExpansion": 1, "UserPromptSubmit": 1, "Stop": 1, "SessionEnd": 1},
		files:  map[string]string{".claude/commands/look.md": "SCENARIO:looking at $ARGUMENTS " + canary + "command\n"},
		again:  []string{"/look " + canary + "arguments"},
		scripts: map[string][]turn{
			"slash_command": {say("done")},
			"looking": {
				use(call{"toolu_look", "Bash", input{"command": "echo looking"}, "success"}),
				say("done"),
			},
		},
	},
	{
		// claude -p does not always live to see its StopFailure hooks end.
		name:    "api_error",
		fails:   true,
		events:  map[string]int{"Stop": -1, "StopFailure": 1},
		perhaps: []string{"StopFailure"},
		scripts: map[string][]turn{"api_error": {
			use(call{"toolu_before", "Bash", input{"command": "echo before"}, "success"}),
			{fault: "no more of " + canary + "fault"},
		}},
	},
}
