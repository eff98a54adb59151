package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/scope"
)

// Codes of findings about the run of the hook.
const (
	CodeHookRuns     = "hook-runs"
	CodeHookFails    = "hook-fails"
	CodeHookNoisy    = "hook-noisy"
	CodeHookNoRecord = "hook-no-record"
)

const trialTime = settings.DefaultTimeout * time.Second

// trials runs the hook in each of the ways in which it is installed, into a
// data folder that is thrown away.
func (x *examination) trials(ctx context.Context, usable bool) {
	beside := ""
	if usable {
		beside = x.Data // the disk that records go to
	}
	seen := map[string]bool{}
	for _, i := range x.report.Installed {
		id := i.Program + "\x00" + strings.Join(i.Args, "\x00")
		if seen[id] || !runnable(i.Program) { // the settings' findings tell of the latter
			continue
		}
		seen[id] = true
		t := trial{installed: i, remedy: x.remedyFor(i)}
		if err := t.run(ctx, beside, x.Data); err != nil {
			x.add(settings.Finding{
				Level: settings.Fail, Code: CodeHookFails, Title: "The hook could not be tried", Detail: err.Error() + ".",
				File: i.Program, Remedy: t.remedy,
			})
			continue
		}
		x.add(t.judge())
	}
}

func (x *examination) remedyFor(i settings.Installed) string {
	switch i.File.Level {
	case settings.Plugin:
		return "claude plugin update " + Quote(i.Plugin)
	case settings.Managed:
		return "sudo agent-telemetry init --settings managed"
	}
	return x.command("init " + Quote(x.Project) + " --settings " + string(i.File.Level))
}

func runnable(path string) bool {
	if path == "" {
		return false
	}
	_, err := exec.LookPath(path)
	return err == nil
}

// trial is one run of the hook.
type trial struct {
	installed settings.Installed
	remedy    string

	failure error
	output  []byte
	took    time.Duration
	records int64
	faults  string
}

func (t *trial) run(ctx context.Context, beside, data string) error {
	root, err := os.MkdirTemp(beside, "doctor-*.tmp")
	if err != nil {
		return fmt.Errorf("make a folder to try the hook in: %w", err)
	}
	defer func() { _ = os.RemoveAll(root) }()
	project, scratch := filepath.Join(root, "project"), filepath.Join(root, "data")
	if err := prepare(project, scratch, data); err != nil {
		return fmt.Errorf("make a folder to try the hook in: %w", err)
	}
	t.start(ctx, project, scratch)
	r, err := journal.Verify(ctx, scratch, journal.VerifyOptions{})
	if err != nil {
		return fmt.Errorf("verify the record of the trial: %w", err)
	}
	t.records = r.Records
	for i := range r.Faults {
		t.faults += r.Faults[i].String() + " "
	}
	if t.records == 0 {
		_, complaint := complaints(capture.ErrorLogs(scratch)[0])
		t.faults += complaint
	}
	return nil
}

// prepare makes a project that is recorded, and a data folder with the same
// configuration as the real one.
func prepare(project, scratch, data string) error {
	for _, folder := range []string{project, scratch} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(project, scope.MarkerName), nil, 0o600); err != nil {
		return err
	}
	config, err := os.ReadFile(capture.ConfigPath(data))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(capture.ConfigPath(scratch), config, 0o600)
}

// start runs the installed program with its installed arguments, but for the
// data folder.
func (t *trial) start(ctx context.Context, project, scratch string) {
	ctx, stop := context.WithTimeout(ctx, trialTime)
	defer stop()
	cmd := exec.CommandContext(ctx, t.installed.Program, redirected(t.installed.Args, scratch)...)
	cmd.Dir = project
	cmd.Env = append(os.Environ(), "CLAUDE_PROJECT_DIR="+project)
	cmd.Stdin = bytes.NewReader(payload(project))
	cmd.WaitDelay = time.Second
	begin := time.Now()
	t.output, t.failure = cmd.CombinedOutput()
	t.took = time.Since(begin)
	if ctx.Err() != nil {
		t.failure = fmt.Errorf("it did not end within %s", trialTime)
	}
}

// redirected gives a list of arguments another data folder.
func redirected(args []string, data string) []string {
	var other []string
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--data":
			i++
		case strings.HasPrefix(args[i], "--data="):
		default:
			other = append(other, args[i])
		}
	}
	return append(other, "--data", data)
}

func payload(project string) []byte {
	text, _ := json.Marshal(map[string]string{ // strings always encode
		"session_id": "agent-telemetry-doctor", "cwd": project, "hook_event_name": "Notification",
		"message": "doctor", "notification_type": "doctor",
	})
	return text
}

// judge expects the hook to be silent and successful, and a journal of two
// records: its start, and the payload's.
func (t *trial) judge() settings.Finding {
	f := settings.Finding{Level: settings.Fail, File: t.installed.Program, Remedy: t.remedy}
	milliseconds := fmt.Sprintf("%.1f ms", float64(t.took.Microseconds())/1000)
	switch {
	case t.failure != nil:
		f.Code, f.Title = CodeHookFails, "The hook fails"
		f.Detail = fmt.Sprintf("Tried with a payload of its own: %v. It wrote: %q.", t.failure, head(t.output))
	case len(t.output) > 0:
		f.Code, f.Title = CodeHookNoisy, "The hook prints something, which Claude Code may take for an answer"
		f.Detail = fmt.Sprintf("It wrote: %q.", head(t.output))
	case t.records != 2 || t.faults != "":
		f.Code, f.Title = CodeHookNoRecord, "The hook wrote no record"
		f.Detail = strings.TrimSpace(fmt.Sprintf("Tried with a payload of its own, it left %d records, not 2. %s", t.records, t.faults))
	default:
		f = settings.Finding{
			Level: settings.OK, Code: CodeHookRuns, File: t.installed.Program,
			Title: "The hook works: it wrote a record to a folder made for this try, in " + milliseconds,
		}
	}
	return f
}

// head is the beginning of what a program wrote.
func head(output []byte) []byte { return output[:min(len(output), 200)] }
