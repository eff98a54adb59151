package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/service"

	"github.com/rogpeppe/go-internal/testscript"
)

// machine is a user's home, in which the real programs run as processes.
type machine struct {
	t    *testing.T
	home string
	data string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, home: t.TempDir()}
	m.data = filepath.Join(m.home, "data")
	t.Cleanup(func() { stopAll(m.home) })
	return m
}

// stopAll ends the collectors of all data folders in a folder.
func stopAll(folder string) {
	locks, _ := filepath.Glob(filepath.Join(folder, "*", "collector.lock"))
	for _, path := range locks {
		_, _, _ = service.Stop(context.Background(), filepath.Dir(path), time.Second)
	}
}

// run runs agent-telemetry and returns what it printed and its exit code.
func (m *machine) run(args ...string) (stdout, stderr string, code int) {
	m.t.Helper()
	cmd := m.command(args...)
	var out, errw bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errw
	err := cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		m.t.Fatal(err)
	}
	return out.String(), errw.String(), cmd.ProcessState.ExitCode()
}

func (m *machine) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	m.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "agent-telemetry", args...)
	cmd.Dir = m.home
	cmd.Env = append(os.Environ(), "HOME="+m.home, "AGENT_TELEMETRY_DATA="+m.data, "AGENT_TELEMETRY_ADDR=127.0.0.1:0", "TZ=UTC", "MANAGED="+m.home)
	return cmd
}

// ok runs a command that has to succeed.
func (m *machine) ok(args ...string) string {
	m.t.Helper()
	out, errw, code := m.run(args...)
	if code != 0 {
		m.t.Fatalf("%s: exit %d\n%s%s", strings.Join(args, " "), code, out, errw)
	}
	return out
}

// fails runs a command that has to fail and to say so.
func (m *machine) fails(says string, args ...string) {
	m.t.Helper()
	out, errw, code := m.run(args...)
	if code != 1 || !regexp.MustCompile(says).MatchString(errw) {
		m.t.Fatalf("%s: exit %d\n%s%s\nexpected %s", strings.Join(args, " "), code, out, errw, says)
	}
}

func (m *machine) running() *service.Collector {
	m.t.Helper()
	c, err := service.Find(m.data)
	if err != nil || c == nil || c.PID == 0 {
		m.t.Fatalf("no collector: %+v, %v", c, err)
	}
	return c
}

// record has the hook write a record.
func (m *machine) record() {
	m.t.Helper()
	marker := filepath.Join(m.home, ".telemetry-enabled")
	if err := os.WriteFile(marker, nil, 0o600); err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.Command("agent-telemetry-hook", "--data", m.data)
	cmd.Dir, cmd.Env = m.home, append(os.Environ(), "HOME="+m.home, "CLAUDE_PROJECT_DIR="+m.home)
	cmd.Stdin = strings.NewReader(`{"session_id":"s1-0001","hook_event_name":"SessionStart","source":"startup"}`)
	if err := cmd.Run(); err != nil {
		m.t.Fatal(err)
	}
}

func TestUpAndDown(t *testing.T) {
	m := newMachine(t)
	m.record()
	m.ok("up", "--detach")
	c := m.running()
	if out := m.ok("up", "--detach"); !strings.Contains(out, "is running already: process ") || m.running().PID != c.PID {
		t.Errorf("a second one: %s", out)
	}
	m.fails(`is running already: process \d+, since .*, at http://127\.0\.0\.1:\d+; 'agent-telemetry down'`, "up")
	m.fails(`the collector uses the index`, "reindex")
	if out := m.ok("events"); strings.Count(out, "\n") != 2 {
		t.Errorf("events: %s", out)
	}
	var s struct {
		OK, Running bool
		Collector   struct{ PID int }
		Health      struct {
			Ready   bool
			Journal struct{ Seq uint64 }
			Index   struct{ Records int64 }
		}
	}
	if err := json.Unmarshal([]byte(m.ok("status", "-o", "json")), &s); err != nil {
		t.Fatal(err)
	}
	if !s.OK || !s.Running || s.Collector.PID != c.PID || !s.Health.Ready || s.Health.Journal.Seq != 2 || s.Health.Index.Records != 2 {
		t.Errorf("%+v", s)
	}
	if out := m.ok("down"); !strings.Contains(out, "has ended") {
		t.Errorf("down: %s", out)
	}
	if out := m.ok("down"); !strings.Contains(out, "No collector runs") {
		t.Errorf("down again: %s", out)
	}
	if out, _, code := m.run("status"); code != 1 || !strings.Contains(out, "No collector runs") {
		t.Errorf("status: exit %d, %s", code, out)
	}
	free(t, c.Address)
}

// free fails if something listens at the address.
func free(t *testing.T, address string) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
}

func TestUpInTheForeground(t *testing.T) {
	m := newMachine(t)
	cmd := m.command("up")
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool {
		c, _ := service.Find(m.data)
		return c != nil && c.Ready
	})
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?s)^Collecting from .*answering at http://127.*\nReady: no records yet.*\n.*has ended`).MatchString(out.String()) {
		t.Errorf("%s", out.String())
	}
}

func TestKilledAndUpAgain(t *testing.T) {
	m := newMachine(t)
	m.record()
	m.ok("up", "--detach")
	c := m.running()
	p, err := os.FindProcess(c.PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool {
		c, err := service.Find(m.data)
		return err == nil && c == nil
	})
	if _, err := os.Stat(service.StatePath(m.data)); err != nil {
		t.Fatalf("a killed one leaves its file: %v", err)
	}
	m.record()
	m.ok("up", "--detach")
	if again := m.running(); again.PID == c.PID {
		t.Error("the same process")
	}
	if out := m.ok("events"); strings.Count(out, "\n") != 3 {
		t.Errorf("events: %s", out)
	}
}

// A file that names somebody else's process is not a reason to end that one.
func TestStaleFileNamesAnother(t *testing.T) {
	m := newMachine(t)
	if err := os.MkdirAll(m.data, 0o700); err != nil {
		t.Fatal(err)
	}
	stranger := exec.Command("sleep", "60")
	if err := stranger.Start(); err != nil {
		t.Skip(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- stranger.Wait() }()
	text, _ := json.Marshal(service.Collector{PID: stranger.Process.Pid, Address: "127.0.0.1:1", Started: time.Now(), Ready: true})
	if err := os.WriteFile(service.StatePath(m.data), text, 0o600); err != nil {
		t.Fatal(err)
	}
	m.ok("down")
	m.ok("up", "--detach")
	if m.running().PID == stranger.Process.Pid {
		t.Error("the stranger passes for the collector")
	}
	m.ok("down")
	select {
	case err := <-ended:
		t.Errorf("the stranger ended: %v", err)
	default:
	}
	_ = stranger.Process.Kill()
	<-ended
}

func TestPortTaken(t *testing.T) {
	m := newMachine(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, args := range [][]string{{"up"}, {"up", "--detach"}} {
		m.fails("another program listens at "+l.Addr().String()+": .*--addr", append(args, "--addr", l.Addr().String())...)
	}
	m.fails("beyond 127.0.0.1", "up", "--addr", "0.0.0.0:0")
	if c, err := service.Find(m.data); err != nil || c != nil {
		t.Errorf("left behind: %+v, %v", c, err)
	}
}

func TestTwoFoldersAtOnce(t *testing.T) {
	m := newMachine(t)
	other := &machine{t: t, home: m.home, data: filepath.Join(m.home, "other")}
	m.record()
	m.ok("up", "--detach")
	other.ok("up", "--detach")
	if a, b := m.running(), other.running(); a.PID == b.PID || a.Address == b.Address {
		t.Errorf("%+v, %+v", a, b)
	}
	other.ok("down")
	if out := m.ok("events"); strings.Count(out, "\n") != 2 {
		t.Errorf("events: %s", out)
	}
}

// await waits until something is so.
func await(t *testing.T, so func() bool) {
	t.Helper()
	for range 3000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("waited in vain")
}

// awaited runs a command until what it prints matches: await PATTERN COMMAND ARGS.
func awaited(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: await PATTERN COMMAND ARGS...")
	}
	pattern := regexp.MustCompile(args[0])
	for range 300 {
		_ = ts.Exec(args[1], args[2:]...)
		if pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%q never came; the last was:\n%s", args[0], ts.ReadFile("stdout"))
}

// Of several commands that start one at once, one does, and all are content.
func TestManyAtOnce(t *testing.T) {
	m := newMachine(t)
	said := make(chan error, 4)
	for range cap(said) {
		cmd := m.command("up", "--detach")
		go func() {
			out, err := cmd.CombinedOutput()
			if err != nil {
				err = errors.New(err.Error() + ": " + string(out))
			}
			said <- err
		}()
	}
	for range cap(said) {
		if err := <-said; err != nil {
			t.Error(err)
		}
	}
	m.running()
}

// A command that has the index open is waited for.
func TestIndexInUse(t *testing.T) {
	m := newMachine(t)
	m.record()
	x, err := collector.OpenAlone(t.Context(), m.data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if out := m.ok("events"); strings.Count(out, "\n") != 2 {
		t.Errorf("events: %s", out)
	}
	m.fails("another process has the index open", "reindex")
	cmd := m.command("up", "--detach")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool {
		text, _ := os.ReadFile(service.LogPath(m.data))
		return strings.Contains(string(text), "another command has the index open")
	})
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
