package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

const (
	maxRecords = 2000
	maxBytes   = 4 << 20
)

// batch is what a sink gets at once.
type batch struct {
	records []journal.Stored
	dead    []Letter       // records that nobody can read
	end     journal.Cursor // behind all of them
	bytes   int
	oldest  time.Time
}

func (b *batch) empty() bool { return b.end.Seq == 0 }
func (b *batch) full() bool  { return len(b.records)+len(b.dead) >= maxRecords || b.bytes >= maxBytes }

// add decodes a line. Lines that are no records are passed over: the check of the
// chain names them.
func (b *batch) add(l *journal.Line) {
	if l.Seq() == 0 {
		return
	}
	b.end = l.Cursor()
	b.bytes += len(l.Bytes)
	line := bytes.Clone(l.Bytes)
	record, err := decode(line, l.Seq())
	if err != nil {
		b.dead = append(b.dead, letterOf(line, b.end, err))
		return
	}
	if b.oldest.IsZero() {
		b.oldest = record.Timestamp
	}
	b.records = append(b.records, journal.Stored{Segment: l.Segment, Offset: l.Offset, Line: line, Hash: b.end.Hash, Record: record})
}

func decode(line []byte, seq uint64) (*event.Record, error) {
	r := new(event.Record)
	if err := json.Unmarshal(line, r); err != nil {
		return nil, fmt.Errorf("decode the record: %w", err)
	}
	if r.Seq != seq {
		return nil, fmt.Errorf("decode the record: it gives its number as %d and as %d", seq, r.Seq)
	}
	return r, nil
}

// reading hands batches out as they are read, until ctx ends or reading fails. One
// is filled while the one before is put; what is there is handed out at once, and
// only what is durable.
type reading struct {
	p    *Pipeline
	r    *journal.Reader
	out  chan *batch
	wake <-chan struct{}
}

func (g *reading) run(ctx context.Context) error {
	defer close(g.out)
	b := &batch{}
	for ctx.Err() == nil {
		line, err := g.r.Next()
		switch {
		case err == nil:
			if b.add(line); !b.full() {
				continue
			}
		case errors.Is(err, archive.ErrDamaged):
			g.p.chain.report(unreadable(err))
			g.r.Skip()
			continue
		case !errors.Is(err, io.EOF):
			return err
		}
		if b, err = g.hand(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// hand hands a batch out, or waits for more to fill it with while the sink is busy.
func (g *reading) hand(ctx context.Context, b *batch) (*batch, error) {
	out, wake := g.out, g.wake
	switch {
	case b.empty():
		out = nil
	case b.full():
		wake = nil
	}
	if out != nil {
		if err := g.p.durable.ensure(g.r, b.end); err != nil {
			return nil, err
		}
	}
	select {
	case <-ctx.Done():
	case <-wake:
	case out <- b:
		return &batch{}, nil
	}
	return b, nil
}
