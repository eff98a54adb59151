package enginetest

import (
	"context"
	"errors"

	"agent-telemetry/internal/query"
)

// Tail hands records to yield as they arrive.
func (m *Model) Tail(ctx context.Context, q query.TailQuery, yield func(*query.Entry) bool) error {
	release, err := m.ask(ctx, &q)
	if err != nil {
		return err
	}
	release()
	return m.tail(ctx, &q, yield)
}

func (m *Model) tail(ctx context.Context, q *query.TailQuery, yield func(*query.Entry) bool) error {
	m.mu.RLock()
	from, err := m.from(q.After)
	var last []*entry
	if q.After == (query.Key{}) {
		last = m.selected(q.Unit, &q.Filter)
		last = last[max(0, len(last)-q.Last):]
	}
	m.mu.RUnlock()
	if err != nil || !handOn(last, q.Raw, yield) {
		return err
	}
	for {
		list, n, more := m.since(from, q)
		if !handOn(list, q.Raw, yield) {
			return nil
		}
		from = n
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-more:
		}
	}
}

// handOn reports whether yield wants more.
func handOn(list []*entry, raw bool, yield func(*query.Entry) bool) bool {
	for _, e := range list {
		if shown := e.shown(raw); !yield(&shown) {
			return false
		}
	}
	return true
}

// since lists what has arrived from a place on, says where that ends, and gives what
// is closed when there is more.
func (m *Model) since(from int, q *query.TailQuery) (list []*entry, to int, more <-chan struct{}) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, a := range m.arrived[from:] {
		entries := a.actions
		if q.Unit == query.Records {
			entries = []*entry{a.record}
		}
		for _, e := range entries {
			if q.Match(e.Record) {
				list = append(list, e)
			}
		}
	}
	return list, len(m.arrived), m.more
}

// from is the place behind a record.
func (m *Model) from(after query.Key) (int, error) {
	if after == (query.Key{}) {
		return len(m.arrived), nil
	}
	place := -1
	for i, a := range m.arrived {
		if a.record.Metadata.Journal != after.Journal {
			continue
		}
		if place < 0 {
			place = i
		}
		if a.record.Seq <= after.Seq {
			place = i + 1
		}
	}
	if place < 0 {
		return 0, query.Bad("after", "no record of a journal %.60q", after.Journal)
	}
	return place, nil
}

// known lists what Tail hands on before it has to wait.
func (m *Model) known(q query.TailQuery) (list []query.Entry, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // which Tail looks at once it would wait
	take := func(e *query.Entry) bool {
		list = append(list, *e)
		return true
	}
	if err := q.Check(); err != nil {
		return nil, err
	}
	if err := m.tail(ctx, &q, take); !errors.Is(err, context.Canceled) {
		return nil, err
	}
	return list, nil
}
