package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"

	"agent-telemetry/internal/query"
)

// Tail hands records to yield as they arrive.
func (x *Index) Tail(ctx context.Context, q query.TailQuery, yield func(*query.Entry) bool) (err error) {
	defer func() { err = x.note(err) }()
	if err := q.Check(); err != nil {
		return err
	}
	t := &tailer{x: x, q: &q, yield: yield}
	if err := t.begin(ctx); err != nil || t.done {
		return err
	}
	for {
		x.mu.RLock()
		arrived := x.arrived
		x.mu.RUnlock()
		if err := t.step(ctx); err != nil || t.done {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-arrived:
		}
	}
}

// tailer hands on what comes behind a place in the order of arrival.
type tailer struct {
	x     *Index
	q     *query.TailQuery
	yield func(*query.Entry) bool
	done  bool // yield wants no more

	block int64 // everything in blocks before this has been handed on
	rows  int   // and so many rows of it
}

// begin hands on the last ones, and finds where to go on.
func (t *tailer) begin(ctx context.Context) error {
	v, release, err := t.x.view(ctx)
	if err != nil {
		return err
	}
	defer release()
	t.block, t.rows = v.end()
	if t.q.After != (query.Key{}) {
		t.block, t.rows, err = v.behind(t.q.After)
		return err
	}
	if t.q.Last == 0 {
		return nil
	}
	m, err := v.compile(t.q.Filter, t.q.Unit)
	if err != nil {
		return err
	}
	refs, _, err := v.list(m, query.Page{Limit: t.q.Last})
	if err != nil {
		return err
	}
	entries, err := v.entries(refs, t.q.Raw)
	for i := len(entries) - 1; i >= 0 && err == nil && !t.done; i-- {
		t.done = !t.yield(&entries[i])
	}
	return err
}

// behind is the place behind a record in the order of arrival. Of one that is no
// longer there, or never was, it is where it would be.
func (v *view) behind(key query.Key) (block int64, rows int, err error) {
	id, known := v.x.values[dimJournal].known(key.Journal)
	if !known {
		return 0, 0, query.Bad("after", "no record of a journal %.60q", key.Journal)
	}
	for _, b := range v.arrived() {
		switch {
		case b.journal != id:
		case b.lastSeq <= key.Seq:
			block, rows = b.id, b.rows
		case b.firstSeq > key.Seq:
			if block == 0 {
				block = b.id
			}
		default:
			seqs, err := v.int(b, intSeq)
			if err != nil {
				return 0, 0, err
			}
			block, rows = b.id, sort.Search(len(seqs), func(i int) bool { return uint64(seqs[i]) > key.Seq })
		}
	}
	return block, rows, nil
}

// arrived lists the blocks in order of arrival.
func (v *view) arrived() (list []*block) {
	for _, g := range v.groups {
		list = append(list, g...)
	}
	slices.SortFunc(list, func(a, b *block) int { return cmp.Compare(a.id, b.id) })
	return list
}

// end is behind the last row.
func (v *view) end() (block int64, rows int) {
	block = v.x.nextBlock
	for _, g := range v.groups {
		for _, b := range g {
			if b.head != nil {
				rows = b.rows
			}
		}
	}
	return block, rows
}

// step hands on what has arrived, a stretch at a time, so that a slow reader holds
// up nobody.
func (t *tailer) step(ctx context.Context) error {
	for !t.done {
		list, more, err := t.read(ctx)
		if err != nil {
			return err
		}
		for i := range list {
			if t.done = !t.yield(&list[i]); t.done {
				return nil
			}
		}
		if !more {
			return nil
		}
	}
	return nil
}

// tailRows is how many rows are looked at in a stretch.
const tailRows = 512

// read reads the next rows; more tells that there may be others behind them.
func (t *tailer) read(ctx context.Context) (list []query.Entry, more bool, err error) {
	v, release, err := t.x.view(ctx)
	if err != nil {
		return nil, false, err
	}
	defer release()
	b := v.blockFrom(t.block)
	if b == nil {
		return nil, false, nil
	}
	if b.id > t.block {
		t.block, t.rows = b.id, 0
	}
	from, to := t.rows, min(b.rows, t.rows+tailRows)
	if from < to {
		if list, err = v.rowsBetween(b, from, to, t.q); err != nil {
			return nil, false, fmt.Errorf("read what arrived: %w", err)
		}
	}
	t.rows = to
	if more = to < b.rows; !more && b.head == nil {
		t.block, t.rows, more = b.id+1, 0, true
	}
	return list, more, nil
}

// blockFrom returns the first block whose id is at least that.
func (v *view) blockFrom(id int64) (first *block) {
	for i := len(v.groups) - 1; i >= 0; i-- {
		for _, b := range v.groups[i] {
			if b.id >= id && (first == nil || b.id < first.id) {
				first = b
			}
		}
	}
	return first
}

// rowsBetween reads the rows of a stretch that a question selects.
func (v *view) rowsBetween(b *block, from, to int, q *query.TailQuery) ([]query.Entry, error) {
	m, err := v.compile(q.Filter, q.Unit)
	if err != nil {
		return nil, err
	}
	m.match = "" // these rows are few
	sel, err := m.selects(v, b)
	if err == nil {
		err = m.ofUnit(v, b, &sel)
	}
	if err != nil || sel.none() {
		return nil, err
	}
	at, err := v.orders(b)
	if err != nil {
		return nil, err
	}
	rd := &rowReader{view: v, b: b}
	if err := rd.load(); err != nil {
		return nil, err
	}
	var list []query.Entry
	for i := from; i < to; i++ {
		if !sel.has(i) {
			continue
		}
		t, err := rd.texts(i)
		if err != nil {
			return nil, err
		}
		if !m.matchTexts(t) {
			continue
		}
		e, err := rd.entry(ref{b, i, at(i)}, q.Raw)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}
