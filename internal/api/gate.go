package api

import "context"

// gate lets so many through at once.
type gate chan struct{}

func newGate(n int) gate { return make(gate, n) }

// enter reports whether there was room; leave has to follow if so.
func (g gate) enter() bool {
	select {
	case g <- struct{}{}:
		return true
	default:
		return false
	}
}

// wait is enter that waits for room as long as ctx lasts.
func (g gate) wait(ctx context.Context) bool {
	select {
	case g <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (g gate) leave() { <-g }

func (g gate) inside() int { return len(g) }
