package journal

import (
	"os"
	"syscall"
)

// syncData makes a file's data and size durable. The call is a raw one: told of
// it, the scheduler would start another thread to run what there is not to run,
// which took the hook as long again as the disk.
func syncData(f *os.File) error {
	for {
		_, _, err := syscall.RawSyscall(syscall.SYS_FDATASYNC, f.Fd(), 0, 0)
		if err == 0 {
			return nil
		}
		if err != syscall.EINTR {
			return err
		}
	}
}

// syncRead is syncData for whoever has a scheduler that is to go on meanwhile.
func syncRead(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
