//go:build unix

package capture

import (
	"errors"
	"os"
	"syscall"
)

// openOwn opens a file for appending if it is a regular one of this user's.
func openOwn(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) == os.Getuid() {
			return f, nil
		}
	}
	_ = f.Close()
	return nil, errors.New("not a regular file of this user's")
}
