package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

const (
	checkEvery = 10_000 // lines, after which ctx is asked and the place may be saved
	savePolls  = 5      // after how many polls the place is saved: so much is checked again after a crash
)

// chain checks every line of the journal once, and tells each fault once: it is a
// sink whose data are its cursor and the faults it knows.
type chain struct {
	p       *Pipeline
	path    string
	wake    <-chan struct{}
	reports chan journal.Fault // what other readers ran into
	checker *journal.Checker
	saved   time.Time
	dirty   bool

	mu      sync.Mutex
	book    book
	durable uint64 // the last record of the book as it was saved
	err     string
}

func newChain(p *Pipeline) *chain {
	return &chain{
		p: p, path: cursorPath(p.opts.Data, "chain"), wake: p.watch.subscribe(),
		reports: make(chan journal.Fault, 64),
	}
}

func (c *chain) load() (err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.book, err = readJSON[book](c.path); err != nil {
		return err
	}
	c.durable = c.book.State.Cursor.Seq
	c.checker = journal.NewChecker(c.book.State)
	return nil
}

// report hands in a fault that another reader met. So many at once are the same.
func (c *chain) report(f journal.Fault) {
	select {
	case c.reports <- f:
	default:
	}
}

func (c *chain) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := c.session(ctx)
		var lost *journal.CursorError
		if errors.As(err, &lost) {
			c.found(c.p.lostFault(lost))
			c.begin(journal.State{})
			err = c.save()
		}
		c.note(err)
		if err == nil || ctx.Err() != nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(c.p.opts.Poll):
		}
	}
	c.keep()
	c.note(c.save())
}

// session checks from where it stopped until ctx ends or reading fails.
func (c *chain) session(ctx context.Context) error {
	r, err := journal.NewReaderAt(c.p.opts.Data, c.checker.State.Cursor, archive.Open)
	if err != nil {
		return err
	}
	defer func() { r.Close() }()
	for n := 1; ctx.Err() == nil; n++ {
		line, err := r.Next()
		switch {
		case err == nil:
			c.line(line)
			if n%checkEvery != 0 {
				continue
			}
		case errors.Is(err, archive.ErrDamaged):
			c.found(unreadable(err))
			r.Skip()
			continue
		case !errors.Is(err, io.EOF):
			return err
		}
		if err := c.rest(err != nil); err != nil {
			return err
		}
		if err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-c.wake:
		}
	}
	return nil
}

func (c *chain) line(l *journal.Line) {
	for _, f := range c.checker.Check(l) {
		c.found(f)
	}
	if len(c.book.Untold) > 0 {
		c.met(l)
	}
	c.dirty = true
}

// rest finishes what was read: the end of it, or of the journal.
func (c *chain) rest(end bool) error {
	for _, f := range c.checker.Rest(end) {
		c.found(f)
	}
	for more := true; more; {
		select {
		case f := <-c.reports:
			c.found(f)
		default:
			more = false
		}
	}
	c.keep()
	if c.dirty && time.Since(c.saved) > savePolls*c.p.opts.Poll {
		if err := c.save(); err != nil {
			return err
		}
	}
	if end && len(c.book.Untold) > 0 {
		return c.tell()
	}
	return nil
}

// begin goes on from another state.
func (c *chain) begin(s journal.State) {
	c.checker = journal.NewChecker(s)
	c.keep()
}

// keep notes how far the check has come, for the status and the next save.
func (c *chain) keep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.book.State = c.checker.State
}

func (c *chain) save() error {
	if err := writeJSON(c.path, &c.book); err != nil {
		return err
	}
	c.saved, c.dirty = time.Now(), false
	c.mu.Lock()
	defer c.mu.Unlock()
	c.durable = c.book.State.Cursor.Seq
	return nil
}

func (c *chain) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = ""
	if err != nil {
		c.err = err.Error()
	}
}

func (c *chain) status() ChainStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ChainStatus{
		Intact: c.book.Faults == 0, Faults: c.book.Faults, First: slices.Clone(c.book.Known[:min(len(c.book.Known), showFaults)]),
		Seq: c.book.State.Cursor.Seq, Error: c.err,
	}
}

// passed is the last record that was checked and will not be again, whatever happens.
func (c *chain) passed() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.durable
}

// lostFault says as a fault of the chain that a cursor is not borne out.
func (p *Pipeline) lostFault(e *journal.CursorError) journal.Fault {
	f := journal.Fault{Kind: journal.Rewritten, File: e.Path, Seq: e.Cursor.Seq, Offset: e.Cursor.Offset, Detail: "had been read before: " + e.Detail}
	if e.Path == "" {
		f.File = journal.ActivePath(p.opts.Data)
	}
	if end, err := journal.ReadEnd(p.opts.Data); err == nil && end.Seq < e.Cursor.Seq {
		f.Kind, f.Seq = journal.Cut, end.Seq+1
		if f.Seq < e.Cursor.Seq {
			f.Last = e.Cursor.Seq
		}
		f.Detail = fmt.Sprintf("gone from the journal's end, though they had been read: %s", e.Detail)
	}
	return f
}

func unreadable(err error) journal.Fault {
	f := journal.Fault{Kind: journal.Unreadable, Detail: err.Error()}
	var where *archive.DamageError
	if errors.As(err, &where) {
		f.File, f.Detail = where.Path, where.Err.Error()
	}
	return f
}
