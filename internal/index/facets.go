package index

import (
	"context"
	"slices"

	"agent-telemetry/internal/query"
)

// Facets lists the most frequent values of several fields.
func (x *Index) Facets(ctx context.Context, q query.FacetsQuery) (_ *query.FacetList, failed error) {
	v, end, err := x.ask(ctx, &q, &failed)
	if err != nil {
		return nil, err
	}
	defer end()
	out := &query.FacetList{Facets: make([]query.Facet, len(q.Fields))}
	for _, s := range facetScans(&q) {
		stopped, err := v.facets(&q, s, out.Facets)
		if err != nil {
			return nil, err
		}
		if stopped != nil && (out.ScannedTo == nil || stopped.Time.After(*out.ScannedTo)) {
			out.Scan = asked(stopped)
		}
	}
	return out, nil
}

// facetScan answers several groups of facets by going over the blocks once.
type facetScan struct {
	filter query.Filter // that of all groups
	groups []facetGroup
}

// facetGroup are facets that the same conditions narrow: all but those on a field
// of their own.
type facetGroup struct {
	own    query.Field
	places []int // in FacetsQuery.Fields
}

// facets answers one scan's groups.
func (v *view) facets(q *query.FacetsQuery, s facetScan, out []query.Facet) (end, error) {
	m, err := v.compile(s.filter, q.Unit)
	if err != nil {
		return nil, err
	}
	var sets []tallies
	for _, g := range s.groups {
		var dims []dimension
		for _, place := range g.places {
			d, _ := dimOf(q.Fields[place])
			dims = append(dims, d)
		}
		also, err := v.compile(query.Filter{Terms: g.beyond(q.Terms, s.filter.Terms)}, q.Unit)
		if err != nil {
			return nil, err
		}
		set := newTallies(dims...)
		set.also = also.dims
		sets = append(sets, set)
	}
	stopped, err := v.tally(m, sets)
	if err != nil {
		return nil, err
	}
	for i, g := range s.groups {
		for k, place := range g.places {
			f := &out[place]
			f.Field = q.Fields[place]
			if f.Values, f.Distinct, _, err = sets[i].list[k].list(v, q.Limit); err != nil {
				return nil, err
			}
		}
	}
	return stopped, nil
}

// beyond are the conditions that narrow a group's facets, but for those that the
// scan applies already.
func (g *facetGroup) beyond(all, applied []query.Term) (list []query.Term) {
	for _, t := range all {
		if t.Field != g.own && !slices.ContainsFunc(applied, func(a query.Term) bool { return a.Field == t.Field }) {
			list = append(list, t)
		}
	}
	return list
}

// facetScans plans: one scan applies what narrows all facets, and each group the
// rest. Conditions on paths are decided by strings, which only a scan reads: facets
// of paths that have some take a scan of their own.
func facetScans(q *query.FacetsQuery) []facetScan {
	groups := facetGroups(q)
	base := q.Filter
	for _, g := range groups {
		if g.own != query.Path {
			base.Terms = without(base.Terms, g.own)
		}
	}
	scan := facetScan{filter: base}
	var scans []facetScan
	for _, g := range groups {
		if g.own == query.Path {
			f := q.Filter
			f.Terms = without(f.Terms, g.own)
			scans = append(scans, facetScan{f, []facetGroup{g}})
		} else {
			scan.groups = append(scan.groups, g)
		}
	}
	if scan.groups != nil {
		scans = append(scans, scan)
	}
	return scans
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
