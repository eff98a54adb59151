// Package pipeline carries the journal to sinks: each has its own reader and
// cursor, so that the journal is the queue and a slow sink holds up nobody. It
// checks the chain as it reads, and tends older segments: compresses them, and
// removes what may go.
package pipeline

import (
	"context"
	"time"

	"agent-telemetry/internal/journal"
)

// Sink takes the journal's records, in order and each at least once. Its methods
// are called from one goroutine at a time, but for Cursor, which is called from
// any.
type Sink interface {
	Name() string
	// Cursor is how far the sink has got durably, where it keeps that itself, with
	// its data. KeepCursor makes a sink of one that does not.
	Cursor(ctx context.Context) (journal.Cursor, error)
	// Put takes records in order: those behind the cursor, and then on. They are
	// durable in the sink once Cursor says so. An error means that none of them need
	// be there, and that the same ones come again; Permanent makes one that says which
	// of them never will be. After any other error the pipeline asks for Cursor again
	// and goes on from there, since a sink that found its data damaged may have begun
	// anew (index.ErrRewound: at once, without waiting). In a forged journal numbers may repeat or fall: records
	// come as they lie.
	Put(ctx context.Context, batch []journal.Stored) error
	// Reset forgets everything: the journal does not bear the cursor out.
	Reset(ctx context.Context) error
}

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
	opts Options
}

// New makes a pipeline; Run runs it.
func New(opts Options) *Pipeline { return &Pipeline{opts: opts} }

// Run feeds all sinks until ctx ends, and returns when all its goroutines have.
// Its error says why it could not begin; whatever happens later is in Status.
func (p *Pipeline) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Status tells how all is going. It is cheap, and safe to call at any time.
func (p *Pipeline) Status() Status { return Status{} }
