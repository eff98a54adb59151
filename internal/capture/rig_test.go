package capture_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/event/eventtest"
	"agent-telemetry/internal/journal"
)

// binary is the hook that the tests of this package run.
var binary string

func TestMain(m *testing.M) { os.Exit(withHook(m)) }

// withHook builds the hook as it is shipped. Anybody may run it: some tests do so
// as another user.
func withHook(m *testing.M) int {
	dir, err := os.MkdirTemp("", "capture-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "agent-telemetry-hook")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if err := build(binary, "../../cmd/agent-telemetry-hook"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// build links a command and copies it: what the linker writes through a mapping
// starts more slowly than a copy of it.
func build(to, pkg string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", to+".linked", pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	text, err := os.ReadFile(to + ".linked")
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}

// deadline is what no call may take. The promise is a second; the rest is for
// machines that are busy with other tests.
const deadline = 4 * time.Second

// rig is a project with a marker, a data folder that does not exist yet, and the
// environment of a hook.
type rig struct {
	t             testing.TB
	base          string
	data, project string
	temp          string // the temp folder that the hook sees
	dir           string // the hook's working folder
	args          []string
	env           []string
	configure     func(*exec.Cmd)
}

func newRig(t testing.TB) *rig {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{
		t: t, base: base, data: filepath.Join(base, "data"), project: filepath.Join(base, "project"),
		temp: filepath.Join(base, "temp"),
	}
	r.dir = r.project
	r.mkdir(r.project)
	r.mkdir(r.temp)
	r.write(filepath.Join(r.project, ".telemetry-enabled"), "")
	r.args = []string{"--data", r.data}
	r.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + base, "TMPDIR=" + r.temp, "TMP=" + r.temp,
		"CLAUDE_PROJECT_DIR=" + r.project, "AI_AGENT=claude-code_2-1-197_harness",
	}
	return r
}

func (r *rig) mkdir(path string) {
	r.t.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) write(path, text string) {
	r.t.Helper()
	r.mkdir(filepath.Dir(path))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) remove(path string) {
	r.t.Helper()
	if err := os.RemoveAll(path); err != nil {
		r.t.Fatal(err)
	}
}

// marker is where the project's marker may lie: in its root, or in a place below.
func (r *rig) marker(place string) string {
	return filepath.Join(r.project, place, ".telemetry-enabled")
}

func (r *rig) config(text string) { r.write(capture.ConfigPath(r.data), text) }

// command is a call of the hook that was not started yet.
func (r *rig) command(ctx context.Context, stdin io.Reader) (cmd *exec.Cmd, out *bytes.Buffer) {
	cmd = exec.CommandContext(ctx, binary, r.args...)
	cmd.Dir, cmd.Env, cmd.Stdin = r.dir, r.env, stdin
	out = new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = out, out
	if r.configure != nil {
		r.configure(cmd)
	}
	return cmd, out
}

// hook runs the hook and holds it to what every call promises.
func (r *rig) hook(stdin io.Reader) {
	r.t.Helper()
	if err := r.try(stdin); err != nil {
		r.t.Error(err)
	}
}

// try is hook for other goroutines than the test's.
func (r *rig) try(stdin io.Reader) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	cmd, out := r.command(ctx, stdin)
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("the hook took longer than %v", deadline)
	case err != nil:
		return fmt.Errorf("the hook did not exit 0: %w\n%s", err, out)
	case out.Len() > 0:
		return fmt.Errorf("the hook printed %q", out)
	}
	return nil
}

func (r *rig) send(payload string) {
	r.t.Helper()
	r.hook(strings.NewReader(payload))
}

// entry is a record and the line that it came from.
type entry struct {
	event.Record
	line []byte
}

// records reads the journal, but for its first record, and holds each line to
// the published schema and all of them to the chain.
func (r *rig) records() (list []entry) {
	r.t.Helper()
	if _, err := os.Stat(journal.LogsDir(r.data)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	lines := journal.NewReader(r.data, nil)
	defer lines.Close()
	for {
		line, err := lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			r.t.Fatal(err)
		}
		e := entry{line: slices.Clone(line.Bytes)}
		if json.Unmarshal(e.line, &e.Record) != nil || e.Seq == 0 {
			continue // torn: verify tells whether honestly so
		}
		eventtest.Validate(r.t, e.line)
		if e.EventType != event.JournalStart {
			list = append(list, e)
		}
	}
	for _, f := range r.verify().Faults {
		if f.Tampering() {
			r.t.Errorf("verify: %s", f.String())
		}
	}
	return list
}

func (r *rig) verify() *journal.Report {
	r.t.Helper()
	report, err := journal.Verify(context.Background(), r.data, journal.VerifyOptions{})
	if err != nil {
		r.t.Fatal(err)
	}
	return report
}

// only returns the journal's only record.
func (r *rig) only() entry {
	r.t.Helper()
	list := r.records()
	if len(list) != 1 {
		r.t.Fatalf("%d records, not one; the error logs say %q", len(list), r.complaints())
	}
	return list[0]
}

// spooled lists the records in the spool.
func (r *rig) spooled() []string {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(journal.SpoolDir(r.data), "*.json"))
	if err != nil {
		r.t.Fatal(err)
	}
	return files
}

// complaints lists the lines of each error log.
func (r *rig) complaints() (all [2][]string) {
	r.t.Helper()
	logs := []string{
		filepath.Join(r.data, "logs", "hook-errors.log"),
	}
	inTemp, err := filepath.Glob(filepath.Join(r.temp, "agent-telemetry-hook-errors-*.log"))
	if err != nil {
		r.t.Fatal(err)
	}
	for i, path := range append(logs, inTemp...) {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if !json.Valid([]byte(line)) || !strings.HasSuffix(line, "\n") {
				r.t.Errorf("%s has a line that is no JSON: %q", path, line)
			}
			all[min(i, 1)] = append(all[min(i, 1)], line)
		}
	}
	return all
}

// quiet asserts that there were no complaints.
func (r *rig) quiet() {
	r.t.Helper()
	if c := r.complaints(); len(c[0])+len(c[1]) > 0 {
		r.t.Errorf("the error logs say %q", c)
	}
}

// payload is that of a Bash call.
func (r *rig) payload(id, command string) string {
	text, err := json.Marshal(map[string]any{
		"session_id": "s", "cwd": r.project, "hook_event_name": "PreToolUse", "tool_name": "Bash",
		"tool_use_id": id, "tool_input": map[string]any{"command": command},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}

// samples are payloads of Claude Code by file name, in order.
func samples(t testing.TB) (names []string, texts map[string][]byte) {
	t.Helper()
	files, err := filepath.Glob("../../testdata/claude-code-2.1.197/*.json")
	if err != nil || len(files) != 50 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	texts = map[string][]byte{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.Base(f))
		texts[filepath.Base(f)] = text
	}
	return names, texts
}
