package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"agent-telemetry/internal/service"
)

// ticks is how many of its units of time Linux counts a second.
const ticks = 100

// cpuTime is how much processor time a process has had; 0 where that is not known.
func cpuTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	return cpuTimeOf(text)
}

// cpuTimeOf reads the times in user mode and in the system. The name, in
// parentheses, may itself hold any character.
func cpuTimeOf(stat []byte) time.Duration {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	user, err1 := strconv.ParseInt(string(fields[11]), 10, 64)
	system, err2 := strconv.ParseInt(string(fields[12]), 10, 64)
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * time.Second / ticks
}

// watcher follows how much memory of its own a process has.
type watcher struct {
	most  atomic.Int64
	ended chan struct{}
	wait  sync.WaitGroup
}

func watch(pid int) *watcher {
	w := &watcher{ended: make(chan struct{})}
	w.wait.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			w.most.Store(max(w.most.Load(), service.RSS(pid)))
			select {
			case <-w.ended:
				return
			case <-tick.C:
			}
		}
	})
	return w
}

// take returns the most there was since it was last taken.
func (w *watcher) take() int64 { return w.most.Swap(0) }

func (w *watcher) stop() {
	close(w.ended)
	w.wait.Wait()
}
