package scope_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agent-telemetry/internal/scope"
)

// fixture makes a home with a project in it, and links that lead about. expand puts their paths in the place
// of ROOT and HOME.
func fixture(t *testing.T) (c *scope.Checker, expand func(string) string) {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(base, "home")
	root := filepath.Join(home, "p")
	for _, file := range []string{"p/a.txt", "p/src/a.go", "p/src/sub/b.go", "p2/x", "secret"} {
		path := filepath.Join(home, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"p/link": "/etc", "p/linkfile": "/etc/passwd", "p/in": "src", "p/up": "..", "p/broken": "/nowhere/x",
		"p/loop": "loop", "plink": "p",
	} {
		if err := os.Symlink(target, filepath.Join(home, link)); err != nil {
			t.Fatal(err)
		}
	}
	expand = strings.NewReplacer("ROOT", root, "HOME", home, "$HOME", "$HOME", "${HOME}", "${HOME}").Replace
	return &scope.Checker{Root: root, Cwd: root, Home: home}, expand
}
