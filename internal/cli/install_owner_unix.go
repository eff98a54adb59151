//go:build unix

package cli

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// giveTo gives what root made to the owner of the folder it lies in, who could
// not use it otherwise.
func giveTo(path, folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, ok := ownerOf(folder)
	if !ok || uid == 0 {
		return nil
	}
	return os.Lchown(path, uid, gid)
}

// foreign reports whether root, at work in somebody's folder, would write a file
// that is not theirs: a link in there may lead anywhere.
func foreign(path, folder string) bool {
	if os.Geteuid() != 0 {
		return false
	}
	uid, _, known := ownerOf(path)
	for !known && filepath.Dir(path) != path {
		path = filepath.Dir(path)
		uid, _, known = ownerOf(path)
	}
	wanted, _, _ := ownerOf(folder)
	return uid != wanted
}

func ownerOf(path string) (uid, gid int, ok bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(stat.Uid), int(stat.Gid), true
}

// personOf is whose records a data folder holds: its owner's.
func personOf(data string) (uid int, name string) {
	uid, _, ok := ownerOf(data)
	if !ok {
		uid = os.Getuid()
	}
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		name = u.Username
	}
	return uid, name
}

// effectiveUser is who this process works as.
func effectiveUser() int { return os.Geteuid() }
