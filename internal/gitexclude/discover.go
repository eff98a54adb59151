package gitexclude

import (
	"os"
	"path/filepath"
	"strings"
)

// maxLink is more than a path that leads from one folder of git's to another has.
const maxLink = 1 << 16

// discover finds, from dir upwards as git does, the root of the working tree, and
// the folder that all working trees of the repository have in common.
func discover(dir string) (root, common string, ok bool) {
	for root = dir; ; root = filepath.Dir(root) {
		dotGit := filepath.Join(root, ".git")
		info, err := os.Stat(dotGit)
		switch {
		case err == nil && info.IsDir():
			if common, ok = commonFolder(dotGit); ok {
				return root, common, true
			}
		case err == nil:
			// A working tree elsewhere, or a submodule. Where the file leads
			// nowhere, git looks no further.
			gitDir, ok := linked(dotGit, "gitdir: ")
			if ok {
				common, ok = commonFolder(gitDir)
			}
			return root, common, ok
		}
		if filepath.Dir(root) == root {
			return "", "", false
		}
	}
}

// commonFolder follows a working tree's own git folder to the one that has the
// objects. It reports whether git would take the two for a repository.
func commonFolder(gitDir string) (common string, ok bool) {
	common, ok = linked(filepath.Join(gitDir, "commondir"), "")
	if !ok {
		common = gitDir
	}
	if _, err := os.Lstat(filepath.Join(gitDir, "HEAD")); err != nil {
		return "", false
	}
	return common, isFolder(filepath.Join(common, "objects")) && isFolder(filepath.Join(common, "refs"))
}

// linked reads the path that a file consists of, after a label. It is relative to
// the file's folder.
func linked(file, label string) (path string, ok bool) {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxLink {
		return "", false
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", false
	}
	path, ok = strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), label)
	if !ok || path == "" {
		return "", false
	}
	path = filepath.FromSlash(path)
	if !filepath.IsAbs(path) {
		path = filepath.Dir(file) + string(filepath.Separator) + path
	}
	path, err = filepath.EvalSymlinks(path) // which takes ".." for what it is behind a link
	return path, err == nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
