//go:build e2e

package e2e

// denyForbidden is another hook, which denies commands that say forbidden.
const denyForbidden = `#!/bin/sh
if grep -q forbidden; then
	echo '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no, says ` + canary + `reason"}}'
fi
`

// denialScenarios call tools that someone forbids.
var denialScenarios = []scenario{
	{
		name:     "denied_by_rule",
		settings: `{"permissions":{"deny":["Bash(touch:*)","Read(./secret/**)"]}}`,
		files:    map[string]string{"secret/key.txt": "never read\n"},
		scripts: map[string][]turn{"denied_by_rule": {
			use(call{"toolu_bash", "Bash", input{"command": "touch x"}, "denied"}),
			use(call{"toolu_read", "Read", input{"file_path": "$PROJECT/secret/key.txt"}, "denied"}),
			say("done"),
		}},
	},
	{
		name:       "denied_by_mode",
		permission: "default",
		scripts: map[string][]turn{"denied_by_mode": {
			use(call{"toolu_bash", "Bash", input{"command": "touch x"}, "denied"}),
			use(call{"toolu_write", "Write", input{"file_path": "$PROJECT/x.txt", "content": canary + "written"}, "denied"}),
			use(call{"toolu_fetch", "WebFetch", input{"url": "https://example.invalid/", "prompt": canary + "fetch"}, "denied"}),
			say("done"),
		}},
	},
	{
		name:     "denied_by_hook",
		settings: `{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"sh $PROJECT/deny.sh"}]}]}}`,
		files:    map[string]string{"deny.sh": denyForbidden},
		scripts: map[string][]turn{"denied_by_hook": {
			use(call{"toolu_forbidden", "Bash", input{"command": "echo forbidden"}, "denied"}),
			use(call{"toolu_allowed", "Bash", input{"command": "echo fine"}, "success"}),
			say("done"),
		}},
	},
}
