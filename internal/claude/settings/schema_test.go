package settings

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCheckHandler(t *testing.T) {
	tests := []struct{ handler, want string }{
		{`{"type": "command", "command": "x"}`, ""},
		{`{"type": "command", "command": "", "args": [], "timeout": 0.001, "async": true, "shell": "bash", "once": false, "if": "Bash(*)", "statusMessage": "…", "new": {}}`, ""},
		{`{"type": "http", "url": "http://127.0.0.1:9/x", "headers": {"A": "b"}, "allowedEnvVars": ["A"]}`, ""},
		{`{"type": "mcp_tool", "server": "s", "tool": "t", "input": {"a": 1}}`, ""},
		{`{"type": "prompt", "prompt": "p", "model": "m", "continueOnBlock": true}`, ""},
		{`{"type": "agent", "prompt": "p"}`, ""},
		{`"x"`, "must be an object"},
		{`{"command": "x"}`, ".type must be"},
		{`{"type": "shell", "command": "x"}`, "not shell"},
		{`{"type": "command"}`, ".command must be a string"},
		{`{"type": "command", "command": null}`, ".command must be a string"},
		{`{"type": "command", "command": "x", "timeout": 0}`, ".timeout must be a number greater than 0"},
		{`{"type": "command", "command": "x", "timeout": -1}`, ".timeout"},
		{`{"type": "command", "command": "x", "timeout": "10"}`, ".timeout"},
		{`{"type": "command", "command": "x", "args": "y"}`, ".args must be an array of strings"},
		{`{"type": "command", "command": "x", "args": [1]}`, ".args"},
		{`{"type": "command", "command": "x", "async": "true"}`, ".async must be true or false"},
		{`{"type": "command", "command": "x", "shell": "zsh"}`, ".shell must be bash or powershell"},
		{`{"type": "command", "command": "x", "if": null}`, ".if must be a string"},
		{`{"type": "command", "command": "x", "rewakeMessage": ""}`, ".rewakeMessage"},
		{`{"type": "http", "url": "not a url"}`, ".url must be a URL"},
		{`{"type": "http", "url": "http://x", "headers": {"A": 1}}`, ".headers"},
		{`{"type": "mcp_tool", "server": "s"}`, ".tool must be a string"},
		{`{"type": "mcp_tool", "server": "s", "tool": "t", "input": []}`, ".input must be an object"},
		{`{"type": "prompt"}`, ".prompt must be a string"},
	}
	for _, test := range tests {
		var handler any
		if err := json.Unmarshal([]byte(test.handler), &handler); err != nil {
			t.Fatal(err)
		}
		if got := checkHandler(handler); !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%s: %q, want %q", test.handler, got, test.want)
		}
	}
}

func TestCheckHooks(t *testing.T) {
	tests := []struct{ hooks, fatal, ignored string }{
		{`{}`, "", ""},
		{`{"Stop": [], "Unheard": 1}`, "", ""},
		{`null`, "", "hooks must be an object"},
		{`{"Stop": null}`, "", "hooks.Stop must be an array"},
		{`{"Stop": [null]}`, "hooks.Stop[0] must be an object", ""},
		{`{"Stop": [{}]}`, "hooks.Stop[0].hooks must be an array", ""},
		{`{"FileChanged": [{"matcher": 1, "hooks": []}]}`, "hooks.FileChanged[0].matcher must be a string", ""},
		{`{"Stop": [{"hooks": [{"type": "command", "command": "x"}, {"type": "x"}]}]}`, "hooks.Stop[0].hooks[1].type", ""},
	}
	for _, test := range tests {
		var hooks any
		if err := json.Unmarshal([]byte(test.hooks), &hooks); err != nil {
			t.Fatal(err)
		}
		found := checkHooks(hooks)
		fatal, ignored := strings.Join(found.fatal, "; "), strings.Join(found.ignored, "; ")
		if !strings.HasPrefix(fatal, test.fatal) || !strings.HasPrefix(ignored, test.ignored) ||
			(fatal == "") != (test.fatal == "") || (ignored == "") != (test.ignored == "") {
			t.Errorf("%s: fatal %q, ignored %q", test.hooks, fatal, ignored)
		}
	}
}
