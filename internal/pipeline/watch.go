package pipeline

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watcher wakes readers when the journal may have grown: when the system says so,
// and once a poll in any case, which is all there is where the system cannot.
type watcher struct {
	logs     string
	poll     time.Duration
	watching atomic.Bool

	mu       sync.Mutex
	sleepers []chan struct{}
}

func newWatcher(logs string, poll time.Duration) *watcher { return &watcher{logs: logs, poll: poll} }

// subscribe makes a channel that says that it is worth to look again.
func (w *watcher) subscribe() <-chan struct{} {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sleepers = append(w.sleepers, c)
	return c
}

func (w *watcher) wakeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.sleepers {
		select {
		case c <- struct{}{}:
		default: // it has yet to look since the last time
		}
	}
}

func (w *watcher) run(ctx context.Context) {
	tick := time.NewTicker(w.poll)
	defer tick.Stop()
	var events chan fsnotify.Event
	var errs chan error
	system, err := fsnotify.NewWatcher()
	if err == nil {
		defer func() { _ = system.Close() }()
		events, errs = system.Events, system.Errors
		w.add(system)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			if e.Name == w.logs {
				w.watching.Store(false) // the folder itself went away
			}
			if !strings.HasPrefix(filepath.Base(e.Name), "claude-telemetry") {
				continue
			}
		case <-errs: // events were lost: look
		case <-tick.C:
			if system != nil && !w.watching.Load() {
				w.add(system)
			}
		}
		w.wakeAll()
	}
}

func (w *watcher) add(system *fsnotify.Watcher) {
	w.watching.Store(system.Add(w.logs) == nil)
}
