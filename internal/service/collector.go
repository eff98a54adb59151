// Package service keeps the collector as a process of its own: it says whether
// one runs for a data folder, starts one in the background, and ends it. The lock
// in the data folder is the only truth about that; the file beside it tells who
// holds it.
package service

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Collector is what a running collector says of itself.
type Collector struct {
	PID     int       `json:"pid"`
	Began   string    `json:"began,omitempty"` // when the system says that the process began; "" where it does not say
	Address string    `json:"address,omitempty"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	Ready   bool      `json:"ready"` // it has read what was in the journal when it started
}

// URL is where its API answers.
func (c *Collector) URL() string { return "http://" + c.Address }

// LockPath is the file whose lock a collector holds while it runs.
func LockPath(data string) string { return filepath.Join(data, "collector.lock") }

// StatePath is the file that tells who holds the lock. What it says counts only
// while the lock is held.
func StatePath(data string) string { return filepath.Join(data, "collector.json") }

// LogPath is where a detached collector writes.
func LogPath(data string) string { return filepath.Join(data, "collector.log") }

// ErrRunning says that a collector has the data folder already.
var ErrRunning = errors.New("a collector is running already")

// Find returns the collector that runs for a data folder, or nil. One that has
// only just taken the lock says nothing of itself yet.
func Find(data string) (*Collector, error) {
	held, err := locked(LockPath(data))
	if err != nil || !held {
		return nil, err
	}
	c, err := read(data)
	if err != nil || c.Began != "" && c.Began != began(c.PID) {
		return &Collector{}, nil // another's, left behind: the holder has not written its own yet
	}
	return c, nil
}

func read(data string) (*Collector, error) {
	text, err := os.ReadFile(StatePath(data))
	if err != nil {
		return nil, fmt.Errorf("read who runs the collector: %w", err)
	}
	c := new(Collector)
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("read %s: %w", StatePath(data), err)
	}
	return c, nil
}

// write replaces the file whole, so that a reader never sees half of it.
func write(data string, c *Collector) error {
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode who runs the collector: %w", err)
	}
	f, err := os.CreateTemp(data, ".collector-*.json")
	if err != nil {
		return fmt.Errorf("write who runs the collector: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), StatePath(data))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write who runs the collector: %w", err)
	}
	return nil
}
