//go:build !unix

package settings

import "io/fs"

// keepOwner has nothing to do where a new file inherits from its folder.
func keepOwner(string, fs.FileInfo) error { return nil }

// syncFolder has nothing to do where a folder cannot be synced.
func syncFolder(string) error { return nil }
