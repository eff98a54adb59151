//go:build unix

package archive

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/journal"
)

const childVariable = "ARCHIVE_TEST_COMPRESS"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		if err := Compress(context.Background(), path); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// However a compression is killed, the journal reads as before, and the next one
// completes it.
func TestKilledCompression(t *testing.T) {
	want := text(many(20_000, 400)...)
	whole := 60 * time.Millisecond
	for range 25 {
		data := t.TempDir()
		path := segment(t, data, 1, want)
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childVariable+"="+path)
		began := time.Now()
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		killed := time.AfterFunc(rand.N(whole), func() { _ = child.Process.Kill() })
		if child.Wait() == nil {
			whole = (whole + 2*time.Since(began)) / 2
		} else {
			whole += whole / 4
		}
		killed.Stop()
		mustHold(t, data, want)
		if _, err := os.Stat(path); err == nil {
			if err := Compress(t.Context(), path); err != nil {
				t.Fatal(err)
			}
		}
		if err := Clean(filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
		mustHold(t, data, want)
		left, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(left) != 1 || !strings.HasSuffix(left[0].Name(), Suffix) {
			t.Fatalf("the folder holds %v, %v", left, err)
		}
	}
}

func mustHold(t *testing.T, data string, want []byte) {
	t.Helper()
	segments, err := journal.Segments(data)
	if err != nil || len(segments) != 1 {
		t.Fatalf("segments: %v, %v", segments, err)
	}
	if got, err := readWhole(segments[0].Path); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes, %v; want %d", len(got), err, len(want))
	}
}
