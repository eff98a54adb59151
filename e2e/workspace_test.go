//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"agent-telemetry/e2e/messagesapi"
)

// The session is named beforehand, so that it is the same with us and without.
const sessionID = "5e551041-0000-4000-8000-000000000001"

// workspace is one machine to Claude Code: a home, a project, a temp folder.
type workspace struct {
	t    *testing.T
	root string
	data string // ours; outside root, so that root is the same without us
}

func newWorkspace(t *testing.T, root, data string, s scenario) *workspace {
	t.Helper()
	w := &workspace{t: t, root: root, data: data}
	for _, dir := range []string{w.home(), w.project(), w.temp(), filepath.Join(w.project(), ".claude")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatalf("make the workspace: %v", err)
		}
	}
	if s.settings != "" {
		w.write(filepath.Join(w.project(), ".claude", "settings.json"), w.expand(s.settings))
	}
	w.write(filepath.Join(w.home(), ".claude.json"), `{"userID":"`+deviceID+`"}`)
	for name, content := range s.files {
		w.write(filepath.Join(w.project(), name), w.expand(content))
	}
	if s.commit != "" {
		w.commit(s.commit)
	}
	return w
}

// commit makes the project a git repository, where all is committed but what
// nobody commits. Both times the commit is the same one, as its hash is shown.
func (w *workspace) commit(subject string) {
	w.t.Helper()
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"config", "user.name", "Ada"},
		{"config", "user.email", "ada@example.com"},
		{"add", "--", ".", ":!.claude/settings.local.json"},
		{"commit", "--quiet", "--message", subject},
	} {
		command := exec.Command("git", args...)
		command.Dir = w.project()
		command.Env = []string{
			"HOME=" + w.home(), "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
			"GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z",
		}
		if out, err := command.CombinedOutput(); err != nil {
			w.t.Fatalf("git %q, which this scenario needs: %v\n%s", args, err, out)
		}
	}
}

func (w *workspace) home() string    { return filepath.Join(w.root, "home") }
func (w *workspace) project() string { return filepath.Join(w.root, "project") }
func (w *workspace) temp() string    { return filepath.Join(w.root, "tmp") }
func (w *workspace) debug() string   { return filepath.Join(w.root, "debug.log") }

func (w *workspace) write(path, content string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatalf("make the folder of %s: %v", path, err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		w.t.Fatalf("write a file of the scenario: %v", err)
	}
}

// expand puts this workspace's paths into a scenario's text.
func (w *workspace) expand(text string) string {
	return os.Expand(text, func(name string) string {
		switch name {
		case "PROJECT":
			return w.project()
		case "ROOT":
			return w.root
		case "GO":
			return w.goFile()
		case "BIN":
			return binary("")
		}
		return "$" + name
	})
}

// Background work is held until the turn that started it is over, since what
// Claude Code tells the model depends on which of the two ends first. The turn
// has ended a moment after its answer; nothing more exact is to be had.
func (w *workspace) goFile() string { return filepath.Join(w.temp(), "go") }

func (w *workspace) letGo() {
	time.Sleep(time.Second)
	_ = os.WriteFile(w.goFile(), nil, 0o600)
}

func (w *workspace) awaitGo() {
	for range 600 {
		if _, err := os.Stat(w.goFile()); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// environment is all that Claude Code gets, as `env -i` would have it.
func (w *workspace) environment(api *messagesapi.Server) []string {
	return []string{
		"HOME=" + w.home(),
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"SHELL=/bin/bash",
		"TERM=xterm",
		"LANG=C.UTF-8",
		"TZ=UTC",
		"ANTHROPIC_BASE_URL=" + api.URL(),
		"ANTHROPIC_API_KEY=sk-ant-fake",
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
		"DISABLE_AUTOUPDATER=1",
		"CLAUDE_CODE_TMPDIR=" + w.temp(),
		"IS_SANDBOX=1", // bypassPermissions as root
	}
}

// claude answers one prompt, or all of a scenario's where it runs again.
func (w *workspace) claude(api *messagesapi.Server, fails bool, args ...string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	args = append(args, "--output-format", "stream-json", "--verbose", "--include-hook-events", "--debug-file", w.debug())
	command := exec.CommandContext(ctx, claudeBinary(absolute(filepath.Join(cache, "claude"))), args...)
	command.Dir = w.project()
	command.Env = w.environment(api)
	command.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case fails && errors.As(err, &exit) && exit.ExitCode() == 1:
	case fails:
		w.t.Errorf("claude %q: %v, where it should have exited with 1", args, err)
	case err != nil:
		w.t.Errorf("claude %q: %v", args, err)
	}
	return out.String()
}

// telemetry runs our command line as a person with this home would.
func telemetry(home string, args ...string) (string, error) {
	command := exec.Command(binary("agent-telemetry"), args...)
	command.Env = []string{"HOME=" + home, "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"}
	out, err := command.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("agent-telemetry %q: %w", args, err)
	}
	return string(out), nil
}

func binary(name string) string { return absolute(filepath.Join(cache, "bin", name)) }

func absolute(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return full
}
