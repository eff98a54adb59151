package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Lock is the right to be a data folder's collector. The system takes it back
// when the process ends, however it ends.
type Lock struct {
	data string
	file *os.File
}

// Who looks whether the lock is held has it for an instant itself, so taking it
// is tried for a moment.
const (
	lockWait  = time.Second
	lockEvery = 20 * time.Millisecond
)

// Hold takes the lock, and makes the data folder if need be. ErrRunning says that
// another process has it.
func Hold(ctx context.Context, data string) (*Lock, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	f, err := os.OpenFile(LockPath(data), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the collector's lock: %w", err)
	}
	for until := time.Now().Add(lockWait); ; {
		ok, err := tryLock(f, exclusive)
		switch {
		case err != nil:
			_ = f.Close()
			return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
		case ok:
			_ = os.Remove(StatePath(data)) // of one that was killed
			return &Lock{data: data, file: f}, nil
		case time.Now().After(until) || pause(ctx, lockEvery) != nil:
			_ = f.Close()
			return nil, ErrRunning
		}
	}
}

// Announce tells everybody who holds the lock. PID and Began are filled in.
func (l *Lock) Announce(c Collector) error {
	c.PID = os.Getpid()
	c.Began = began(c.PID)
	return write(l.data, &c)
}

// Release gives the lock back.
func (l *Lock) Release() error {
	err := os.Remove(StatePath(l.data))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.file.Close())
}

// locked reports whether a collector holds the lock.
func locked(path string) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look whether a collector runs: %w", err)
	}
	defer f.Close()
	free, err := tryLock(f, shared)
	if err != nil {
		return false, fmt.Errorf("look whether a collector runs: lock %s: %w", path, err)
	}
	return !free, nil
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
