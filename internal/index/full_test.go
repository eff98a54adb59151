//go:build unix

package index_test

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"agent-telemetry/internal/journal"
)

// A disk that takes no more is met in a process of its own, whose files may not
// grow beyond a limit: Put says so, what is answered meanwhile is right, and when
// there is room again, it goes on where it was.
func TestFullDisk(t *testing.T) {
	if os.Getenv("INDEX_FULL_DISK") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		cmd.Env = append(os.Environ(), "INDEX_FULL_DISK=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	l := newLedger(generated(20_000))
	x := open(t, path(t), l, func(err error) { t.Errorf("taken for damage: %v", err) })
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	full := was
	full.Cur = 700 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	failed, taken := 0, 0
	for i := 0; i < len(l.stored) && failed < 3; i += 500 {
		if err := x.Put(t.Context(), l.stored[i:i+500]); err != nil {
			t.Log(err)
			failed++
			i -= 500
		}
		taken = int(x.Stats().Records)
		got, err := keys(t.Context(), x)
		if err == nil && len(got) != taken {
			t.Fatalf("%d records of %d", len(got), taken)
		}
	}
	if failed == 0 {
		t.Fatal("the disk was never full")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	if err := x.Put(t.Context(), l.stored); err != nil {
		t.Fatal(err)
	}
	same(t, x, l)
	var c journal.Cursor
	if c, _ = x.Cursor(t.Context()); c.Seq < 16_000 {
		t.Errorf("sealed up to %d only", c.Seq)
	}
}
