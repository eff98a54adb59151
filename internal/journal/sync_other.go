//go:build !linux

package journal

import "os"

// syncData makes a file's data durable; on macOS that is F_FULLFSYNC.
func syncData(f *os.File) error { return f.Sync() }
