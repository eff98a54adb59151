//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// everyEvent of Claude Code 2.1.197, but for WorktreeCreate, where a hook
// takes the place of what Claude Code would do itself.
var everyEvent = []string{
	"PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch", "Notification", "UserPromptSubmit",
	"UserPromptExpansion", "SessionStart", "SessionEnd", "Stop", "StopFailure", "SubagentStart", "SubagentStop",
	"PreCompact", "PostCompact", "PermissionRequest", "PermissionDenied", "Setup", "TeammateIdle", "TaskCreated",
	"TaskCompleted", "Elicitation", "ElicitationResult", "ConfigChange", "WorktreeRemove", "InstructionsLoaded",
	"CwdChanged",
}

// dumpPayloads adds a hook, in the user's settings, that keeps every payload
// below dir for a person to look at.
func (w *workspace) dumpPayloads(dir string) {
	w.t.Helper()
	dir = absolute(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		w.t.Fatalf("make the dump folder: %v", err)
	}
	hooks := map[string]any{}
	for _, event := range everyEvent {
		handler := map[string]any{"type": "command", "command": binary("payloaddump"), "args": []string{dir}}
		group := map[string]any{"hooks": []any{handler}}
		if strings.HasSuffix(event, "Compact") {
			group["matcher"] = "auto" // the model is told of hooks on a manual one
		}
		hooks[event] = []any{group}
	}
	settings, err := json.Marshal(map[string]any{"hooks": hooks})
	if err != nil {
		w.t.Fatalf("encode the dump settings: %v", err)
	}
	w.write(filepath.Join(w.home(), ".claude", "settings.json"), string(settings))
}
