package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"agent-telemetry/internal/plainfile"
)

var errBusy = errors.New("the journal's lock is held by another process")

// acquire opens and locks journal.lock. Closing the file unlocks it. It returns
// errBusy if the lock is not had within wait.
func acquire(logs string, wait time.Duration) (*os.File, error) {
	path := filepath.Join(logs, "journal.lock")
	f, err := plainfile.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	ok, err := tryLock(f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if ok {
		return f, nil
	}
	return waitForLock(f, wait)
}

// waitForLock blocks in the kernel's queue, which is fair and wakes at once. A
// wait that is given up goes on behind the caller's back and lets go when it ends.
func waitForLock(f *os.File, wait time.Duration) (*os.File, error) {
	got := make(chan error, 1)
	go func() { got <- blockingLock(f) }()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case err := <-got:
		if err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
		}
		return f, nil
	case <-timer.C:
		go func() {
			<-got
			_ = f.Close()
		}()
		return nil, errBusy
	}
}
