//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

// lab is a data folder with hooks that write and a collector that comes and goes.
type lab struct {
	*testing.T
	data, project, addr string
}

func newLab(t *testing.T) *lab {
	x := &lab{T: t, data: filepath.Join(t.TempDir(), "data"), project: t.TempDir()}
	if err := os.WriteFile(filepath.Join(x.project, ".telemetry-enabled"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x.addr = ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *lab) binary(name string) string {
	path, err := filepath.Abs(filepath.Join(cache, "bin", name))
	if err != nil {
		x.Fatal(err)
	}
	return path
}

// hook records one call, before or after it.
func (x *lab) hook(session, n int) error {
	event := []string{"PreToolUse", "PostToolUse"}[n%2]
	payload := fmt.Sprintf(`{"session_id":"s%d","hook_event_name":%q,"cwd":%q,"tool_name":"Bash","tool_use_id":"toolu_%d_%d","tool_input":{"command":"echo %d of session %d"},"tool_response":{"stdout":"x"}}`,
		session, event, x.project, session, n/2, n/2, session)
	cmd := exec.Command(x.binary("agent-telemetry-hook"), "--data", x.data)
	cmd.Stdin, cmd.Dir = strings.NewReader(payload), x.project
	cmd.Env = append(os.Environ(), "CLAUDE_PROJECT_DIR="+x.project)
	return cmd.Run()
}

func (x *lab) collector() *exec.Cmd {
	cmd := exec.Command(x.binary("agent-telemetry"), "up", "--data", x.data, "--addr", x.addr)
	cmd.Stderr = new(bytes.Buffer)
	if err := cmd.Start(); err != nil {
		x.Fatal(err)
	}
	return cmd
}

// cli runs a command that has to succeed.
func (x *lab) cli(args ...string) []byte {
	x.Helper()
	ctx, cancel := context.WithTimeout(x.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, x.binary("agent-telemetry"), append(args, "--data", x.data)...)
	var errw bytes.Buffer
	cmd.Stderr = &errw
	out, err := cmd.Output()
	if err != nil {
		x.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out, errw.String())
	}
	return out
}

// A collector that is killed at any moment, while hooks write, loses no record and
// takes none twice.
func TestCollectorKilled(t *testing.T) {
	const kills, hooks = 100, 16
	x := newLab(t)
	var writers sync.WaitGroup
	var stop atomic.Bool
	var failed atomic.Pointer[error]
	for s := range hooks {
		writers.Go(func() {
			for n := 0; !stop.Load(); n++ {
				if err := x.hook(s, n); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range kills {
		c := x.collector()
		time.Sleep(time.Duration(r.IntN(400)) * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatalf("the collector had ended by itself: %v\n%s", err, c.Stderr)
		}
		_ = c.Wait()
	}
	stop.Store(true)
	writers.Wait()
	if err := failed.Load(); err != nil {
		t.Errorf("a hook failed: %v", *err)
	}
	x.agrees()
}

// agrees fails unless a collector answers with the journal's records, each once.
func (x *lab) agrees() {
	x.Helper()
	x.cli("up", "--detach", "--addr", x.addr)
	defer x.cli("down")
	x.cli("verify")
	var want [][]byte
	lines := journal.NewReader(x.data, archive.Open)
	defer lines.Close()
	for {
		l, err := lines.Next()
		if err != nil {
			break
		}
		want = append(want, bytes.Clone(l.Bytes))
	}
	got := bufio.NewScanner(bytes.NewReader(x.cli("export", "--format", "jsonl")))
	got.Buffer(nil, 1<<20)
	n := 0
	for ; got.Scan(); n++ {
		if n >= len(want) || !bytes.Equal(got.Bytes(), want[n]) {
			x.Fatalf("record %d of the export is not the journal's:\n%.300s", n+1, got.Bytes())
		}
	}
	if n != len(want) {
		x.Fatalf("%d records exported of %d", n, len(want))
	}
	x.Logf("%d records", n)
	var status struct {
		Health struct {
			Index struct{ Records int }
		}
	}
	if err := json.Unmarshal(x.cli("status", "--output", "json"), &status); err != nil || status.Health.Index.Records != len(want) {
		x.Errorf("status says that the index has %d records of %d (%v)", status.Health.Index.Records, len(want), err)
	}
}
