// Package pipeline carries the journal to sinks: each has its own reader and
// cursor, so that the journal is the queue and a slow sink holds up nobody. It
// checks the chain as it reads, and tends older segments: compresses them, and
// removes what may go.
package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"agent-telemetry/internal/journal"
)

// Options say what to run. The zero value of each means its default.
type Options struct {
	Data    string
	Sinks   []Sink
	Journal *journal.Journal // what the pipeline finds is appended to; required

	CompressAfter time.Duration // how old a segment is when it is compressed: a day; negative: never
	RetainFor     time.Duration // how old records may get; 0: any age
	RetainBytes   int64         // how much the journal's files may take up; 0: any size

	Poll  time.Duration    // 1 s; how often to look without being told
	Retry time.Duration    // 200 ms; the first wait before a batch is tried again
	Tend  time.Duration    // an hour; how often older segments are tended
	Now   func() time.Time // time.Now
}

// Pipeline runs the sinks of one journal.
type Pipeline struct {
	opts    Options
	watch   *watcher
	durable durability
	chain   *chain
	feeds   []*feed
	keeper  *keeper
}

// New makes a pipeline; Run runs it.
func New(opts Options) *Pipeline {
	opts.CompressAfter = cmp.Or(opts.CompressAfter, 24*time.Hour)
	opts.Poll = cmp.Or(opts.Poll, time.Second)
	opts.Retry = cmp.Or(opts.Retry, 200*time.Millisecond)
	opts.Tend = cmp.Or(opts.Tend, time.Hour)
	if opts.Now == nil {
		opts.Now = time.Now
	}
	p := &Pipeline{opts: opts, watch: newWatcher(journal.LogsDir(opts.Data), opts.Poll)}
	p.chain = newChain(p)
	for _, s := range opts.Sinks {
		p.feeds = append(p.feeds, newFeed(p, s))
	}
	p.keeper = &keeper{p: p}
	return p
}

// Run feeds all sinks until ctx ends, and returns when all its goroutines have.
// Its error says why it could not begin; whatever happens later is in Status. It
// is called once.
func (p *Pipeline) Run(ctx context.Context) error {
	if p.opts.Journal == nil {
		return errors.New("run the pipeline: it has no journal to append to")
	}
	if err := os.MkdirAll(journal.LogsDir(p.opts.Data), 0o700); err != nil {
		return fmt.Errorf("create the journal's folder: %w", err)
	}
	if err := p.chain.load(); err != nil {
		return err
	}
	for _, f := range p.feeds {
		if err := f.dead.load(); err != nil {
			return err
		}
	}
	var group sync.WaitGroup
	group.Go(func() { p.watch.run(ctx) })
	group.Go(func() { p.chain.run(ctx) })
	group.Go(func() { p.keeper.run(ctx) })
	for _, f := range p.feeds {
		group.Go(func() { f.run(ctx) })
	}
	group.Wait()
	return nil
}
