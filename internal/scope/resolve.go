package scope

import (
	"os"
	"path/filepath"
	"strings"
)

// maxLookups bounds how often one question may ask the file system, maxLinks how many links one path may hold.
const (
	maxLookups = 10_000
	maxLinks   = 40
)

// resolver follows links. It lives for one question, the operands of which mostly lie in the same folders: what it
// found there it does not look up again.
type resolver struct {
	lookups int
	found   map[string]entry
}

// entry is what lies at a path.
type entry struct {
	target string // of a link
	exists bool
}

// resolve gives the place that an absolute path leads to: links and `..` taken one element after the other,
// as the kernel does, up to the first element that does not exist; the rest is taken as it is written.
// exists tells whether all of it is there.
func (r *resolver) resolve(path string) (place string, exists bool) {
	volume := filepath.VolumeName(path)
	root := volume + string(filepath.Separator)
	place, exists = root, true
	rest := path[len(volume):]
	for links := 0; rest != ""; {
		var name string
		name, rest = cutElement(rest)
		switch name {
		case "", ".":
			continue
		case "..":
			place = filepath.Dir(place)
			continue
		}
		next := filepath.Join(place, name)
		target := ""
		if exists {
			target, exists = r.link(next)
		}
		if target == "" || links == maxLinks {
			place = next
			continue
		}
		links++
		if filepath.IsAbs(target) {
			place = root
		}
		rest = target + string(filepath.Separator) + rest
	}
	return place, exists
}

// link returns the target if path is a link, and whether there is anything at path.
func (r *resolver) link(path string) (target string, exists bool) {
	e, known := r.found[path]
	if !known {
		e.target, e.exists = r.lookUp(path)
		if r.found == nil {
			r.found = map[string]entry{}
		}
		r.found[path] = e
	}
	return e.target, e.exists
}

func (r *resolver) lookUp(path string) (target string, exists bool) {
	if r.lookups++; r.lookups > maxLookups {
		return "", false
	}
	info, err := os.Lstat(path)
	if err != nil {
		return "", false
	}
	if info.Mode()&os.ModeSymlink == 0 {
		return "", true
	}
	target, err = os.Readlink(path)
	if err != nil {
		return "", true
	}
	return target, true
}

func cutElement(path string) (name, rest string) {
	if i := strings.IndexFunc(path, isSeparator); i >= 0 {
		return path[:i], path[i+1:]
	}
	return path, ""
}

func isSeparator(c rune) bool { return c == '/' || c == filepath.Separator }

// below reports whether path is dir or lies in it; both are clean.
func below(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || isSeparator(rune(rest[0])) || isSeparator(rune(dir[len(dir)-1])))
}
