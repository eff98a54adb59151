package pipeline

import (
	"context"

	"agent-telemetry/internal/journal"
)

// Taker is a sink that keeps no cursor: what Put has taken without an error is
// durable in it, as far as it ever will be.
type Taker interface {
	Name() string
	Put(ctx context.Context, batch []journal.Stored) error
	Reset(ctx context.Context) error
}

// KeepCursor makes a sink of a taker: its cursor is kept in
// <data>/cursors/<name>.json, and is durable when Put returns.
func KeepCursor(data string, t Taker) Sink { return &kept{Taker: t, data: data} }

type kept struct {
	Taker
	data string
}

func (k *kept) Cursor(context.Context) (journal.Cursor, error) { return journal.Cursor{}, nil }
