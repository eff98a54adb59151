package collector

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// restEvery is how long nothing much must have happened before memory goes back
// to the system.
const restEvery = 10 * time.Second

// littleWork is how many bytes are allocated in that time by a collector that has
// next to nothing to do.
const littleWork = 4 << 20

// rest gives the memory that a burst of work took back to the system once it is
// over: the runtime alone keeps it for minutes. It returns when ctx ends.
func rest(ctx context.Context) {
	tick := time.NewTicker(restEvery)
	defer tick.Stop()
	last, busy := allocated(), true
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := allocated()
		quiet := now-last < littleWork
		if quiet && busy {
			debug.FreeOSMemory()
		}
		last, busy = now, !quiet
	}
}

// allocated is how many bytes have been allocated since the process began.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
