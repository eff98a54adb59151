package index

import (
	"cmp"
	"slices"
	"time"

	"agent-telemetry/internal/query"
)

// result names the values, keeps the most frequent series, and lays the table out.
func (t *table) result(v *view, stopped end) (*query.Counts, error) {
	names, err := t.names(v)
	if err != nil {
		return nil, err
	}
	totals := map[string]int64{}
	for s, n := range t.entries {
		totals[names[s.series]] += n
	}
	out := &query.Counts{Series: []string{}, Buckets: []query.Bucket{}, Scan: asked(stopped)}
	place := map[string]int{}
	for i, c := range topOf(totals, t.q.Series) {
		out.Series = append(out.Series, c.Value)
		place[c.Value] = i
	}
	if t.by == none {
		out.Series, place = []string{""}, map[string]int{"": 0}
	}
	rows := map[int64]*query.Bucket{}
	t.each(func(s slot, n int64, column int) {
		row := rows[s.bucket]
		if row == nil {
			row = &query.Bucket{Counts: make([]int64, len(out.Series))}
			if t.q.Bucket > 0 {
				row.Start = time.Unix(0, s.bucket).In(t.q.Zone)
			}
			rows[s.bucket] = row
		}
		if column < 0 {
			row.Other += n
		} else {
			row.Counts[column] += n
		}
	}, func(series uint32) int {
		if i, ok := place[names[series]]; ok {
			return i
		}
		return -1
	})
	for _, row := range rows {
		out.Buckets = append(out.Buckets, *row)
	}
	slices.SortFunc(out.Buckets, func(a, b query.Bucket) int { return a.Start.Compare(b.Start) })
	if len(out.Buckets) > query.MaxBuckets {
		return nil, query.Bad("bucket", "%s makes %d buckets; at most %d", t.q.Bucket, len(out.Buckets), query.MaxBuckets)
	}
	out.Total = t.total()
	return out, nil
}

// each hands on the numbers of the table: entries, or one for each distinct value
// of a column.
func (t *table) each(yield func(s slot, n int64, column int), columnOf func(series uint32) int) {
	if t.of == none {
		for s, n := range t.entries {
			yield(s, n, columnOf(s.series))
		}
		return
	}
	type value struct {
		bucket int64
		column int
		value  uint32
	}
	seen := map[value]bool{}
	for c := range t.seen {
		val := value{c.bucket, columnOf(c.series), c.value}
		if !seen[val] {
			seen[val] = true
			yield(c.slot, 1, val.column)
		}
	}
}

func (t *table) total() (n int64) {
	if t.of == none {
		for _, c := range t.entries {
			n += c
		}
		return n
	}
	values := map[uint32]bool{}
	for c := range t.seen {
		values[c.value] = true
	}
	return int64(len(values))
}

// names are the values of By as they are shown.
func (t *table) names(v *view) (map[uint32]string, error) {
	names := map[uint32]string{}
	for s := range t.entries {
		if _, known := names[s.series]; known || t.by == none {
			continue
		}
		text, err := v.text(t.by, s.series)
		if err != nil {
			return nil, err
		}
		names[s.series] = t.by.shown(text)
	}
	return names, nil
}

// asked is how far an answer that is no list has looked.
func asked(e end) query.Scan {
	s := scanned(e)
	s.Next = ""
	return s
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
