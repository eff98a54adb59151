package scope

import (
	"path/filepath"
	"strings"
)

// DefaultAllow lists the folders agents use in the course of their work: the temp folders (temps may hold ""),
// and Claude Code's stored tool results and plans.
func DefaultAllow(home, claudeConfigDir string, temps ...string) []string {
	if claudeConfigDir == "" && home != "" {
		claudeConfigDir = filepath.Join(home, ".claude")
	}
	allow := []string{"/tmp"}
	for _, dir := range temps {
		dir = filepath.Clean(dir)
		if isRoot := filepath.Dir(dir) == dir; filepath.IsAbs(dir) && !isRoot && dir != "/tmp" {
			allow = append(allow, dir)
		}
	}
	if claudeConfigDir != "" {
		allow = append(allow,
			filepath.Join(claudeConfigDir, "projects", "*", "*", "tool-results"),
			filepath.Join(claudeConfigDir, "plans"))
	}
	return allow
}

// allows reports whether a resolved path lies below an allowed folder.
func (q *question) allows(place string) bool {
	if q.anyOf(q.Allow, place) {
		return true
	}
	return q.More != nil && q.anyOf(q.More(), place)
}

// anyOf holds a path against folders. Their fixed beginning is resolved as the path was; where a `*` stands,
// any one element may.
func (q *question) anyOf(folders []string, place string) bool {
	const sep = string(filepath.Separator)
	for _, folder := range folders {
		folder = expandHome(folder, q.Home)
		if !filepath.IsAbs(folder) {
			continue
		}
		fixed, rest, wild := strings.Cut(filepath.Clean(folder)+sep, sep+"*"+sep)
		dir, _ := q.resolve(fixed)
		if below(place, dir) && (!wild || matches(split(place[len(dir):]), split("*"+sep+rest))) {
			return true
		}
	}
	return false
}

// matches reports whether the elements begin as the pattern says.
func matches(elements, pattern []string) bool {
	if len(elements) < len(pattern) {
		return false
	}
	for i, p := range pattern {
		if p != "*" && p != elements[i] {
			return false
		}
	}
	return true
}

func split(path string) []string { return strings.FieldsFunc(path, isSeparator) }
