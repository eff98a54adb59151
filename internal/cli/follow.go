package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/service"
)

const (
	pollEvery = 50 * time.Millisecond
	tailBytes = 1 << 20 // where a tail looks for its first lines
)

// tail follows what the collector tells, or without one the journal itself. Where
// the collector ends meanwhile, the journal goes on from there.
func (a *app) tail(ctx context.Context, f query.Filter, s sink, lines int) error {
	c, err := a.collector(ctx)
	if err != nil {
		return err
	}
	if c == nil {
		return a.follow(ctx, a.journalFolder(), f, s, lines, 0)
	}
	defer c.Close()
	seen, err := a.followEngine(ctx, c, f, s, lines)
	if err == nil || ctx.Err() != nil || a.addrFlag != "" || errors.Is(err, errShown) {
		return err
	}
	fmt.Fprintf(a.err, "The collector does not answer any more (%s); reading on from the journal itself.\n", cleanLines(err.Error()))
	if seen > 0 {
		lines = 0
	}
	return a.follow(ctx, a.journalFolder(), f, s, lines, seen)
}

// errShown says that what was found could not be shown.
var errShown = errors.New("could not be shown")

// follow shows the last records that the filter selects, then those that come,
// until ctx ends. Records up to the given number count as shown.
func (a *app) follow(ctx context.Context, data string, f query.Filter, s sink, lines int, seen uint64) error {
	r, err := journal.NewTailReader(data, tailBytes, archive.Open)
	if err != nil {
		return fmt.Errorf("read the journal in %s: %w", data, err)
	}
	defer r.Close()
	p := &picker{f: f}
	if err := showLast(r, p, s, lines, seen); err != nil {
		return err
	}
	var failed error
	err = r.Follow(ctx, pollEvery, func(l *journal.Line) bool {
		if c, ok := pickLine(p, l); ok {
			failed = s.put(c)
		}
		return failed == nil
	}, func() bool {
		failed = s.idle(a.now())
		return failed == nil
	})
	return errors.Join(err, failed)
}

// showLast shows the last few of what there is, or what is behind seen.
func showLast(r *journal.Reader, p *picker, s sink, n int, seen uint64) error {
	last := newest{n: n}
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			return putAll(s, last.list())
		}
		if err != nil {
			return err
		}
		c, ok := pickLine(p, l)
		switch {
		case !ok:
		case seen == 0:
			last.add(c)
		case c.record.Seq > seen:
			if err := s.put(c); err != nil {
				return err
			}
		}
	}
}

// followEngine is follow over an engine. It asks for every record, and chooses by
// itself: a batch is to be shown for what it tells of calls that the filter
// selects. It returns the last record's number.
func (a *app) followEngine(ctx context.Context, engine query.Engine, f query.Filter, s sink, lines int) (uint64, error) {
	page, err := engine.Events(ctx, query.EventsQuery{Page: query.Page{Limit: query.MaxLimit}, Raw: true})
	if err != nil {
		return 0, err
	}
	p, last, after := &picker{f: f}, newest{n: lines}, query.Key{}
	for i := len(page.Entries) - 1; i >= 0; i-- {
		e := &page.Entries[i]
		after = e.Key()
		if c, ok, err := pickEntry(p, e); err != nil {
			return 0, err
		} else if ok {
			last.add(c)
		}
	}
	if err := putAll(s, last.list()); err != nil {
		return 0, errors.Join(errShown, err)
	}
	return a.live(ctx, engine, query.TailQuery{After: after, Raw: true}, p, s)
}

// live shows what the engine's tail hands out, and lets the sink know of pauses.
func (a *app) live(ctx context.Context, engine query.Engine, q query.TailQuery, p *picker, s sink) (uint64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	arrived, ended := make(chan query.Entry), make(chan error, 1)
	go func() {
		ended <- engine.Tail(ctx, q, func(e *query.Entry) bool {
			select {
			case arrived <- *e:
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	tick, look := time.NewTicker(pollEvery), time.NewTicker(lookEvery)
	defer tick.Stop()
	defer look.Stop()
	gone := a.collectorGone()
	seen := q.After.Seq
	var err error
	for {
		select {
		case err := <-ended:
			switch {
			case ctx.Err() != nil:
				err = nil
			case err == nil:
				err = errors.New("it ended the stream")
			}
			return seen, err
		case e := <-arrived:
			var c chosen
			var ok bool
			if c, ok, err = pickEntry(p, &e); ok && err == nil {
				err = s.put(c)
			}
			seen = e.Seq
		case <-tick.C:
			err = s.idle(a.now())
		case <-look.C:
			if gone() { // the engine would wait for it to come again
				cancel()
				<-ended
				return seen, errors.New("it has ended")
			}
		}
		if err != nil {
			cancel()
			<-ended
			return seen, errors.Join(errShown, err)
		}
	}
}

// lookEvery is how often a tail looks whether the collector still runs.
const lookEvery = time.Second

// collectorGone returns what tells whether the collector that runs has ended. Of
// one that --addr names, only its answers can tell.
func (a *app) collectorGone() func() bool {
	found, err := service.Find(a.journalFolder())
	if a.addrFlag != "" || err != nil || found == nil {
		return func() bool { return false }
	}
	return func() bool {
		c, err := service.Find(a.journalFolder())
		return err == nil && (c == nil || c.PID != found.PID)
	}
}

func pickEntry(p *picker, e *query.Entry) (chosen, bool, error) {
	c, err := choose(e)
	if err != nil {
		return c, false, err
	}
	c, ok := p.pick(c.line, c.record)
	return c, ok, nil
}
