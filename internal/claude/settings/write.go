package settings

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// replace puts content in the place of a file, at once and durably. It follows
// a link to its target and keeps the mode and owner of what it replaces; a new
// file gets mode, which exact keeps from the caller's umask.
func replace(path string, content []byte, mode fs.FileMode, exact bool) error {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		target, err = path, os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err != nil {
		return err
	}
	old, err := os.Stat(target)
	if err == nil {
		mode, exact = old.Mode().Perm(), true
	}
	temporary, err := writeBeside(target, content, mode)
	if err != nil {
		return err
	}
	if exact {
		err = os.Chmod(temporary, mode)
	}
	if old != nil && err == nil {
		err = keepOwner(temporary, old)
	}
	if err == nil {
		err = os.Rename(temporary, target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return syncFolder(filepath.Dir(target))
}

// writeBeside writes content to a new file in the folder of path.
func writeBeside(path string, content []byte, mode fs.FileMode) (string, error) {
	name := path + "." + strconv.FormatUint(rand.Uint64(), 36) + ".tmp"
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return "", err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(name))
	}
	return name, nil
}

// remove takes away a file that install created, and the folder that it alone
// was in if Claude Code gave that folder its name.
func remove(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	folder := filepath.Dir(path)
	switch filepath.Base(folder) {
	case ".claude", "managed-settings.d":
		if left, err := os.ReadDir(folder); err == nil && len(left) == 0 {
			return os.Remove(folder)
		}
	}
	return syncFolder(folder)
}
