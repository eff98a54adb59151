//go:build unix

package scope_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"agent-telemetry/internal/scope"
)

// A pipe in the place of a file would block whoever opened it.
func TestPipesAreNotOpened(t *testing.T) {
	c, expand := fixture(t)
	for _, name := range []string{"p/" + scope.MarkerName, "p/.claude/settings.json", "fifo"} {
		path := filepath.Join(expand("HOME"), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip(err)
		}
	}
	if got := scope.Find(c.Root, c.Root); got.Marker == "" {
		t.Error("the marker is not seen")
	}
	if got := scope.AddedDirectories(c.Root, "", ""); got != nil {
		t.Errorf("a pipe gave %q", got)
	}
	if v := c.Path("../fifo/x"); !v.Outside {
		t.Error("a path through a pipe is not outside")
	}
}
