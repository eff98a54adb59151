package index

import (
	"cmp"
	"context"
	"slices"
	"time"

	"agent-telemetry/internal/query"
)

// table is what is counted: buckets of time by a dimension's values.
type table struct {
	q       *query.CountQuery
	by      dimension // or none
	of      dimension // the dimension whose distinct values are counted, or none
	buckets map[time.Time]map[uint32]int64
	seen    map[cell]struct{} // with of: what was counted already
	full    bool
}

// cell is a value within a bucket and a series.
type cell struct {
	bucket time.Time
	series uint32
	value  uint32
}

const none dimension = -1

// maxCells bounds what a table holds.
const maxCells = 1 << 20

// Count counts over time.
func (x *Index) Count(ctx context.Context, q query.CountQuery) (_ *query.Counts, err error) {
	defer func() { err = x.note(err) }()
	if err := q.Check(); err != nil {
		return nil, err
	}
	v, release, err := x.view(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	m, err := v.compile(q.Filter, q.Unit)
	if err != nil {
		return nil, err
	}
	var tables [workers]*table
	for w := range tables {
		tables[w] = &table{q: &q, by: fieldDim(q.By), of: fieldDim(q.Distinct), buckets: map[time.Time]map[uint32]int64{}, seen: map[cell]struct{}{}}
	}
	stopped, err := v.runAll(m, func(w int, v *view, parts []part) (bool, error) {
		for _, p := range parts {
			if err := tables[w].add(v, m, p); err != nil {
				return false, err
			}
		}
		return !tables[w].full, nil
	})
	if err != nil {
		return nil, err
	}
	t := tables[0]
	for _, other := range tables[1:] {
		t.merge(other)
	}
	if t.full || len(t.buckets) > query.MaxBuckets {
		return nil, query.Bad("bucket", "%s makes more than %d buckets: write a wider one, or narrow the time", q.Bucket, query.MaxBuckets)
	}
	return t.result(v, stopped)
}

func fieldDim(f query.Field) dimension {
	if d, ok := dimOf(f); ok {
		return d
	}
	return none
}

// merge adds what another worker counted.
func (t *table) merge(other *table) {
	for bucket, row := range other.buckets {
		into := t.row(bucket)
		for id, n := range row {
			if t.of == none {
				into[id] += n
			}
		}
	}
	for c := range other.seen {
		t.see(c)
	}
	t.full = t.full || other.full || len(t.seen) > maxCells
}

// see counts a distinct value, unless it was seen before.
func (t *table) see(c cell) {
	if _, known := t.seen[c]; !known {
		t.seen[c] = struct{}{}
		t.row(c.bucket)[c.series]++
	}
}

func (t *table) add(v *view, m *matcher, p part) error {
	if (t.of == none || t.by == none) && p.whole && t.q.BucketOf(p.first.Time).Equal(t.q.BucketOf(p.last.Time)) {
		return t.addWhole(v, m, p.block)
	}
	if err := m.ofUnit(v, p.block, &p.selection); err != nil || p.none() {
		return err
	}
	return t.addRows(v, p)
}

// addWhole counts a block by its lists of values alone.
func (t *table) addWhole(v *view, m *matcher, b *block) error {
	by := t.by
	switch {
	case t.of != none:
		by = t.of
	case by == none:
		by = dimKind
	}
	sum, err := v.sum(b, by)
	if err != nil {
		return err
	}
	bucket := t.q.BucketOf(b.first.Time)
	row := t.row(bucket)
	for i, n := range m.counts(&sum) {
		switch {
		case n == 0:
		case t.of != none:
			t.see(cell{bucket, 0, sum.values[i]})
		case t.by != none:
			row[sum.values[i]] += int64(n)
		default:
			row[0] += int64(n)
		}
	}
	return nil
}

func (t *table) row(bucket time.Time) map[uint32]int64 {
	row := t.buckets[bucket]
	if row == nil {
		row = map[uint32]int64{}
		t.buckets[bucket] = row
		t.full = t.full || len(t.buckets) > query.MaxBuckets
	}
	return row
}

// addRows counts row by row.
func (t *table) addRows(v *view, p part) error {
	series, err := v.column(p.block, t.by)
	if err != nil {
		return err
	}
	of, err := v.column(p.block, t.of)
	if err != nil {
		return err
	}
	bucket, err := t.bucketsOf(v, p.block)
	if err != nil {
		return err
	}
	var row map[uint32]int64
	var last time.Time
	done := map[[2]uint32]bool{} // of this bucket
	for i := range p.block.rows {
		if !p.whole && !p.selection.rows[i] {
			continue
		}
		if at := bucket(i); row == nil || at != last {
			row, last = t.row(at), at
			clear(done)
		}
		id := series(i)
		if t.of != none {
			if pair := [2]uint32{id, of(i)}; !done[pair] {
				done[pair] = true
				t.see(cell{last, id, pair[1]})
			}
		} else {
			row[id]++
		}
	}
	t.full = t.full || len(t.seen) > maxCells
	return nil
}

// bucketsOf returns a row's bucket. Rows are in order of time, so that the last
// bucket is mostly the next.
func (t *table) bucketsOf(v *view, b *block) (func(int) time.Time, error) {
	first := t.q.BucketOf(b.first.Time)
	if first.Equal(t.q.BucketOf(b.last.Time)) {
		return func(int) time.Time { return first }, nil
	}
	ms, err := v.int(b, intTime)
	if err != nil {
		return nil, err
	}
	last, from, to := first, int64(0), int64(0)
	return func(i int) time.Time {
		if ms[i] < from || ms[i] >= to {
			last = t.q.BucketOf(time.UnixMilli(ms[i]))
			// A second is the narrowest bucket and divides all; only within it is
			// the next row's bucket known to be the same.
			from = ms[i] - ms[i]%1000
			to = from + 1000
		}
		return last
	}, nil
}

// column returns a row's value; 0 for no dimension.
func (v *view) column(b *block, d dimension) (func(int) uint32, error) {
	if d == none {
		return func(int) uint32 { return 0 }, nil
	}
	c, err := v.dim(b, d)
	return func(i int) uint32 { return c.values[c.codes[i]] }, err
}

// result names the values and keeps the most frequent series.
func (t *table) result(v *view, stopped end) (*query.Counts, error) {
	out := &query.Counts{Series: []string{}, Buckets: []query.Bucket{}, Scan: scanned(stopped)}
	names, totals := map[uint32]string{}, map[string]int64{}
	for _, row := range t.buckets {
		for id, n := range row {
			name, ok := names[id]
			if !ok && t.by != none {
				text, err := v.x.values[t.by].text(v.ctx, v.x.db, id)
				if err != nil {
					return nil, err
				}
				name = t.by.shown(text)
			}
			names[id] = name
			totals[name] += n
			out.Total += n
		}
	}
	for _, c := range topOf(totals, t.q.Series) {
		out.Series = append(out.Series, c.Value)
	}
	place := map[string]int{}
	for i, s := range out.Series {
		place[s] = i
	}
	for at, row := range t.buckets {
		b := query.Bucket{Start: at, Counts: make([]int64, len(out.Series))}
		for id, n := range row {
			if i, ok := place[names[id]]; ok {
				b.Counts[i] += n
			} else {
				b.Other += n
			}
		}
		out.Buckets = append(out.Buckets, b)
	}
	slices.SortFunc(out.Buckets, func(a, b query.Bucket) int { return a.Start.Compare(b.Start) })
	return out, nil
}

// topOf lists the n most frequent values.
func topOf(totals map[string]int64, n int) []query.ValueCount {
	list := make([]query.ValueCount, 0, len(totals))
	for value, count := range totals {
		list = append(list, query.ValueCount{Value: value, Count: count})
	}
	slices.SortFunc(list, func(a, b query.ValueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return list[:min(n, len(list))]
}
