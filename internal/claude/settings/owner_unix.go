//go:build unix

package settings

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file to the owner of the one it replaces, so that root,
// editing someone's settings, does not lock them out of their own file.
func keepOwner(path string, old fs.FileInfo) error {
	created, err := os.Stat(path)
	if err != nil {
		return err
	}
	was, ok := old.Sys().(*syscall.Stat_t)
	is, isToo := created.Sys().(*syscall.Stat_t)
	if !ok || !isToo || was.Uid == is.Uid && was.Gid == is.Gid {
		return nil
	}
	if err := os.Chown(path, int(was.Uid), int(was.Gid)); err != nil && os.Geteuid() == 0 {
		return err
	}
	return nil
}

// syncFolder makes a rename in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
