package cli_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"

	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/doctor"

	"github.com/rogpeppe/go-internal/testscript"
)

// heal CODE...: doctor must report each of the codes; then the remedies are typed
// into one shell, and doctor, typed after them, must pass and report none of them
// as a failure. A finding that was a warning must be gone.
func heal(ts *testscript.TestScript, neg bool, codes []string) {
	if neg || len(codes) == 0 {
		ts.Fatalf("usage: heal CODE...")
	}
	const ask = "agent-telemetry doctor --output json"
	sick, passed := diagnose(ts, ask)
	var typed strings.Builder
	failed := false
	for _, code := range codes {
		f := find(ts, sick, code)
		failed = failed || f.Level == settings.Fail
		ts.Logf("%s: %s", code, f.Remedy)
		typed.WriteString(f.Remedy + " >/dev/null\n")
	}
	if failed == passed {
		ts.Fatalf("doctor passed: %v, with %v", passed, codes)
	}
	// A comment of a remedy would swallow what follows it.
	script := strings.ReplaceAll(typed.String(), "  #", " >/dev/null #")
	well, passed := diagnose(ts, script+ask)
	if !passed {
		ts.Fatalf("after\n%sdoctor still fails: %+v", script, well.Findings)
	}
	for _, code := range codes {
		if i := slices.IndexFunc(well.Findings, func(f settings.Finding) bool { return f.Code == code }); i >= 0 && find(ts, sick, code).Level == settings.Warn {
			ts.Fatalf("after\n%sdoctor still warns: %+v", script, well.Findings[i])
		}
	}
}

func find(ts *testscript.TestScript, r doctor.Report, code string) settings.Finding {
	for _, f := range r.Findings {
		if f.Code == code && f.Level != settings.OK {
			if f.Remedy == "" {
				ts.Fatalf("%s has no remedy", code)
			}
			return f
		}
	}
	ts.Fatalf("doctor does not report %s: %+v", code, r.Findings)
	return settings.Finding{}
}

// diagnose types a script that ends with a doctor's report.
func diagnose(ts *testscript.TestScript, script string) (r doctor.Report, passed bool) {
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = environment(ts)
	cmd.Stderr = ts.Stderr()
	output, err := cmd.Output()
	if jsonErr := json.Unmarshal(output, &r); jsonErr != nil {
		ts.Fatalf("%s: %v, %v: %s", script, err, jsonErr, output)
	}
	if passed = err == nil; passed != r.Records {
		ts.Fatalf("doctor's exit says %v, its report %v", passed, r.Records)
	}
	return r, passed
}

// environment is the script's, which testscript tells name by name only.
func environment(ts *testscript.TestScript) []string {
	env := os.Environ()
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "EDITOR", "MANAGED", "CLAUDE_CODE_SIMPLE", "CLAUDE_CODE_SAFE_MODE", "AGENT_TELEMETRY_DATA", "WORK"} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}
