//go:build !linux

package journal

import (
	"os"
	"runtime"
)

// syncData makes a file's data durable; on macOS that is F_FULLFSYNC.
func syncData(f *os.File) error { return f.Sync() }

// syncRead is syncData of a file open for reading. Windows cannot do that: what
// appends with "fsync" wait for has to do there.
func syncRead(f *os.File) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return f.Sync()
}
