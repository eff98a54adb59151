package collector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"agent-telemetry/internal/index"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
	"agent-telemetry/internal/pipeline"
)

// sink is the index as the pipeline feeds it, and tells when it was begun anew.
type sink struct {
	*index.Index
	anew func()
}

// Put tells of an index that was found to be damaged.
func (s *sink) Put(ctx context.Context, batch []journal.Stored) error {
	err := s.Index.Put(ctx, batch)
	if errors.Is(err, index.ErrRewound) {
		s.anew()
	}
	return err
}

// Heal is called while nothing is put.
func (s *sink) Heal(ctx context.Context) (bool, error) {
	begun, err := s.Index.Heal(ctx)
	if begun {
		s.anew()
	}
	return begun, err
}

// Reset is called where the journal is another than the index was made of.
func (s *sink) Reset(ctx context.Context) error {
	s.anew()
	return s.Index.Reset(ctx)
}

// aim makes the journal's end what the index has to reach.
func (r *running) aim() error {
	head, err := journal.ReadEnd(r.Data)
	if err != nil {
		return fmt.Errorf("read the head of the journal in %s: %w", r.Data, err)
	}
	r.head = head
	return nil
}

// watch tells when all that was in the journal can be asked for, until ctx ends.
func (r *running) watch(ctx context.Context) error {
	for first := true; r.awaitCaughtUp(ctx); first = false {
		r.looker.ready.Store(true)
		r.looker.rebuilding.Store(false)
		if err := r.announce(true); err != nil {
			return err
		}
		if first && r.Ready != nil {
			r.Ready(r.health(ctx))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.rewound:
		}
		r.looker.ready.Store(false)
		if err := errors.Join(r.announce(false), r.aim()); err != nil {
			return err
		}
	}
	return nil
}

func (r *running) announce(ready bool) error {
	r.self.Ready = ready
	return r.lock.Announce(r.self)
}

// awaitCaughtUp reports whether the index caught up before ctx ended.
func (r *running) awaitCaughtUp(ctx context.Context) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !r.caughtUp() {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// caughtUp reports whether the index has what was in the journal, or has nothing
// left to read: a journal that was cut ends before its head says.
func (r *running) caughtUp() bool {
	head, seen := &r.head, r.index.Stats().Seen
	if seen.Seq >= head.Seq && (seen.Journal == head.Journal || head.Seq == 0) {
		return true
	}
	for _, s := range r.pipe.Status().Sinks {
		if s.Name == r.index.Name() {
			return s.State == pipeline.Running && s.Records > 0 && s.LagRecords == 0 && s.LagBytes == 0
		}
	}
	return false
}

// lockedFor is how long a command that has the index open is waited for: it may be
// making it anew from years of records.
const lockedFor = time.Hour

// openIndex opens the index, and waits for a command that has it open.
func (r *running) openIndex(ctx context.Context, lines *archive.Lines) (*index.Index, error) {
	opts := index.Options{Lines: lines, Damaged: func(why error) {
		r.looker.rebuilding.Store(true)
		r.Log.Warn("the index is damaged, and is being made again from the journal", "error", why)
	}}
	told := false
	for until := time.Now().Add(lockedFor); ; {
		x, err := index.Open(ctx, IndexPath(r.Data), opts)
		if !errors.Is(err, index.ErrLocked) || time.Now().After(until) {
			return x, err
		}
		if !told {
			told = true
			r.Log.Info("another command has the index open; waiting for it")
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// begunAnew has watch wait again until the index has caught up.
func (r *running) begunAnew() {
	r.looker.rebuilding.Store(true)
	select {
	case r.rewound <- struct{}{}:
	default:
	}
}
