//go:build unix

package service

import (
	"os"
	"os/exec"
	"syscall"
)

// Kinds of lock.
const (
	shared    = syscall.LOCK_SH
	exclusive = syscall.LOCK_EX
)

// tryLock takes the lock if nobody has it. Closing the file gives it back.
func tryLock(f *os.File, kind int) (bool, error) {
	for {
		switch err := syscall.Flock(int(f.Fd()), kind|syscall.LOCK_NB); err {
		case syscall.EINTR:
		case syscall.EWOULDBLOCK:
			return false, nil
		default:
			return err == nil, err
		}
	}
}

// detach puts the process into a session of its own, which no terminal ends.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// terminate asks the process to end.
func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
