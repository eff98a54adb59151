package pipeline

import (
	"context"

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
	// anew. In a forged journal numbers may repeat or fall: records come as they lie.
	Put(ctx context.Context, batch []journal.Stored) error
	// Reset forgets everything: the journal does not bear the cursor out.
	Reset(ctx context.Context) error
}

// Healer is a sink that may find its data damaged while nothing is put. It is asked
// now and then; true says that it has begun anew, and Cursor where.
type Healer interface {
	Heal(ctx context.Context) (bool, error)
}

// Taker is a sink that keeps no cursor: what Put has taken without an error is
// durable in it, as far as it ever will be.
type Taker interface {
	Name() string
	Put(ctx context.Context, batch []journal.Stored) error
	Reset(ctx context.Context) error
}

// KeepCursor makes a sink of a taker. The pipeline writes its cursor, durably, to
// <data>/cursors/<name>.json behind each batch.
func KeepCursor(data string, t Taker) Sink {
	return &kept{Taker: t, path: cursorPath(data, t.Name())}
}

// passer is told when nothing of a batch is left to do, dead letters included.
type passer interface {
	pass(c journal.Cursor) error
}

type kept struct {
	Taker
	path string
}

func (k *kept) Cursor(context.Context) (journal.Cursor, error) {
	return readJSON[journal.Cursor](k.path)
}

func (k *kept) pass(c journal.Cursor) error { return writeJSON(k.path, c) }

func (k *kept) Reset(ctx context.Context) error {
	if err := k.Taker.Reset(ctx); err != nil {
		return err
	}
	return writeJSON(k.path, journal.Cursor{})
}
