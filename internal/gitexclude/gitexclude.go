// Package gitexclude keeps files of a project out of git status by info/exclude,
// the list that each repository has for itself and that nobody shares. It edits
// that list without running git, and takes out again exactly the lines that it
// put in: whatever others wrote there stays, to the byte.
package gitexclude

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// List is a repository's exclude list, as it serves one folder.
type List struct {
	Path string // of info/exclude, which need not exist

	prefix string   // of the folder's patterns: "/", or "/sub/folder/"
	names  []string // of all files that are ever hidden in a folder
}

// Find gives the list of the repository whose working tree dir, an absolute path
// with its links resolved, lies in. The names are those of all files that are ever
// hidden in a folder: relative to it, with slashes, without characters that mean
// something in a pattern. By them the lines of this package are known.
func Find(dir string, names []string) (List, bool) {
	root, common, ok := discover(dir)
	if !ok {
		return List{}, false
	}
	below, err := filepath.Rel(root, dir)
	if err != nil {
		return List{}, false
	}
	prefix := "/"
	if below != "." {
		prefix += escape(filepath.ToSlash(below)) + "/"
	}
	return List{Path: filepath.Join(common, "info", "exclude"), prefix: prefix, names: names}, true
}

// Hide adds a line for each of the names that has none. It returns the paths of
// what it created to that end: the list, and perhaps the folder it lies in.
func (l List) Hide(names []string) (created []string, err error) {
	if strings.Contains(l.prefix, "\n") {
		return nil, errors.New("no line of info/exclude can name a folder with a line break in its name")
	}
	info, err := os.Stat(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return l.create(insert("", l.patterns(names), l.own) + "\n")
	}
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(l.Path + " is not a file")
	}
	if err != nil {
		return nil, fmt.Errorf("look at git's exclude list: %w", err)
	}
	text, err := os.ReadFile(l.Path)
	if err != nil {
		return nil, fmt.Errorf("read git's exclude list: %w", err)
	}
	lines := split(string(text))
	missing := slices.DeleteFunc(l.patterns(names), func(p string) bool {
		return slices.ContainsFunc(lines, func(line string) bool { return bare(line) == p })
	})
	if len(missing) == 0 {
		return nil, nil
	}
	return nil, rewrite(l.Path, text, []byte(insert(string(text), missing, l.own)))
}

// Show takes out the lines that Hide added for the names. A list that Hide created
// goes with its last line, and so does the folder that this leaves empty.
func (l List) Show(names []string) (changed bool, err error) {
	info, err := os.Stat(l.Path)
	if err != nil || !info.Mode().IsRegular() {
		return false, nil // Hide has no lines in such a list
	}
	text, err := os.ReadFile(l.Path)
	if err != nil {
		return false, fmt.Errorf("read git's exclude list: %w", err)
	}
	rest := remove(string(text), l.patterns(names), l.own)
	switch {
	case rest == string(text):
		return false, nil
	case rest == "" && strings.HasSuffix(string(text), "\n"):
		if err := os.Remove(l.Path); err != nil {
			return false, fmt.Errorf("remove git's exclude list: %w", err)
		}
		_ = os.Remove(filepath.Dir(l.Path)) // unless it holds something else
		return true, nil
	}
	return true, rewrite(l.Path, text, []byte(rest))
}

func (l List) patterns(names []string) []string {
	patterns := make([]string, len(names))
	for i, name := range names {
		patterns[i] = l.prefix + name
	}
	return patterns
}

// own reports whether a line is one of this package's, be it for this folder or
// for another one.
func (l List) own(line string) bool {
	return strings.HasPrefix(line, "/") && slices.ContainsFunc(l.names, func(name string) bool {
		return strings.HasSuffix(line, "/"+name)
	})
}

// create writes a list where there is none, through no link.
func (l List) create(text string) (created []string, err error) {
	folder := filepath.Dir(l.Path)
	switch err := os.Mkdir(folder, 0o755); {
	case err == nil:
		created = append(created, folder)
	case !errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("create the folder of git's exclude list: %w", err)
	}
	file, err := os.OpenFile(l.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err == nil {
		created = append(created, l.Path)
		_, err = file.WriteString(text)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		for _, path := range slices.Backward(created) {
			err = errors.Join(err, os.Remove(path))
		}
		return nil, fmt.Errorf("create git's exclude list: %w", err)
	}
	return created, nil
}

// rewrite changes a list in its place, so that its mode, its owner and links to it
// stay. If that fails, it puts back what was there.
func rewrite(path string, before, after []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("edit git's exclude list: %w", err)
	}
	put := func(text []byte) error {
		if _, err := file.WriteAt(text, 0); err != nil {
			return err
		}
		return file.Truncate(int64(len(text)))
	}
	if err = put(after); err != nil {
		err = errors.Join(err, put(before))
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("edit git's exclude list %s: %w", path, err)
	}
	return nil
}
