package gitexclude

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var names = []string{".marker", ".agent/settings.json", ".agent/settings.json.copy"}

// repository makes the least that git takes for a repository.
func repository(t *testing.T, gitDir string) {
	t.Helper()
	for _, dir := range []string{"objects", "refs", "info"} {
		if err := os.MkdirAll(filepath.Join(gitDir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(gitDir, "HEAD"), "ref: refs/heads/main\n")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func folder(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// base is a temporary folder with its links resolved.
func base(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name         string
		files        map[string]string // besides a repository in repo/.git
		dir          string
		list, prefix string // "" where git sees no repository
	}{
		{"the root", nil, "repo", "repo/.git/info/exclude", "/"},
		{"a folder below", nil, "repo/a/b", "repo/.git/info/exclude", "/a/b/"},
		{"outside", nil, "other", "", ""},
		{"a .git that is no repository", map[string]string{"repo/a/.git/x": ""}, "repo/a", "repo/.git/info/exclude", "/a/"},
		{
			"a working tree", map[string]string{
				"tree/.git":                          "gitdir: ../repo/.git/worktrees/tree\n",
				"repo/.git/worktrees/tree/HEAD":      "",
				"repo/.git/worktrees/tree/commondir": "../..\n",
			}, "tree/a", "repo/.git/info/exclude", "/a/",
		},
		{
			"a working tree, with line ends of Windows", map[string]string{
				"tree/.git":                          "gitdir: ../repo/.git/worktrees/tree\r\n",
				"repo/.git/worktrees/tree/HEAD":      "",
				"repo/.git/worktrees/tree/commondir": "../..\r\n",
			}, "tree", "repo/.git/info/exclude", "/",
		},
		{
			"a submodule", map[string]string{
				"repo/sub/.git":                   "gitdir: ../.git/modules/sub",
				"repo/.git/modules/sub/HEAD":      "",
				"repo/.git/modules/sub/objects/x": "",
				"repo/.git/modules/sub/refs/x":    "",
			}, "repo/sub/a", "repo/.git/modules/sub/info/exclude", "/a/",
		},
		{"a file that leads nowhere", map[string]string{"repo/sub/.git": "gitdir: gone\n"}, "repo/sub", "", ""},
		{"a file that leads to no repository", map[string]string{"repo/sub/.git": "gitdir: ../other\n", "other/x": ""}, "repo/sub", "", ""},
		{"a file of something else", map[string]string{"repo/sub/.git": "hello"}, "repo/sub", "", ""},
		{"a file without a path", map[string]string{"repo/sub/.git": "gitdir: \n"}, "repo/sub", "", ""},
		{"a file too long", map[string]string{"repo/sub/.git": "gitdir: ../.git" + strings.Repeat("\n", maxLink)}, "repo/sub", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := base(t)
			repository(t, filepath.Join(root, "repo", ".git"))
			for path, text := range c.files {
				write(t, filepath.Join(root, path), text)
			}
			list, ok := Find(folder(t, filepath.Join(root, c.dir)), names)
			if ok != (c.list != "") {
				t.Fatalf("found: %v, %+v", ok, list)
			}
			if ok && (list.Path != filepath.Join(root, c.list) || list.prefix != c.prefix) {
				t.Errorf("got %s for %s", list.Path, list.prefix)
			}
		})
	}
}

// TestGitAgrees asks git where its list is, and whether it hides what is hidden.
func TestGitAgrees(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	root := base(t)
	run := func(dir string, args ...string) string {
		t.Helper()
		cmd := exec.Command(git, append([]string{"-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"}, args...)...)
		cmd.Dir = dir
		cmd.Env = []string{"HOME=" + root, "PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1"}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
		return strings.TrimSuffix(string(out), "\n")
	}
	repo, library := folder(t, filepath.Join(root, "repo")), folder(t, filepath.Join(root, "library"))
	for _, dir := range []string{library, repo} {
		run(dir, "init", "-q")
		run(dir, "commit", "-q", "--allow-empty", "-m", "first")
	}
	run(repo, "worktree", "add", "-q", filepath.Join(root, "tree"))
	run(repo, "submodule", "--quiet", "add", library, "sub")
	run(repo, "commit", "-q", "-m", "second")
	dirs := []string{repo, filepath.Join(repo, "sub"), filepath.Join(root, "tree")}
	odd := []string{"plain", "a/b", "a [b] c", "#x", "!y", " space", "ä", "[!a]", "{a,b}", "~", "$HOME"}
	if runtime.GOOS != "windows" {
		odd = append(odd, "star*", "**", "space ", "q?", `back\slash`, `\`, `end\ `, "a\rb", "t\tt", "\xff", `"`)
	}
	for _, name := range odd {
		dirs = append(dirs, filepath.Join(repo, name), filepath.Join(root, "tree", name))
	}
	for _, dir := range dirs {
		folder(t, dir)
		list, ok := Find(dir, names)
		if !ok {
			t.Errorf("%q: not found", dir)
			continue
		}
		asked := run(dir, "rev-parse", "--git-path", "info/exclude")
		if !filepath.IsAbs(asked) {
			asked = filepath.Join(dir, asked)
		}
		if asked != list.Path {
			t.Errorf("%q: git says %s, not %s", dir, asked, list.Path)
		}
		for _, name := range append(slices.Clone(names), "seen") {
			write(t, filepath.Join(dir, name), "")
		}
		before, readErr := os.ReadFile(list.Path)
		if _, err := list.Hide(names); err != nil {
			t.Errorf("%q: %v", dir, err)
		}
		if got := run(dir, "status", "--porcelain", "-z", "-uall", "--", "."); strings.Count(got, "\x00") != 1 || !strings.HasSuffix(got, "seen\x00") {
			t.Errorf("%q: git shows %q", dir, got)
		}
		if _, err := list.Show(names); err != nil {
			t.Errorf("%q: %v", dir, err)
		}
		after, err := os.ReadFile(list.Path)
		if os.IsNotExist(readErr) != os.IsNotExist(err) || string(before) != string(after) {
			t.Errorf("%q: %q, not %q as before", dir, after, before)
		}
		if got := run(dir, "status", "--porcelain", "-z", "-uall", "--", "."); strings.Count(got, "\x00") != 1+len(names) {
			t.Errorf("%q: then git shows %q", dir, got)
		}
		for _, name := range append(slices.Clone(names), "seen") {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestHide(t *testing.T) {
	root := base(t)
	repository(t, filepath.Join(root, ".git"))
	list, _ := Find(folder(t, filepath.Join(root, "a*")), names)
	hide := func(l List, names ...string) []string {
		t.Helper()
		created, err := l.Hide(names)
		if err != nil {
			t.Fatal(err)
		}
		return created
	}
	want := func(text string) {
		t.Helper()
		got, err := os.ReadFile(list.Path)
		if err != nil || string(got) != text {
			t.Errorf("%q, %v, not %q", got, err, text)
		}
	}
	if err := os.Remove(filepath.Dir(list.Path)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Dir(list.Path), list.Path}, hide(list, names[0])); diff != "" {
		t.Error(diff)
	}
	want("# agent-telemetry\n/a\\*/.marker\n")
	if created := hide(list, names[1], names[0]); created != nil {
		t.Errorf("created %q", created)
	}
	want("# agent-telemetry\n/a\\*/.marker\n/a\\*/.agent/settings.json\n")
	atRoot, _ := Find(root, names)
	hide(atRoot, names[0])
	want("# agent-telemetry\n/a\\*/.marker\n/a\\*/.agent/settings.json\n/.marker\n")

	if _, err := list.Show(names); err != nil {
		t.Fatal(err)
	}
	want("# agent-telemetry\n/.marker\n")
	if changed, err := atRoot.Show(names); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if _, err := os.Stat(filepath.Dir(list.Path)); !os.IsNotExist(err) {
		t.Errorf("the folder that it created stays: %v", err)
	}
	if changed, err := atRoot.Show(names); changed || err != nil {
		t.Error(changed, err)
	}
}

// TestHideInPlace holds that a list keeps its mode and the links to it.
func TestHideInPlace(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has neither modes nor, for everyone, links")
	}
	root := base(t)
	repository(t, filepath.Join(root, ".git"))
	write(t, filepath.Join(root, "shared"), "*.o")
	if err := os.Chmod(filepath.Join(root, "shared"), 0o640); err != nil {
		t.Fatal(err)
	}
	list, _ := Find(root, names)
	if err := os.Symlink(filepath.Join("..", "..", "shared"), list.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := list.Hide(names[:1]); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "shared"))
	info, statErr := os.Stat(list.Path)
	if err != nil || statErr != nil || string(text) != "*.o\n# agent-telemetry\n/.marker" || info.Mode().Perm() != 0o640 {
		t.Errorf("%q, %v, %v, %v", text, info.Mode(), err, statErr)
	}
}

func TestHideCannot(t *testing.T) {
	for name, spoil := range map[string]func(gitDir string) error{
		"the folder is a file": func(gitDir string) error {
			return os.WriteFile(filepath.Join(gitDir, "info"), nil, 0o644)
		},
		"the list is a folder": func(gitDir string) error {
			return os.MkdirAll(filepath.Join(gitDir, "info", "exclude"), 0o755)
		},
		"the list is a link to nothing": func(gitDir string) error {
			return os.Symlink(filepath.Join(gitDir, "nothing"), filepath.Join(gitDir, "info", "exclude"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := base(t)
			gitDir := filepath.Join(root, ".git")
			repository(t, gitDir)
			if strings.HasPrefix(name, "the folder") {
				if err := os.Remove(filepath.Join(gitDir, "info")); err != nil {
					t.Fatal(err)
				}
			}
			if err := spoil(gitDir); err != nil {
				t.Skip(err)
			}
			list, _ := Find(root, names)
			if created, err := list.Hide(names); err == nil || created != nil {
				t.Errorf("hidden, with %q", created)
			}
			if changed, err := list.Show(names); changed || err != nil {
				t.Errorf("shown: %v, %v", changed, err)
			}
			if _, err := os.Stat(filepath.Join(gitDir, "nothing")); err == nil {
				t.Error("followed a link to nothing")
			}
		})
	}
	if runtime.GOOS == "windows" {
		return
	}
	root := base(t)
	repository(t, filepath.Join(root, ".git"))
	list, _ := Find(folder(t, filepath.Join(root, "a\nb")), names)
	if _, err := list.Hide(names); err == nil {
		t.Error("hidden in a folder that no line can name")
	}
}
