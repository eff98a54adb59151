package settings

// Severity says how bad a Finding is.
type Severity string

// The severities of a Finding.
const (
	// OK confirms something.
	OK Severity = "ok"
	// Warn is a finding that costs no record, or only some that matter little.
	Warn Severity = "warn"
	// Fail is a finding for which actions of the agent go unrecorded.
	Fail Severity = "fail"
)

// Finding is one thing that an inspection found. Remedy is a command to type,
// and is empty only where nothing is wrong.
type Finding struct {
	Level  Severity `json:"level"`
	Code   string   `json:"code"`
	Title  string   `json:"title"`
	Detail string   `json:"detail,omitempty"`
	File   string   `json:"file,omitempty"`
	Remedy string   `json:"remedy,omitempty"`
}

// Report is what the settings of a project say about recording there.
type Report struct {
	// Files are the settings files that exist, from the lowest precedence to
	// the highest.
	Files []File `json:"files"`
	// Installed are the ways in which Claude Code starts the hook, as far as it
	// reads them at all, in the same order, plugins first.
	Installed []Installed `json:"installed"`
	Findings  []Finding   `json:"findings"`
}

// Records reports whether, as far as settings decide, everything the agent
// does would be recorded.
func (r Report) Records() bool {
	for _, finding := range r.Findings {
		if finding.Level == Fail {
			return false
		}
	}
	return true
}

func (r *Report) add(finding Finding) { r.Findings = append(r.Findings, finding) }

// The codes of findings. Scripts rely on them.
const (
	CodeUnreadable       = "settings-unreadable"
	CodeNotJSON          = "settings-not-json"
	CodeSettingInvalid   = "setting-invalid"
	CodeHandlerInvalid   = "handler-invalid"
	CodeHooksIgnored     = "hooks-ignored"
	CodeFileWritable     = "settings-writable-by-others"
	CodeAllHooksDisabled = "all-hooks-disabled"
	CodeSimpleMode       = "simple-mode"
	CodeSafeMode         = "safe-mode"
	CodeEnvBreaks        = "hook-env-breaks"
	CodeEnvDiverts       = "hook-env-diverts"
	CodeManagedOnly      = "managed-hooks-only"
	CodePluginOnly       = "plugin-hooks-only"
	CodeAbsent           = "hook-absent"
	CodeInstalled        = "hook-installed"
	CodeEventsMissing    = "events-missing"
	CodeWorktreeCreate   = "worktree-create"
	CodeTwice            = "hook-installed-twice"
	CodeShadowed         = "hook-shadowed"
	CodeAsync            = "hook-async"
	CodeTimeout          = "hook-timeout"
	CodeConditional      = "hook-conditional"
	CodeMatcher          = "hook-matcher"
	CodeShellForm        = "hook-shell-form"
	CodeArgsDiffer       = "hook-args-differ"
	CodeBinaryMissing    = "binary-missing"
	CodeBinaryNotRun     = "binary-not-executable"
	CodeBinaryDiffers    = "binary-differs"
	CodeBinaryWritable   = "binary-writable-by-others"
)
