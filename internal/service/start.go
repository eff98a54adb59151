package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Start says how to start a collector in the background.
type Start struct {
	Data    string
	Program string
	Args    []string
	Waiting func(*Collector) // called now and then until it is ready; may be nil
}

// Background is a collector that was started in the background.
type Background struct {
	start Start
	cmd   *exec.Cmd
	from  int64         // where in the log it began to write
	ended chan struct{} // closed when the process has ended
	err   error         // how, once ended is closed
}

// StartDetached starts a collector that outlives this process. Who then Waits
// hears whether it came up.
func StartDetached(s Start) (*Background, error) {
	data, err := filepath.Abs(s.Data)
	if err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	s.Data = data
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	log, err := os.OpenFile(LogPath(data), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the collector's log: %w", err)
	}
	defer log.Close()
	b := &Background{start: s, ended: make(chan struct{})}
	if b.from, err = log.Seek(0, io.SeekEnd); err != nil {
		return nil, fmt.Errorf("open the collector's log: %w", err)
	}
	b.cmd = exec.Command(s.Program, s.Args...)
	b.cmd.Dir = data // keeps no other folder busy
	b.cmd.Stdout, b.cmd.Stderr = log, log
	detach(b.cmd)
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the collector: %w", err)
	}
	go func() {
		b.err = b.cmd.Wait()
		close(b.ended)
	}()
	return b, nil
}

// PID is the process's.
func (b *Background) PID() int { return b.cmd.Process.Pid }

// readyEvery is how often Wait looks.
const readyEvery = 25 * time.Millisecond

// Wait returns the collector once it is ready. If it ends before, the error is
// what it said; if ctx ends, it goes on starting.
func (b *Background) Wait(ctx context.Context) (*Collector, error) {
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-b.ended:
			return nil, b.died()
		case <-tick.C:
		}
		c, err := Find(b.start.Data)
		if err != nil {
			return nil, err
		}
		if c == nil || c.PID != b.PID() {
			continue
		}
		if c.Ready {
			return c, nil
		}
		if b.start.Waiting != nil {
			b.start.Waiting(c)
		}
	}
}

// DiedError is the end of a collector that had only begun.
type DiedError struct {
	Said string // the end of what it wrote
	Err  error  // how it ended
}

func (e *DiedError) Error() string {
	if e.Said == "" {
		return fmt.Sprintf("the collector ended before it was ready: %v", e.Err)
	}
	return e.Said
}

func (e *DiedError) Unwrap() error { return e.Err }

func (b *Background) died() error {
	said, _ := tail(LogPath(b.start.Data), b.from)
	err := b.err
	if err == nil {
		err = errors.New("it ended by itself")
	}
	return &DiedError{Said: said, Err: err}
}

// saidBytes is how much of what a collector said is told.
const saidBytes = 4 << 10

// tail is the end of a file, but nothing from before the offset.
func tail(path string, from int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return "", err
	}
	if size < from { // the log began anew
		from = 0
	}
	text := make([]byte, min(size-from, saidBytes))
	n, err := f.ReadAt(text, size-int64(len(text)))
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimSpace(string(bytes.ToValidUTF8(text[:n], nil))), nil
}
