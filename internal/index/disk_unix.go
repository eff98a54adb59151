//go:build unix

package index

import "golang.org/x/sys/unix"

// room is how many bytes a folder's disk has left; false if that is not known.
func room(dir string) (uint64, bool) {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
