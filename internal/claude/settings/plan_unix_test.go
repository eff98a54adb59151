//go:build unix

package settings

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestModeIsKept(t *testing.T) {
	file := at(t, "{}")
	if err := os.Chmod(file.Path, 0o640); err != nil {
		t.Fatal(err)
	}
	install(t, file, testHook("/data"))
	if info, _ := os.Stat(file.Path); info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v", info.Mode())
	}
	uninstall(t, file)
	if info, _ := os.Stat(file.Path); info.Mode().Perm() != 0o640 {
		t.Errorf("mode after uninstall %v", info.Mode())
	}
}

func TestManagedFileIsReadableByAll(t *testing.T) {
	file, err := Locate(Managed, "", Env{ManagedRoot: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Install(file, testHook("/data")); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(file.Path); info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestOwnerIsKept(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	file := at(t, "{}")
	if err := os.Chown(file.Path, 4242, 4343); err != nil {
		t.Skip(err)
	}
	install(t, file, testHook("/data"))
	info, err := os.Stat(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t); owner.Uid != 4242 || owner.Gid != 4343 {
		t.Errorf("the file belongs to %d:%d", owner.Uid, owner.Gid)
	}
}

func TestLinkIsFollowed(t *testing.T) {
	file := at(t, "")
	target := filepath.Join(t.TempDir(), "dotfiles.json")
	write(t, target, "{}")
	if err := os.MkdirAll(filepath.Dir(file.Path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, file.Path); err != nil {
		t.Fatal(err)
	}
	install(t, file, testHook("/data"))
	if info, _ := os.Lstat(file.Path); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced by a file")
	}
	if len(ours(t, read(t, target))) == 0 {
		t.Error("the target has no hook")
	}
	if names, _ := os.ReadDir(filepath.Dir(target)); len(names) != 1 {
		t.Errorf("the target's folder holds %v", names)
	}
	uninstall(t, file)
	if got := read(t, target); got != "{}" {
		t.Errorf("uninstall left %q", got)
	}
}

func TestLinkToNothingIsRefused(t *testing.T) {
	file := at(t, "")
	if err := os.MkdirAll(filepath.Dir(file.Path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere.json", file.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(file, testHook("/data")); err == nil || !strings.Contains(err.Error(), "nowhere.json") {
		t.Errorf("error %v", err)
	}
}
