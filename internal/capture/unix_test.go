//go:build unix

package capture_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"agent-telemetry/internal/journal"
)

// holdLock takes the journal's lock as another appender would.
func holdLock(t *testing.T, data string) (release func()) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(journal.LogsDir(data), "journal.lock"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	return func() { _ = f.Close() }
}

// A hook may be killed at any moment. Those that returned have their record,
// those that did not have at most one, and what the others left half-written is
// torn, not tampered with.
func TestKilled(t *testing.T) {
	r := newRig(t)
	r.config(`{"durability":"os","segment_bytes":50000}`)
	const senders, each = 8, 64
	var mu sync.Mutex
	returned, killed := map[string]bool{}, 0
	var group sync.WaitGroup
	for s := range senders {
		group.Go(func() {
			for i := range each {
				id := toolID(s*each + i)
				done, err := r.kill(id, time.Duration(rand.Int64N(int64(4*time.Millisecond))))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				if done {
					returned[id] = true
				} else {
					killed++
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	t.Logf("%d returned, %d were killed", len(returned), killed)
	r.send(r.payload("after", "true"))
	seen := map[string]int{}
	for _, e := range r.settled() {
		seen[e.ToolUseID]++
	}
	for id := range returned {
		if seen[id] != 1 {
			t.Errorf("%s returned and has %d records", id, seen[id])
		}
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("%s has %d records", id, n)
		}
	}
	if killed == 0 || seen["after"] != 1 {
		t.Errorf("%d were killed; the next call has %d records", killed, seen["after"])
	}
}

// kill starts a hook, kills it after a while and reports whether it had returned.
func (r *rig) kill(id string, after time.Duration) (returned bool, err error) {
	cmd, _ := r.command(context.Background(), strings.NewReader(r.payload(id, "echo hi")))
	cmd.Stdout, cmd.Stderr = nil, nil
	if err := cmd.Start(); err != nil {
		return false, err
	}
	time.Sleep(after)
	_ = cmd.Process.Kill()
	err = cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return false, nil
	}
	return true, err
}
