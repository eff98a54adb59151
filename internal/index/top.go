package index

import (
	"context"
	"slices"

	"agent-telemetry/internal/query"
)

// tally counts one dimension's values.
type tally struct {
	dim    dimension
	counts []int64 // by id
}

func (t *tally) count(id uint32, n int64) {
	if n == 0 {
		return
	}
	if int(id) >= len(t.counts) {
		t.counts = append(t.counts, make([]int64, int(id)+1-len(t.counts)+len(t.counts)/4)...)
	}
	t.counts[id] += n
}

// tally counts the values of several dimensions in what a matcher selects.
func (v *view) tally(m *matcher, dims []dimension) ([]tally, end, error) {
	var lists [workers][]tally
	for w := range lists {
		lists[w] = make([]tally, len(dims))
		for i, d := range dims {
			lists[w][i].dim = d
		}
	}
	stopped, err := v.runAll(m, func(w int, v *view, parts []part) (bool, error) {
		for _, p := range parts {
			if err := v.tallyPart(m, p, lists[w]); err != nil {
				return false, err
			}
		}
		return true, nil
	})
	for _, other := range lists[1:] {
		for i := range other {
			for id, n := range other[i].counts {
				lists[0][i].count(uint32(id), n)
			}
		}
	}
	return lists[0], stopped, err
}

func (v *view) tallyPart(m *matcher, p part, list []tally) error {
	if !p.whole {
		if err := m.ofUnit(v, p.block, &p.selection); err != nil || p.none() {
			return err
		}
	}
	selected := p.list()
	for i := range list {
		t := &list[i]
		if p.whole {
			sum, err := v.sum(p.block, t.dim)
			if err != nil {
				return err
			}
			for k, n := range m.counts(&sum) {
				t.count(sum.values[k], int64(n))
			}
			continue
		}
		c, err := v.dim(p.block, t.dim)
		if err != nil {
			return err
		}
		t.countRows(&c, selected)
	}
	return nil
}

// countRows counts the values of the given rows of a block.
func (t *tally) countRows(c *dim, rows []uint16) {
	if c.narrow == nil {
		for _, i := range rows {
			t.count(c.value(int(i)), 1)
		}
		return
	}
	var here [256]int64 // no bounds to check
	for _, i := range rows {
		here[c.narrow[i]]++
	}
	for code, v := range c.values {
		t.count(v, here[code])
	}
}

// list names the n most frequent values, and tells how many there are and how
// often any occurs. Having none is no value.
func (t *tally) list(v *view, n int) (values []query.ValueCount, distinct, total int64, err error) {
	if !v.x.values[t.dim].wide {
		return t.listNarrow(v, n)
	}
	var ids []uint32
	empty, hasEmpty := v.x.values[t.dim].lookup(v.ctx, v.x.db, "")
	for id, count := range t.counts {
		if count > 0 && !(hasEmpty && uint32(id) == empty) {
			ids = append(ids, uint32(id))
			total += count
		}
	}
	slices.SortFunc(ids, func(a, b uint32) int { return int(t.counts[b] - t.counts[a]) })
	least := int64(1)
	if len(ids) > n {
		least = t.counts[ids[n-1]] // of those that are as frequent, the names decide
	}
	totals := map[string]int64{}
	for _, id := range ids {
		if t.counts[id] < least {
			break
		}
		text, err := v.text(t.dim, id)
		if err != nil {
			return nil, 0, 0, err
		}
		totals[text] += t.counts[id]
	}
	return topOf(totals, n), int64(len(ids)), total, nil
}

func (t *tally) listNarrow(v *view, n int) (values []query.ValueCount, distinct, total int64, err error) {
	totals := map[string]int64{}
	all := v.x.values[t.dim].all()
	for id, count := range t.counts {
		if count == 0 {
			continue
		}
		if id >= len(all) {
			return nil, 0, 0, damaged("column %d has no value %d", t.dim, id)
		}
		if text := t.dim.shown(all[id]); text != "" {
			totals[text] += count
			total += count
		}
	}
	return topOf(totals, n), int64(len(totals)), total, nil
}

// Top lists a field's most frequent values.
func (x *Index) Top(ctx context.Context, q query.TopQuery) (_ *query.TopList, err error) {
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
	d, _ := dimOf(q.By)
	t, stopped, err := v.tally(m, []dimension{d})
	if err != nil {
		return nil, err
	}
	out := &query.TopList{Scan: asked(stopped)}
	out.Values, out.Distinct, out.Total, err = t[0].list(v, q.Limit)
	return out, err
}

// Facets lists the most frequent values of several fields.
func (x *Index) Facets(ctx context.Context, q query.FacetsQuery) (_ *query.FacetList, err error) {
	defer func() { err = x.note(err) }()
	if err := q.Check(); err != nil {
		return nil, err
	}
	v, release, err := x.view(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	out := &query.FacetList{Facets: make([]query.Facet, len(q.Fields))}
	for _, group := range facetGroups(&q) {
		f := q.Filter
		f.Terms = without(f.Terms, group.own)
		m, err := v.compile(f, q.Unit)
		if err != nil {
			return nil, err
		}
		dims := make([]dimension, len(group.places))
		for i, place := range group.places {
			dims[i], _ = dimOf(q.Fields[place])
		}
		tallies, stopped, err := v.tally(m, dims)
		if err != nil {
			return nil, err
		}
		for i, place := range group.places {
			facet := &out.Facets[place]
			facet.Field = q.Fields[place]
			if facet.Values, facet.Distinct, _, err = tallies[i].list(v, q.Limit); err != nil {
				return nil, err
			}
		}
		if stopped != nil && (out.ScannedTo == nil || stopped.Time.After(*out.ScannedTo)) {
			out.Scan = asked(stopped)
		}
	}
	return out, nil
}

// facetGroup are facets that one scan answers: those without conditions of their
// own, or one that has some, which do not narrow it.
type facetGroup struct {
	own    query.Field
	places []int // in FacetsQuery.Fields
}

func facetGroups(q *query.FacetsQuery) (groups []facetGroup) {
	var common facetGroup
	for i, f := range q.Fields {
		if slices.ContainsFunc(q.Terms, func(t query.Term) bool { return t.Field == f }) {
			groups = append(groups, facetGroup{f, []int{i}})
		} else {
			common.places = append(common.places, i)
		}
	}
	if common.places != nil {
		groups = append(groups, common)
	}
	return groups
}

func without(terms []query.Term, f query.Field) (list []query.Term) {
	for _, t := range terms {
		if t.Field != f {
			list = append(list, t)
		}
	}
	return list
}
