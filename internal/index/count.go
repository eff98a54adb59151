package index

import (
	"cmp"
	"context"
	"time"

	"agent-telemetry/internal/query"
)

// table is what is counted: buckets of time by a dimension's values.
type table struct {
	q       *query.CountQuery
	by      dimension // or none
	of      dimension // the dimension whose distinct values are counted, or none
	same    func(uint32) uint32
	entries map[slot]int64
	seen    map[cell]struct{} // of distinct values
	full    bool
}

// slot is a value of By within a bucket, by the bucket's start in nanoseconds.
type slot struct {
	bucket int64
	series uint32
}

// cell is a distinct value within a slot.
type cell struct {
	slot
	value uint32
}

const none dimension = -1

// maxCells bounds what a table holds.
const maxCells = 1 << 20

// Count counts over time.
func (x *Index) Count(ctx context.Context, q query.CountQuery) (_ *query.Counts, failed error) {
	v, end, err := x.ask(ctx, &q, &failed)
	if err != nil {
		return nil, err
	}
	defer end()
	m, err := v.compile(q.Filter, q.Unit)
	if err != nil {
		return nil, err
	}
	var tables [workers]*table
	for w := range tables {
		tables[w] = &table{
			q: &q, by: fieldDim(q.By), of: fieldDim(q.Distinct), same: v.canonical(fieldDim(q.Distinct)),
			entries: map[slot]int64{}, seen: map[cell]struct{}{},
		}
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
	if t.full {
		return nil, query.Bad("bucket", "%s makes too many numbers: write a wider one, or narrow the time", q.Bucket)
	}
	return t.result(v, stopped)
}

func fieldDim(f query.Field) dimension {
	if d, ok := dimOf(f); ok {
		return d
	}
	return none
}

// canonical gives values that are shown alike one number, and noValue to those
// that stand for nothing.
func (v *view) canonical(d dimension) func(uint32) uint32 {
	if d == none {
		return nil
	}
	dict := v.x.values[d]
	if dict.wide {
		empty, ok := dict.lookup(v.ctx, v.x.db, "")
		return func(id uint32) uint32 {
			if ok && id == empty {
				return noValue
			}
			return id
		}
	}
	first, ids := map[string]uint32{"": noValue}, []uint32{}
	for id, text := range dict.all() {
		shown := d.shown(text)
		if _, known := first[shown]; !known {
			first[shown] = uint32(id)
		}
		ids = append(ids, first[shown])
	}
	return func(id uint32) uint32 {
		if int(id) < len(ids) {
			return ids[id]
		}
		return id
	}
}

const noValue = 1<<32 - 1

// merge adds what another worker counted.
func (t *table) merge(other *table) {
	for s, n := range other.entries {
		t.entries[s] += n
	}
	for c := range other.seen {
		t.seen[c] = struct{}{}
	}
	t.full = t.full || other.full || len(t.seen)+len(t.entries) > maxCells
}

// see notes a distinct value.
func (t *table) see(s slot, id uint32) {
	if id = t.same(id); id != noValue {
		t.seen[cell{s, id}] = struct{}{}
	}
}

func (t *table) add(v *view, m *matcher, p part) error {
	first := t.q.BucketOf(p.first.Time)
	if (t.of == none || t.by == none) && p.whole && first.Equal(t.q.BucketOf(p.last.Time)) {
		return t.addWhole(v, m, p.block, first.UnixNano())
	}
	if err := m.ofUnit(v, p.block, &p.selection); err != nil || p.none() {
		return err
	}
	err := t.addRows(v, p)
	t.full = t.full || len(t.seen)+len(t.entries) > maxCells
	return err
}

// addWhole counts a block by its lists of values alone.
func (t *table) addWhole(v *view, m *matcher, b *block, bucket int64) error {
	d := cmp.Or(t.by+1, t.of+1, dimKind+1) - 1 // the first that is not none
	sum, err := v.sum(b, d)
	if err != nil {
		return err
	}
	s := slot{bucket: bucket}
	for i, n := range m.counts(&sum) {
		if n == 0 {
			continue
		}
		if t.of != none {
			t.see(s, sum.values[i])
		}
		if t.by != none {
			s.series = sum.values[i]
		}
		t.entries[s] += int64(n)
	}
	return nil
}

// addRows counts row by row. Rows are in order of time, so that those of a bucket
// lie together.
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
	here := map[uint32]int64{}
	done := map[[2]uint32]bool{}
	last := int64(0)
	flush := func() {
		for id, n := range here {
			t.entries[slot{last, id}] += n
		}
		clear(here)
		clear(done)
	}
	for i := range p.block.rows {
		if !p.has(i) {
			continue
		}
		if at := bucket(i); at != last {
			flush()
			last = at
		}
		id := series(i)
		here[id]++
		if t.of == none {
			continue
		}
		if pair := [2]uint32{id, of(i)}; !done[pair] {
			done[pair] = true
			t.see(slot{last, id}, pair[1])
		}
	}
	flush()
	return nil
}

// bucketsOf returns a row's bucket.
func (t *table) bucketsOf(v *view, b *block) (func(int) int64, error) {
	first := t.q.BucketOf(b.first.Time).UnixNano()
	if t.q.BucketOf(b.last.Time).UnixNano() == first {
		return func(int) int64 { return first }, nil
	}
	ms, err := v.int(b, intTime)
	if err != nil {
		return nil, err
	}
	second, last := int64(-1), first // a second is the narrowest bucket
	return func(i int) int64 {
		if s := ms[i] / 1000; s != second {
			second, last = s, t.q.BucketOf(time.UnixMilli(ms[i])).UnixNano()
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
	return func(i int) uint32 { return c.value(i) }, err
}
