package collector

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/pipeline"
)

// looker keeps what of the health is not to be had in an instant.
type looker struct {
	ready      atomic.Bool
	rebuilding atomic.Bool

	mu    sync.Mutex
	at    time.Time  // when slow was looked up
	slow  api.Health // its journal, disk and hook
	found map[journal.Kind]map[uint64]time.Time
}

// lookEvery is how old what the disk tells may be.
const lookEvery = time.Second

// health tells how the collector is.
func (r *running) health(context.Context) api.Health {
	h := r.looker.disk(r.Data)
	headOf(r.Data, &h.Journal)
	status, stats := r.pipe.Status(), r.index.Stats()
	h.Version, h.Started, h.Ready = r.Version, r.self.Started, r.looker.ready.Load()
	h.Index = api.IndexHealth{
		Records: stats.Records, Bytes: stats.Bytes, Blocks: int64(stats.Blocks), Seq: stats.Seen.Seq, Durable: stats.Sealed.Seq,
		Rebuilding: r.looker.rebuilding.Load(),
	}
	h.Chain = r.looker.chain(&status.Chain)
	for i := range status.Sinks {
		h.Sinks = append(h.Sinks, sinkHealth(&status.Sinks[i]))
	}
	h.Problems = problems(&h, &status)
	switch {
	case len(h.Problems) > 0:
		h.Status = api.Degraded
	case !h.Ready:
		h.Status = api.Starting
	default:
		h.Status = api.OK
	}
	return h
}

func (l *looker) disk(data string) api.Health {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.at) > lookEvery {
		l.slow, l.at = Look(data), now
	}
	return l.slow
}

// chain tells of each break when it was first told of.
func (l *looker) chain(c *pipeline.ChainStatus) api.ChainHealth {
	h := api.ChainHealth{State: api.Whole, Seq: c.Seq, Breaks: c.Faults, Last: []api.ChainBreak{}}
	switch {
	case c.Faults > 0 || !c.Intact && c.Seq > 0:
		h.State = api.Broken
	case c.Seq == 0:
		h.State = api.Unchecked
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.found == nil {
		l.found = map[journal.Kind]map[uint64]time.Time{}
	}
	for i := range c.First {
		f := &c.First[i]
		if l.found[f.Kind] == nil {
			l.found[f.Kind] = map[uint64]time.Time{}
		}
		at, ok := l.found[f.Kind][f.Seq]
		if !ok {
			at = time.Now()
			l.found[f.Kind][f.Seq] = at
		}
		h.Last = append(h.Last, api.ChainBreak{Seq: f.Seq, Found: at, Problem: f.String()})
	}
	slices.Reverse(h.Last)
	return h
}

func sinkHealth(s *pipeline.SinkStatus) api.SinkHealth {
	h := api.SinkHealth{
		Name: s.Name, State: api.SinkState(s.State), Seq: s.Cursor.Seq, Lag: s.LagRecords, LagSeconds: s.LagSeconds,
		Delivered: uint64(s.Records), Retries: uint64(s.Retries), DeadLetters: uint64(s.DeadLetters),
	}
	if s.State != pipeline.Running {
		h.Error, h.Since = s.LastError, s.LastErrorAt
	}
	return h
}

// What is worth a warning.
const (
	lagging   = time.Minute
	fewBytes  = 1 << 30 // of room on the disk
	someBytes = 64 << 20
)

// problems are what somebody should look at, the gravest first.
func problems(h *api.Health, status *pipeline.Status) (list []string) {
	list = []string{}
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if h.Chain.State == api.Broken {
		say("The journal's chain is BROKEN, in %d %s: 'agent-telemetry verify' names each.", h.Chain.Breaks, places(h.Chain.Breaks))
	}
	if status.Chain.Error != "" {
		say("The journal's chain cannot be checked: %s.", status.Chain.Error)
	}
	for i := range h.Sinks {
		s := &h.Sinks[i]
		switch {
		case s.State != api.Running:
			say("The sink %s is %s at record %d: %s.", s.Name, s.State, s.Seq, s.Error)
		case h.Ready && s.LagSeconds > lagging.Seconds():
			say("The sink %s is %s behind the journal.", s.Name, time.Duration(s.LagSeconds*float64(time.Second)).Round(time.Second))
		}
	}
	return append(list, alwaysProblems(h, status.Keeper.LastError)...)
}

func places(n int64) string {
	if n == 1 {
		return "place"
	}
	return "places"
}

// alwaysProblems are those that show without a collector, too.
func alwaysProblems(h *api.Health, keeping string) (list []string) {
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	switch {
	case h.Disk.Total > 0 && h.Disk.Free < someBytes:
		say("The disk is full but for %d MB: records may be lost.", h.Disk.Free>>20)
	case h.Disk.Total > 0 && h.Disk.Free < fewBytes && h.Disk.Free < h.Disk.Total/20:
		say("The disk has only %d MB left.", h.Disk.Free>>20)
	}
	for _, s := range h.Sinks {
		if s.DeadLetters > 0 {
			say("%d %s refused by %s: they are in dead-letter/%s.jsonl.", s.DeadLetters, recordsWere(s.DeadLetters), s.Name, s.Name)
		}
	}
	if h.Hook.Errors > 0 {
		say("The hook complained, lines: %d, the last: %s. 'agent-telemetry doctor' shows what to do.", h.Hook.Errors, h.Hook.LastError)
	}
	if keeping != "" {
		say("Older segments could not be tended: %s.", keeping)
	}
	return list
}

func recordsWere(n uint64) string {
	if n == 1 {
		return "record was"
	}
	return "records were"
}
