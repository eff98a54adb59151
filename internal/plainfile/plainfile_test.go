package plainfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"agent-telemetry/internal/plainfile"
)

func TestOpenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if _, err := plainfile.OpenFile(path, os.O_RDONLY, 0); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	f, err := plainfile.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("hello"); err != nil {
		t.Fatal(err)
	}
	if f.Name() != path {
		t.Errorf("named %s", f.Name())
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := plainfile.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file that is there: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for max, want := range map[int]string{3: "hel", 5: "hello", 50: "hello"} {
		if got, err := plainfile.ReadFile(path, max); string(got) != want || err != nil {
			t.Errorf("at most %d bytes: %q, %v", max, got, err)
		}
	}
}
