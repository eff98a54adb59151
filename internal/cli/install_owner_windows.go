package cli

import (
	"os"
	"os/user"
)

// giveTo has nothing to do: what an administrator makes, its folder's access list
// opens to the folder's user.
func giveTo(string, string) error { return nil }

// foreign is never so: an administrator's rights are those of the access lists.
func foreign(string, string) bool { return false }

// personOf is whose records a data folder holds.
func personOf(string) (uid int, name string) {
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return os.Getuid(), name
}

// ownerOf is not told here.
func ownerOf(string) (uid, gid int, ok bool) { return 0, 0, false }

// effectiveUser is who this process works as, where the system has numbers for users.
func effectiveUser() int { return -1 }
