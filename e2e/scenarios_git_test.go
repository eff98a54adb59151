//go:build e2e

package e2e

// gitScenarios are about repositories, of which Claude Code tells the model the
// status and the last commits when a session starts. The canary in the commit's
// subject proves that it did.
var gitScenarios = []scenario{
	{
		name:    "git",
		files:   map[string]string{"readme": "hello\n"},
		commit:  "First " + canary + "commit",
		scripts: map[string][]turn{"git": lookAtStatus},
	},
	{
		// The settings that are there already are shown, the copy of them is not.
		name: "git_with_settings",
		files: map[string]string{
			".claude/settings.json":       "{}\n",
			".claude/settings.local.json": `{"env":{"THEIRS":"1"}}` + "\n",
		},
		commit:  "First " + canary + "commit",
		scripts: map[string][]turn{"git_with_settings": lookAtStatus},
	},
}

var lookAtStatus = []turn{
	use(call{"toolu_status", "Bash", input{"command": "git status --porcelain --untracked-files=all"}, "success"}),
	use(call{"toolu_new", "Write", input{"file_path": "$PROJECT/new", "content": canary + "content"}, "success"}),
	use(call{"toolu_add", "Bash", input{"command": "git add --all && git status --short"}, "success"}),
	say("done"),
}
