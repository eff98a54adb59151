package enginetest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"agent-telemetry/internal/query"
)

// Count counts over time.
func (m *Model) Count(ctx context.Context, q query.CountQuery) (*query.Counts, error) {
	release, err := m.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	defer release()
	entries := m.selected(q.Unit, &q.Filter)
	out := &query.Counts{Series: series(entries, &q), Buckets: []query.Bucket{}, Total: tally(entries, q.Distinct)}
	rows := map[int64][]*entry{}
	for _, e := range entries {
		start := q.BucketOf(e.Timestamp)
		rows[start.UnixNano()] = append(rows[start.UnixNano()], e)
	}
	for _, entries := range rows {
		if row, any := bucket(entries, out.Series, &q); any {
			out.Buckets = append(out.Buckets, row)
		}
	}
	slices.SortFunc(out.Buckets, func(a, b query.Bucket) int { return a.Start.Compare(b.Start) })
	if len(out.Buckets) > query.MaxBuckets {
		return nil, query.Bad("bucket", "%s makes %d buckets; at most %d", q.Bucket, len(out.Buckets), query.MaxBuckets)
	}
	return out, nil
}

// series lists the values of By that get a column.
func series(entries []*entry, q *query.CountQuery) []string {
	if q.By == "" {
		return []string{""}
	}
	names := []string{}
	for _, v := range ranked(frequency(entries, q.By), q.Series) {
		names = append(names, v.Value)
	}
	return names
}

// bucket counts the entries of one stretch of time.
func bucket(entries []*entry, names []string, q *query.CountQuery) (row query.Bucket, any bool) {
	columns, other := make([][]*entry, len(names)), []*entry(nil)
	for _, e := range entries {
		if i := slices.Index(names, q.By.Value(e.Record)); i >= 0 {
			columns[i] = append(columns[i], e)
		} else {
			other = append(other, e)
		}
	}
	row = query.Bucket{Start: q.BucketOf(entries[0].Timestamp), Other: tally(other, q.Distinct)}
	any = row.Other > 0
	for _, c := range columns {
		n := tally(c, q.Distinct)
		row.Counts = append(row.Counts, n)
		any = any || n > 0
	}
	return row, any
}

// tally counts entries, or a field's distinct values in them.
func tally(entries []*entry, distinct query.Field) int64 {
	if distinct == "" {
		return int64(len(entries))
	}
	values := frequency(entries, distinct)
	delete(values, "")
	return int64(len(values))
}

// frequency tells how many entries have each value of a field.
func frequency(entries []*entry, f query.Field) map[string]int64 {
	values := map[string]int64{}
	for _, e := range entries {
		values[f.Value(e.Record)]++
	}
	return values
}

// ranked lists the n most frequent values, most frequent first, then by value.
func ranked(values map[string]int64, n int) []query.ValueCount {
	list := []query.ValueCount{}
	for _, v := range slices.Sorted(maps.Keys(values)) {
		list = append(list, query.ValueCount{Value: v, Count: values[v]})
	}
	slices.SortStableFunc(list, func(a, b query.ValueCount) int { return cmp.Compare(b.Count, a.Count) })
	return list[:min(n, len(list))]
}

// Top lists a field's most frequent values.
func (m *Model) Top(ctx context.Context, q query.TopQuery) (*query.TopList, error) {
	release, err := m.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	defer release()
	values := frequency(m.selected(q.Unit, &q.Filter), q.By)
	delete(values, "")
	out := &query.TopList{Values: ranked(values, q.Limit), Distinct: int64(len(values))}
	for _, n := range values {
		out.Total += n
	}
	return out, nil
}

// Facets lists, for several fields at once, their most frequent values.
func (m *Model) Facets(ctx context.Context, q query.FacetsQuery) (*query.FacetList, error) {
	release, err := m.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	defer release()
	out := &query.FacetList{Facets: []query.Facet{}}
	for _, f := range q.Fields {
		others := q.Filter
		others.Terms = slices.DeleteFunc(slices.Clone(q.Terms), func(t query.Term) bool { return t.Field == f })
		values := frequency(m.selected(q.Unit, &others), f)
		delete(values, "")
		out.Facets = append(out.Facets, query.Facet{Field: f, Values: ranked(values, q.Limit), Distinct: int64(len(values))})
	}
	return out, nil
}
