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

// tallies are several dimensions counted in the rows that a scan finds and that
// satisfy further conditions.
type tallies struct {
	also []dimTerm
	list []tally
}

func newTallies(dims ...dimension) tallies {
	t := tallies{list: make([]tally, len(dims))}
	for i, d := range dims {
		t.list[i].dim = d
	}
	return t
}

// tally fills sets in one scan over what a matcher selects.
func (v *view) tally(m *matcher, sets []tallies) (end, error) {
	var mine [workers][]tallies
	for w := range mine {
		for _, set := range sets {
			dims := make([]dimension, len(set.list))
			for i := range dims {
				dims[i] = set.list[i].dim
			}
			t := newTallies(dims...)
			t.also = set.also
			mine[w] = append(mine[w], t)
		}
	}
	stopped, err := v.runAll(m, func(w int, v *view, parts []part) (bool, error) {
		for _, p := range parts {
			for i := range mine[w] {
				if err := v.tallyPart(m, p, &mine[w][i]); err != nil {
					return false, err
				}
			}
		}
		return true, nil
	})
	for _, counted := range mine {
		for i := range counted {
			for k := range counted[i].list {
				for id, n := range counted[i].list[k].counts {
					sets[i].list[k].count(uint32(id), n)
				}
			}
		}
	}
	return stopped, err
}

// tallyPart counts the rows of a block that a set is about. The part itself is
// left as it is, for other sets.
func (v *view) tallyPart(m *matcher, p part, set *tallies) error {
	sel := selection{whole: p.whole}
	if !sel.whole {
		sel.rows = append(v.spare.take()[:0], p.selection.rows...)
	}
	for _, t := range set.also {
		if err := v.narrowBy(p.block, t, &sel); err != nil {
			return err
		}
	}
	if sel.whole {
		return v.tallyWhole(m, p.block, set)
	}
	if err := m.ofUnit(v, p.block, &sel); err != nil || sel.none() {
		return err
	}
	selected := sel.list(v.spare)
	for i := range set.list {
		c, err := v.dim(p.block, set.list[i].dim)
		if err != nil {
			return err
		}
		set.list[i].countRows(&c, selected)
	}
	return nil
}

// tallyWhole counts a block by its lists of values alone.
func (v *view) tallyWhole(m *matcher, b *block, set *tallies) error {
	for i := range set.list {
		sum, err := v.sum(b, set.list[i].dim)
		if err != nil {
			return err
		}
		for k, n := range m.counts(&sum) {
			set.list[i].count(sum.values[k], int64(n))
		}
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
func (x *Index) Top(ctx context.Context, q query.TopQuery) (_ *query.TopList, failed error) {
	v, end, err := x.ask(ctx, &q, &failed)
	if err != nil {
		return nil, err
	}
	defer end()
	m, err := v.compile(q.Filter, q.Unit)
	if err != nil {
		return nil, err
	}
	d, _ := dimOf(q.By)
	t := newTallies(d)
	stopped, err := v.tally(m, []tallies{t})
	if err != nil {
		return nil, err
	}
	out := &query.TopList{Scan: asked(stopped)}
	out.Values, out.Distinct, out.Total, err = t.list[0].list(v, q.Limit)
	return out, err
}
