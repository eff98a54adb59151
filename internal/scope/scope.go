// Package scope says where a project begins and ends: its root, the marker that switches recording on, and
// whether a path an action touches lies outside, and why. Paths are compared as they resolve, links included.
// It only ever looks at names (lstat, readlink) and opens nothing but settings files that are regular, so
// that neither a pipe nor a device can hold it up.
package scope

import (
	"os"
	"path/filepath"
)

// MarkerName is the file that switches recording on for a project.
const MarkerName = ".telemetry-enabled"

// Project is where an agent works.
type Project struct {
	Root   string // absolute
	Marker string // path of the marker found, "" when there is none
}

// Find gives the project of a session. projectDir, which the agent names, is the root if it is not empty;
// else it is the nearest folder from cwd upwards with a marker, else cwd itself.
func Find(projectDir, cwd string) Project {
	cwd = absolute(cwd)
	if projectDir != "" {
		if !filepath.IsAbs(projectDir) {
			projectDir = filepath.Join(cwd, projectDir)
		}
		root := filepath.Clean(projectDir)
		return Project{Root: root, Marker: marker(root)}
	}
	for dir := cwd; ; dir = filepath.Dir(dir) {
		if m := marker(dir); m != "" {
			return Project{Root: dir, Marker: m}
		}
		if filepath.Dir(dir) == dir {
			return Project{Root: cwd}
		}
	}
}

// marker looks in the three places where a project may keep it.
func marker(root string) string {
	for _, place := range [...]string{"", ".claude", "config"} {
		path := filepath.Join(root, place, MarkerName)
		if _, err := os.Lstat(path); err == nil {
			return path
		}
	}
	return ""
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return filepath.Clean(string(filepath.Separator) + dir) // this process's own folder is gone
}
