package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"agent-telemetry/internal/claude/settings"
)

// hookProgram is the absolute path that settings files are to name: the one
// given, else the hook beside this program. Nothing is copied, so that an update
// of the two programs in their place updates every installation.
func hookProgram(given string) (string, error) {
	if given != "" {
		path, err := filepath.Abs(given)
		if err == nil {
			err = runs(path)
		}
		if err != nil {
			return "", fmt.Errorf("use the hook of --hook: %w", err)
		}
		return path, nil
	}
	folders, err := ownFolders()
	if err != nil {
		return "", err
	}
	name := settings.Name
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	for _, folder := range folders {
		if path := filepath.Join(folder, name); runs(path) == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not next to agent-telemetry in %s: put the two programs into one folder, or say where it is with --hook PATH",
		name, clean(folders[len(folders)-1]))
}

// ownFolders are the folders this program is in: as it was called, which may be
// through a link that outlives versions, and as it lies on the disk.
func ownFolders() ([]string, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program's own folder: %w", err)
	}
	if builtToRun(own) {
		return nil, fmt.Errorf("this program is %s, which 'go run' made and Go will remove: build it (make build), then run it from bin", clean(own))
	}
	var folders []string
	if called, err := exec.LookPath(os.Args[0]); err == nil && sameFile(called, own) {
		if abs, err := filepath.Abs(called); err == nil {
			folders = append(folders, filepath.Dir(abs))
		}
	}
	folders = append(folders, filepath.Dir(own))
	if real, err := filepath.EvalSymlinks(own); err == nil && filepath.Dir(real) != filepath.Dir(own) {
		folders = append(folders, filepath.Dir(real))
	}
	return folders, nil
}

// builtToRun reports whether a program lies where 'go run' puts it: in a
// temporary folder go-build<number>, or in Go's build cache, go-build.
func builtToRun(path string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		if rest, ok := strings.CutPrefix(part, "go-build"); ok && strings.Trim(rest, "0123456789") == "" {
			return true
		}
	}
	return false
}

func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

func runs(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New(clean(path) + " is not a program")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o111 == 0:
		return errors.New(clean(path) + " is not executable: type chmod +x " + quote(path))
	}
	return nil
}
