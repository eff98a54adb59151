package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"

	"github.com/cenkalti/backoff/v5"
)

// maxWait is how long a sink that fails is left alone at most.
const maxWait = time.Minute

// errAgain says that reading begins anew at the sink's cursor, without a fault.
var errAgain = errors.New("the sink has begun anew")

// feed is one sink with its reader.
type feed struct {
	p    *Pipeline
	sink Sink
	dead deadLetters
	wake <-chan struct{}
	wait *backoff.ExponentialBackOff

	mu     sync.Mutex
	status SinkStatus
	oldest time.Time // of what is being put
}

func newFeed(p *Pipeline, s Sink) *feed {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = p.opts.Retry, maxWait
	return &feed{
		p: p, sink: s, wake: p.watch.subscribe(), wait: wait,
		dead:   deadLetters{path: filepath.Join(p.opts.Data, "dead-letter", s.Name()+".jsonl"), now: p.opts.Now},
		status: SinkStatus{Name: s.Name(), State: Running},
	}
}

// run feeds the sink until ctx ends. Whatever fails is tried again, for ever: what
// a sink has not taken stays in the journal.
func (f *feed) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := f.session(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := f.p.opts.Retry
		if !errors.Is(err, errAgain) {
			f.failed(err)
			wait = f.wait.NextBackOff()
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// session feeds the sink from its cursor on, until something fails.
func (f *feed) session(ctx context.Context) error {
	c, err := f.sink.Cursor(ctx)
	if err != nil {
		return fmt.Errorf("ask %s for its cursor: %w", f.sink.Name(), err)
	}
	f.at(c)
	r, err := journal.NewReaderAt(f.p.opts.Data, c, archive.Open)
	if err == nil {
		defer func() { r.Close() }()
		err = f.follow(ctx, r)
	}
	var lost *journal.CursorError
	if errors.As(err, &lost) {
		return f.rollBack(ctx, lost)
	}
	return err
}

// follow reads in one goroutine and puts in another.
func (f *feed) follow(ctx context.Context, r *journal.Reader) error {
	ctx, stop := context.WithCancel(ctx)
	g := &reading{p: f.p, r: r, out: make(chan *batch), wake: f.wake}
	failed := make(chan error, 1)
	go func() { failed <- g.run(ctx) }()
	err := f.putAll(ctx, g.out)
	stop()
	return errors.Join(err, <-failed)
}

// putAll puts what comes, and sees to the sink while nothing does.
func (f *feed) putAll(ctx context.Context, in <-chan *batch) error {
	tick := time.NewTicker(f.p.opts.Poll)
	defer tick.Stop()
	for {
		select {
		case b, ok := <-in:
			if !ok {
				return nil
			}
			if err := f.put(ctx, b); err != nil {
				return err
			}
		case <-tick.C:
			if err := f.heal(ctx); err != nil {
				return err
			}
		}
	}
}

func (f *feed) heal(ctx context.Context) error {
	h, ok := f.sink.(Healer)
	if !ok {
		return nil
	}
	anew, err := h.Heal(ctx)
	if err == nil && anew {
		err = errAgain
	}
	return err
}

// put sees one batch through: dead letters first, so that nothing is passed that is
// neither there nor in the sink.
func (f *feed) put(ctx context.Context, b *batch) error {
	f.began(b.oldest)
	if err := f.dead.put(b.dead); err != nil {
		return err
	}
	taken := 0
	for records := b.records; len(records) > 0; {
		err := f.sink.Put(ctx, records)
		if err == nil {
			taken += len(records)
			break
		}
		p, ok := refusal(err)
		if !ok {
			return err
		}
		if records, err = f.refuse(records, p); err != nil {
			return err
		}
	}
	if s, ok := f.sink.(passer); ok {
		if err := s.pass(b.end); err != nil {
			return err
		}
	}
	f.took(b.end, taken)
	return nil
}

// refuse writes what the sink refused to its dead letters and returns the rest.
func (f *feed) refuse(records []journal.Stored, p *PermanentError) (rest []journal.Stored, err error) {
	named := map[int]bool{}
	for _, i := range p.Refused {
		named[i] = true
	}
	var letters []Letter
	for i := range records {
		if s := &records[i]; len(named) == 0 || named[i] {
			letters = append(letters, letterOf(s.Line, s.Cursor(), p))
		} else {
			rest = append(rest, *s)
		}
	}
	if len(letters) == 0 {
		return nil, fmt.Errorf("the sink refused records that it was not given: %w", p.Err)
	}
	f.mu.Lock()
	f.said(p)
	f.mu.Unlock()
	return rest, f.dead.put(letters)
}

// rollBack begins at the journal's beginning, since the journal does not bear the
// sink's cursor out.
func (f *feed) rollBack(ctx context.Context, lost *journal.CursorError) error {
	f.mu.Lock()
	f.status.Resets++
	f.said(lost)
	f.mu.Unlock()
	f.p.chain.report(f.p.lostFault(lost))
	f.p.durable.forget()
	f.dead.forget()
	if err := f.sink.Reset(ctx); err != nil {
		return fmt.Errorf("begin %s anew: %w", f.sink.Name(), err)
	}
	return errAgain
}

// The rest keeps the status.

func (f *feed) at(c journal.Cursor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Cursor = c
}

func (f *feed) began(oldest time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.oldest = oldest
}

func (f *feed) took(c journal.Cursor, n int) {
	f.wait.Reset()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.State, f.status.Cursor, f.oldest = Running, c, time.Time{}
	f.status.Records += int64(n)
}

func (f *feed) failed(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.State = Retrying
	if errors.Is(err, syscall.ENOSPC) {
		f.status.State = Paused
	}
	f.status.Retries++
	f.said(err)
}

// said notes an error; the lock is held.
func (f *feed) said(err error) {
	now := f.p.opts.Now()
	f.status.LastError, f.status.LastErrorAt = err.Error(), &now
}
