package capture

import (
	"io"
	"sync/atomic"
	"time"
)

// guarded is a reader that is given up when one of its reads takes too long. The
// reads stay on the caller's goroutine: another one would cost a thread at every
// start of the hook.
type guarded struct {
	r     io.Reader
	state atomic.Int32
	timer *time.Timer
}

const (
	idle int32 = iota
	reading
	finished
	givenUp
)

// guard calls giveUp, on another goroutine, if a read is under way when the time
// is up. The caller's goroutine then stays in its read for good, so that giveUp
// has to itself whatever was made of the bytes read so far.
func guard(r io.Reader, after time.Duration, giveUp func()) *guarded {
	g := &guarded{r: r}
	g.timer = time.AfterFunc(after, func() {
		for g.state.Load() != finished {
			if g.state.CompareAndSwap(reading, givenUp) {
				giveUp()
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	return g
}

func (g *guarded) Read(p []byte) (int, error) {
	g.state.Store(reading)
	n, err := g.r.Read(p)
	if !g.state.CompareAndSwap(reading, idle) {
		select {}
	}
	return n, err
}

// done says that everything was read.
func (g *guarded) done() {
	g.state.Store(finished)
	g.timer.Stop()
}
