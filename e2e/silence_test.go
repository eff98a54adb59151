//go:build e2e

package e2e

import (
	"encoding/json"
	"strings"
	"testing"
)

// checkSilence holds that our hook printed nothing and exited with 0, by what
// Claude Code itself reports of the hooks it ran.
func checkSilence(t *testing.T, s scenario, seen session) {
	t.Helper()
	if strings.Contains(s.settings, `"hooks"`) {
		return // the reports do not tell our hook from another
	}
	reports := 0
	for line := range strings.Lines(seen.output) {
		var report struct {
			Subtype  string `json:"subtype"`
			Event    string `json:"hook_event"`
			Stdout   string `json:"stdout"`
			Stderr   string `json:"stderr"`
			ExitCode int    `json:"exit_code"`
			Outcome  string `json:"outcome"`
		}
		if json.Unmarshal([]byte(line), &report) != nil || report.Subtype != "hook_response" {
			continue
		}
		reports++
		if report.Stdout+report.Stderr != "" || report.ExitCode != 0 || report.Outcome != "success" {
			t.Errorf("our hook was heard: %s", line)
		}
	}
	if reports == 0 {
		t.Error("Claude Code reports no hook at all")
	}
}
