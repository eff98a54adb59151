package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestInstalled finds the hook as each source starts it: once for each way,
// whatever the number of events, and nothing that Claude Code drops.
func TestInstalled(t *testing.T) {
	w := newWorld(t)
	w.write("home/.claude/settings.json", `{"hooks": $ALL}`)
	w.write("project/.claude/settings.json", `{"hooks": {"Stop": [{"hooks": [
		{"type": "command", "command": "$ROOT/old/agent-telemetry-hook --data /x"},
		{"type": "command", "command": "agent-telemetry-hook", "args": ["-v"]},
		{"type": "command", "command": "someone-elses", "args": []}]}]}}`)
	w.write("project/.claude/settings.local.json", `{"hooks": {"Stop": [{"hooks": [{"type": "comand", "command": "$ROOT/bin/agent-telemetry-hook"}]}]}}`)
	got := Inspect(w.path("project"), w.env(), Hook{}).Installed
	user, project := File{User, w.path("home/.claude/settings.json")}, File{Project, w.path("project/.claude/settings.json")}
	want := []Installed{
		{user, "", w.path("bin/agent-telemetry-hook"), w.want().Args},
		{project, "", w.path("old/agent-telemetry-hook"), nil},
		{project, "", "", []string{"-v"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if place := got[0].Place(); place != "user settings" {
		t.Errorf("place %q", place)
	}
}
