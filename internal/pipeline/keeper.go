package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

// keeper tends older segments: it compresses them, and removes what may go.
type keeper struct {
	p      *Pipeline
	mu     sync.Mutex
	status KeeperStatus
}

func (k *keeper) run(ctx context.Context) {
	tick := time.NewTicker(k.p.opts.Tend)
	defer tick.Stop()
	err := archive.Clean(journal.LogsDir(k.p.opts.Data))
	for {
		k.note(errors.Join(err, k.tend(ctx)))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			err = nil
		}
	}
}

func (k *keeper) note(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.p.opts.Now()
	k.status.LastRun, k.status.LastError = &now, ""
	if err != nil && !errors.Is(err, context.Canceled) {
		k.status.LastError = err.Error()
	}
}

// older is a segment that is no longer appended to.
type older struct {
	journal.Segment
	last  uint64    // its last record
	until time.Time // its records are older than this
}

// tend goes over the older segments once.
func (k *keeper) tend(ctx context.Context) error {
	passed, err := k.passed(ctx)
	if err != nil || passed == 0 {
		return err
	}
	segments, err := k.list(ctx, passed)
	if err != nil {
		return err
	}
	removed, err := k.retain(segments)
	if err != nil {
		return err
	}
	return k.compress(ctx, segments[removed:])
}

// passed is the last record that every sink has durably, and the check of the chain
// behind it.
func (k *keeper) passed(ctx context.Context) (uint64, error) {
	passed := k.p.chain.passed()
	for _, f := range k.p.feeds {
		c, err := f.sink.Cursor(ctx)
		if err != nil {
			return 0, fmt.Errorf("ask %s for its cursor: %w", f.sink.Name(), err)
		}
		passed = min(passed, c.Seq)
	}
	return passed, nil
}

// list lists the segments that are no longer appended to and that all have passed.
func (k *keeper) list(ctx context.Context, passed uint64) (list []older, err error) {
	segments, err := journal.Segments(k.p.opts.Data)
	if err != nil {
		return nil, err
	}
	open := journal.Opener(archive.Open)
	for i := 0; i+1 < len(segments) && ctx.Err() == nil; i++ {
		next := segments[i+1]
		if next.Active {
			if next.First, err = firstOf(next.Path); err != nil {
				return nil, err
			}
		}
		if segments[i].Active || next.First == 0 || next.First-1 > passed {
			break
		}
		until, err := open.FirstTime(next.Path)
		if err != nil {
			return nil, err
		}
		list = append(list, older{segments[i], next.First - 1, until})
	}
	return list, ctx.Err()
}

// firstOf is the number of the active segment's first record; 0 if it has none.
func firstOf(path string) (uint64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("open segment: %w", err)
	}
	defer func() { _ = f.Close() }()
	first, err := journal.FirstSeq(f)
	if errors.Is(err, io.EOF) {
		return 0, nil
	}
	return first, err
}

// retain removes what is too old or too much from the journal's beginning.
func (k *keeper) retain(segments []older) (removed int, err error) {
	o := &k.p.opts
	if o.RetainFor <= 0 && o.RetainBytes <= 0 {
		return 0, nil
	}
	all, err := journal.Segments(o.Data)
	if err != nil {
		return 0, err
	}
	var total int64
	for _, s := range all {
		total += s.Bytes
	}
	var through uint64
	for _, s := range segments {
		tooOld := o.RetainFor > 0 && !s.until.IsZero() && s.until.Before(o.Now().Add(-o.RetainFor))
		tooMuch := o.RetainBytes > 0 && total > o.RetainBytes
		if !tooOld && !tooMuch {
			break
		}
		through, total = s.last, total-s.Bytes
	}
	if through == 0 {
		return 0, nil
	}
	gone, err := o.Journal.Retain(through, archive.Open)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.status.Removed += int64(len(gone))
	if n := len(gone); n > 0 && n <= len(segments) {
		k.status.RetainedTo = segments[n-1].last
	}
	return len(gone), err
}

// compress compresses segments that are old enough, but not the newest older one,
// which an append may have to read.
func (k *keeper) compress(ctx context.Context, segments []older) error {
	all, err := journal.Segments(k.p.opts.Data)
	if err != nil || k.p.opts.CompressAfter < 0 {
		return err
	}
	var newest uint64
	for _, s := range all {
		newest = max(newest, s.First)
	}
	for _, s := range segments {
		young := s.until.IsZero() || s.until.After(k.p.opts.Now().Add(-k.p.opts.CompressAfter))
		if s.Compressed || s.First == newest || young {
			continue
		}
		if err := archive.Compress(ctx, s.Path); err != nil {
			return err
		}
		k.mu.Lock()
		k.status.Compressed++
		k.mu.Unlock()
	}
	return nil
}
