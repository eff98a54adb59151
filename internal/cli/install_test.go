package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestBuiltToRun(t *testing.T) {
	for path, want := range map[string]bool{
		"/tmp/go-build3932879214/b001/exe/agent-telemetry":       true,
		"/home/me/.cache/go-build/39/394ad56d-d/agent-telemetry": true,
		"/home/me/go-builder/bin/agent-telemetry":                false,
		"/home/me/go-build-tools/agent-telemetry":                false,
		"/usr/local/bin/agent-telemetry":                         false,
	} {
		if got := builtToRun(path); got != want {
			t.Errorf("builtToRun(%s) = %v", path, got)
		}
	}
}

// TestHookConfigKeeps edits a configuration with members of a later version.
func TestHookConfigKeeps(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, "hook.json")
	if err := os.WriteFile(path, []byte(`{"later":{"a":[1,2.50]},"off":["/x",7],"privacy":{"later":"x"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := openHookConfig(data)
	if err != nil {
		t.Fatal(err)
	}
	if changed, err := c.switchOn("/nothing"); changed || err != nil || c.changed {
		t.Errorf("switched on what was not off: %v, %v", changed, err)
	}
	if changed, err := c.switchOff("/y"); !changed || err != nil {
		t.Errorf("switch off: %v, %v", changed, err)
	}
	if err := c.setLevels(map[string]string{"prompts": "full"}); err != nil {
		t.Fatal(err)
	}
	if err := c.save(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	const want = `{
  "later": {
    "a": [
      1,
      2.50
    ]
  },
  "off": [
    "/x",
    "/y"
  ],
  "privacy": {
    "later": "x",
    "prompts": "full"
  }
}
`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if left, err := filepath.Glob(filepath.Join(data, "*.tmp")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
