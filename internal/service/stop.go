package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// Grace is how long a collector has to end by itself.
const Grace = 10 * time.Second

// Stop ends the collector of a data folder and waits until its lock and its port
// are free. It returns the one that ran, or nil, and whether it had to be killed.
// Only the process that the lock's holder named is ever signalled.
func Stop(ctx context.Context, data string, grace time.Duration) (c *Collector, killed bool, err error) {
	c, err = named(ctx, data)
	if err != nil || c == nil {
		return nil, false, err
	}
	p, err := os.FindProcess(c.PID)
	if err != nil {
		return c, false, fmt.Errorf("find the collector's process %d: %w", c.PID, err)
	}
	defer p.Release()
	// Where the system has handles for processes, p is one from here on: if it
	// is still the one that has the lock, no other can be hit.
	if again, err := Find(data); err != nil || again == nil || again.PID != c.PID {
		return c, false, err
	}
	if err := terminate(p); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return c, false, fmt.Errorf("end the collector, process %d: %w", c.PID, err)
	}
	free, err := waitFree(ctx, data, grace)
	if err == nil && !free {
		killed = true
		if err := p.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return c, true, fmt.Errorf("kill the collector, process %d: %w", c.PID, err)
		}
		free, err = waitFree(ctx, data, Grace)
	}
	switch {
	case err != nil:
		return c, killed, err
	case !free:
		return c, killed, fmt.Errorf("the collector, process %d, was killed, and its lock %s is still held", c.PID, LockPath(data))
	}
	return c, killed, portFree(ctx, c.Address)
}

// named is Find, but gives a collector that has only just begun the time to say
// who it is.
func named(ctx context.Context, data string) (*Collector, error) {
	for until := time.Now().Add(5 * time.Second); ; {
		c, err := Find(data)
		if err != nil || c == nil || c.PID > 0 {
			return c, err
		}
		if time.Now().After(until) {
			return nil, fmt.Errorf("a process holds %s and does not say in %s who it is", LockPath(data), StatePath(data))
		}
		if err := pause(ctx, lockEvery); err != nil {
			return nil, err
		}
	}
}

// waitFree waits until nobody holds the lock, and reports whether that came.
func waitFree(ctx context.Context, data string, atMost time.Duration) (bool, error) {
	for until := time.Now().Add(atMost); ; {
		held, err := locked(LockPath(data))
		if err != nil || !held {
			return err == nil, err
		}
		if time.Now().After(until) {
			return false, nil
		}
		if err := pause(ctx, lockEvery); err != nil {
			return false, err
		}
	}
}

// portFree waits a moment until the address can be listened at again: of a process
// that was killed, the lock is free an instant before the port is.
func portFree(ctx context.Context, address string) error {
	if address == "" {
		return nil
	}
	for until := time.Now().Add(2 * time.Second); ; {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err == nil {
			return l.Close()
		}
		if time.Now().After(until) || pause(ctx, lockEvery) != nil {
			return fmt.Errorf("the collector has ended, but %s is in use: %w", address, err)
		}
	}
}
