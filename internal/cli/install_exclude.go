package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/gitexclude"
	"agent-telemetry/internal/scope"
)

// hiddenNames are the files that init and enable create in a project for its user
// alone. In git status, which Claude Code shows the model, they would tell of the
// hook. Settings that are shared through git are not among them.
func hiddenNames() []string {
	return []string{
		scope.MarkerName,
		".claude/settings.local.json",
		".claude/settings.local.json" + settings.BackupSuffix,
		".claude/settings.json" + settings.BackupSuffix,
	}
}

func excludeList(dir string) (gitexclude.List, bool) { return gitexclude.Find(dir, hiddenNames()) }

// creates are those of the hidden names that init is about to create.
func (i *installation) creates() (names []string) {
	var paths []string
	if i.marker {
		paths = append(paths, markerPath(i.dir))
	}
	if i.plugin == "" && i.plan.Action == settings.Create {
		paths = append(paths, i.plan.File.Path)
	}
	if i.plugin == "" && i.plan.SaveBackup {
		paths = append(paths, i.plan.Backup)
	}
	for _, path := range paths {
		name, err := filepath.Rel(i.dir, path)
		if name = filepath.ToSlash(name); err == nil && slices.Contains(hiddenNames(), name) {
			names = append(names, name)
		}
	}
	return names
}

// hide keeps files of a project out of its repository's git status.
func hide(list gitexclude.List, dir string, names []string) error {
	if foreign(list.Path, dir) {
		return fmt.Errorf("%s belongs to somebody else than %s", list.Path, dir)
	}
	created, err := list.Hide(names)
	for _, path := range created {
		err = errors.Join(err, giveTo(path, filepath.Dir(path)))
	}
	return err
}

// show takes back what hide did: for all files, or for those that are gone.
func show(dir string, all bool) (list gitexclude.List, changed bool, err error) {
	list, inGit := excludeList(dir)
	if !inGit || foreign(list.Path, dir) {
		return list, false, nil
	}
	names := slices.DeleteFunc(hiddenNames(), func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
		return !all && err == nil
	})
	changed, err = list.Show(names)
	return list, changed, err
}

// ignoreData keeps a data folder out of the git status of the repository that it
// lies in, for as long as it lies there: records are not for git.
func ignoreData(data string) error {
	real, err := filepath.EvalSymlinks(data)
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	path := filepath.Join(data, ".gitignore")
	if _, inGit := gitexclude.Find(real, nil); !inGit {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	if err := writePrivate(path, []byte("*\n")); err != nil {
		return fmt.Errorf("keep the data folder out of git: %w", err)
	}
	return nil
}
