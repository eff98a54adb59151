package scope_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/scope"
)

func TestFind(t *testing.T) {
	base := t.TempDir()
	for _, marker := range []string{"a/.telemetry-enabled", "b/.claude/.telemetry-enabled", "c/config/.telemetry-enabled"} {
		write(t, filepath.Join(base, marker), "")
	}
	for _, dir := range []string{"a/x/y", "none/x"} {
		if err := os.MkdirAll(filepath.Join(base, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ projectDir, cwd, root, marker string }{
		{"", "a/x/y", "a", "a/.telemetry-enabled"},
		{"", "a", "a", "a/.telemetry-enabled"},
		{"", "b", "b", "b/.claude/.telemetry-enabled"},
		{"", "c/gone/deeper", "c", "c/config/.telemetry-enabled"},
		{"", "none/x", "none/x", ""},
		{"a", "none", "a", "a/.telemetry-enabled"},
		{"a/x", "a/x/y", "a/x", ""},
	} {
		dir := c.projectDir
		if dir != "" {
			dir = filepath.Join(base, dir)
		}
		got := scope.Find(dir, filepath.Join(base, c.cwd))
		want := scope.Project{Root: filepath.Join(base, c.root)}
		if c.marker != "" {
			want.Marker = filepath.Join(base, c.marker)
		}
		if got != want {
			t.Errorf("Find(%q, %q) = %+v, want %+v", c.projectDir, c.cwd, got, want)
		}
	}
}

func TestFindRelative(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, filepath.Join(dir, "p", scope.MarkerName), "")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if got := scope.Find("", "p/x"); got.Root != filepath.Join(here, "p") {
		t.Errorf("root of a relative folder is %s", got.Root)
	}
	if got := scope.Find("", ""); got.Root != here {
		t.Errorf("root of no folder is %s", got.Root)
	}
}

func TestPath(t *testing.T) {
	c, expand := fixture(t)
	for _, e := range []expectation{
		{"", fine},
		{"a.txt", fine},
		{"ROOT/new/file.txt", fine},
		{"ROOT", fine},
		{"ROOT2/x", outside + "ROOT2/x is outside ROOT"},
		{"../secret", outside + "../secret is HOME/secret, outside ROOT"},
		{"~/secret", outside + "~/secret is HOME/secret"},
		{"~/p/a.txt", fine},
		{"~bob", fine},
		{"linkfile", outside + "linkfile leads to /etc/passwd"},
		{"link/new", outside + "link/new leads to /etc/new"},
		{"in/a.go", fine},
		{"link/../x", outside + "/x"},
		{"src/../../p/a.txt", fine},
		{"a\nb", fine},
		{"/etc/\x1b[2J", outside + "is outside"},
	} {
		v := c.Path(expand(e.command))
		if got := describe(v); !agrees(got, expand(e.want)) {
			t.Errorf("%q\n\tgot  %s\n\twant %s", e.command, got, expand(e.want))
		}
	}
}

func TestLinkedRoot(t *testing.T) {
	c, expand := fixture(t)
	c.Root = expand("HOME/plink")
	c.Cwd = c.Root
	if v := c.Path(expand("ROOT/a.txt")); v.Outside {
		t.Errorf("the project by its real name is outside: %s", v.Reason)
	}
	if v := c.Path("a.txt"); v.Outside {
		t.Errorf("a file below a linked root is outside: %s", v.Reason)
	}
}

func TestStrangeFolders(t *testing.T) {
	c, expand := fixture(t)
	for _, cwd := range []string{"", "src", ".", "gone/away", expand("ROOT/gone")} {
		c.Cwd = cwd
		if v := c.Path("a.txt"); v.Outside {
			t.Errorf("cwd %q: %s", cwd, v.Reason)
		}
		if v := c.Path("/etc/passwd"); !v.Outside {
			t.Errorf("cwd %q: /etc/passwd is not outside", cwd)
		}
	}
}

func TestBareOperandOutside(t *testing.T) {
	c, expand := fixture(t)
	c.Cwd = expand("HOME")
	for _, e := range []expectation{
		{"foo bar", fine},
		{"foo secret", outside + "secret is HOME/secret"},
		{"cat gone", outside + "gone is HOME/gone"},
		{"git status", fine},
		{"cd p && cat a.txt", fine},
	} {
		if got := describe(judge(c, e.command)); !agrees(got, expand(e.want)) {
			t.Errorf("%s\n\tgot  %s\n\twant %s", e.command, got, expand(e.want))
		}
	}
}

func TestAllow(t *testing.T) {
	c, expand := fixture(t)
	c.Allow = scope.DefaultAllow(expand("HOME"), "", "", "/", "rel", "/var/scratch/")
	if c.Allow[0] != "/tmp" || c.Allow[1] != "/var/scratch" {
		t.Errorf("temp folders: %q", c.Allow)
	}
	c.Allow[0] = "/tmp/claude-1000" // the fixture itself may lie in /tmp
	c.More = func() []string { return []string{"~/p2", "relative", "/opt/*/share"} }
	for _, e := range []struct {
		path    string
		outside bool
		allowed bool
	}{
		{"a.txt", false, false},
		{"/var/scratch/x", true, true},
		{"/var/scratch", true, true},
		{"/var/scratchx", true, false},
		{"~/p2/x", true, true},
		{"~/secret", true, false},
		{"/var/scratch/../x", true, false},
		{"~/.claude/projects/-p/s/tool-results/1.txt", true, true},
		{"~/.claude/projects/-p/s.jsonl", true, false},
		{"~/.claude/plans/a.md", true, true},
		{"~/.claude/settings.json", true, false},
		{"/opt/a/share/x", true, true},
		{"/opt/a/b/share", true, false},
	} {
		v := c.Path(e.path)
		if v.Outside != e.outside || v.Allowed != e.allowed || v.Outside && v.Reason == "" {
			t.Errorf("%s: %+v", e.path, v)
		}
	}
	if v := judge(c, "cp /var/scratch/a /var/scratch/b"); !v.Allowed {
		t.Errorf("all allowed: %+v", v)
	}
	if v := judge(c, "cp /var/scratch/a /etc/b"); v.Allowed || !strings.Contains(v.Reason, "/etc/b") {
		t.Errorf("one of two allowed: %+v", v)
	}
	if v := judge(c, "T=$(mktemp -d -p /var/scratch); cp a.txt $T/"); !v.Outside || !v.Allowed {
		t.Errorf("mktemp: %+v", v)
	}
}

func TestMoreIsAskedOnlyOutside(t *testing.T) {
	c, _ := fixture(t)
	c.More = func() []string { t.Error("asked"); return nil }
	judge(c, "cat a.txt src/a.go $X")
	c.Path("a.txt")
}

func TestAddedDirectories(t *testing.T) {
	base := t.TempDir()
	root, home := filepath.Join(base, "p"), filepath.Join(base, "home")
	write(t, filepath.Join(root, ".claude/settings.json"), `{"permissions":{"additionalDirectories":["../web","/opt/x",7]}}`)
	write(t, filepath.Join(root, ".claude/settings.local.json"), `{"permissions":{"additionalDirectories":["broken"`)
	write(t, filepath.Join(home, ".claude/settings.json"), `{"permissions":{"additionalDirectories":["~/notes"]}}`)
	want := []string{filepath.Join(base, "web"), "/opt/x", filepath.Join(home, "notes")}
	if got := scope.AddedDirectories(root, home, ""); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := scope.AddedDirectories(filepath.Join(base, "gone"), "", ""); len(got) != 0 {
		t.Errorf("no settings gave %q", got)
	}
}

// Any path costs a bounded number of lookups, and the answer says when it was too many.
func TestLookupsAreBounded(t *testing.T) {
	c, _ := fixture(t)
	deep := strings.Repeat("/d", 1800)
	var b strings.Builder
	b.WriteString("cat")
	for i := range 6 {
		dir := fmt.Sprintf("%d%s", i, deep)
		if err := os.MkdirAll(filepath.Join(c.Root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
		b.WriteString(" ./" + dir)
	}
	if v := judge(c, b.String()); v.Reason != scope.Undecided || !strings.Contains(v.Detail, "too many paths") {
		t.Errorf("got %+v", v)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
