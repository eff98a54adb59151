package journal

import (
	"os"
	"syscall"
)

// syncData makes a file's data and size durable.
func syncData(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); err != syscall.EINTR {
			return err
		}
	}
}
