package capture_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// Should the hook itself fail, there is a record that says so, and a complaint,
// without a word of what was being worked on.
func TestPanicIsRecorded(t *testing.T) {
	r := newRig(t)
	hook := r.call(strings.NewReader(r.payload("one", "true")))
	hook.Getenv = func(name string) string {
		if name == "CLAUDE_CONFIG_DIR" {
			panic("payload text")
		}
		return r.getenv(name)
	}
	hook.Run()
	e := r.only()
	if e.SessionID != "s" || e.HookEvent != "PreToolUse" || !strings.Contains(e.InputError, "the hook failed") {
		t.Errorf("the record is %s", e.line)
	}
	if c := r.complaints(); len(c[0]) != 1 || strings.Contains(c[0][0]+string(e.line), "payload text") {
		t.Errorf("the error log has %q", c)
	}
}

// Where even the record's frame cannot be made, the error log says so.
func TestPanicIsToldOf(t *testing.T) {
	r := newRig(t)
	hook := r.call(strings.NewReader(r.payload("one", "true")))
	hook.Getwd = func() (string, error) { var none []string; return none[len(r.env)], nil }
	hook.Stdin = strings.NewReader(`{"tool_name":"test"}`)
	hook.Run()
	if c := r.complaints(); len(c[0]) != 1 || !strings.Contains(c[0][0], "index out of range") {
		t.Errorf("the error log has %q", c)
	}
}

// A reader that fails, or panics, is no reason to lose the call.
func TestStdinFails(t *testing.T) {
	begun := strings.NewReader(`{"tool_name":"test","a":`)
	r := newRig(t)
	r.call(io.MultiReader(begun, iotest.ErrReader(errors.New("the line is dead")))).Run()
	if e := r.only(); e.ToolName != "test" || e.InputError != "the line is dead" {
		t.Errorf("tool_name %q, input_error %q", e.ToolName, e.InputError)
	}
}

// Payloads come in pieces of any size.
func TestStdinInPieces(t *testing.T) {
	r := newRig(t)
	payload := r.payload("one", strings.Repeat("echo 'höher' ", 3000))
	r.inProcess(payload)
	r.call(iotest.OneByteReader(strings.NewReader(payload))).Run()
	list := r.records()
	if len(list) != 2 || list[0].Action.Command != list[1].Action.Command || list[0].Action.InputHash != list[1].Action.InputHash {
		t.Errorf("%d records, or they differ", len(list))
	}
}

// The hook needs no network, starts no process and prints nothing: it does not
// even link what could.
func TestImports(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "agent-telemetry/cmd/agent-telemetry-hook")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	for _, banned := range []string{
		"net", "net/http", "os/exec", "os/user", "encoding/json", "log", "log/slog", "text/template", "database/sql", "plugin", "testing",
		"runtime/cgo", "crypto/tls", "os/signal", "embed",
	} {
		if slices.Contains(deps, banned) {
			t.Errorf("the hook links %s", banned)
		}
	}
	if len(deps) < 20 || !slices.Contains(deps, "agent-telemetry/internal/capture") {
		t.Errorf("the list is not of the hook: %q", deps)
	}
	for _, d := range deps {
		if strings.Contains(d, "sqlite") || strings.HasPrefix(d, "agent-telemetry/internal/cli") {
			t.Errorf("the hook links %s", d)
		}
	}
}
