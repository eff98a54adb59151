package enginetest

import (
	"time"

	"agent-telemetry/internal/query"

	"pgregory.net/rapid"
)

// random asks one question that chance made.
func (c *checker) random(t *rapid.T) {
	f, p := c.words.filter(t), c.words.page(t)
	unit := rapid.SampledFrom([]query.Unit{"", query.Records, query.Actions}).Draw(t, "unit")
	group := rapid.SampledFrom(query.GroupFields())
	pages := 25
	if p.Limit == query.MaxLimit {
		pages = all
	}
	switch rapid.SampledFrom([]string{"events", "actions", "sessions", "session", "count", "top", "facets", "tail"}).Draw(t, "question") {
	case "events":
		c.events(query.EventsQuery{Filter: f, Page: p, Unit: unit, Raw: rapid.Bool().Draw(t, "raw")}, pages)
	case "actions":
		c.actions(query.ActionsQuery{Filter: f, Page: p, Pending: rapid.Bool().Draw(t, "pending")}, pages)
	case "sessions":
		c.sessions(query.SessionsQuery{Filter: f, Page: p}, pages)
	case "session":
		c.session(query.SessionQuery{ID: c.words.value(t, query.Session), Page: p}, pages)
	case "count":
		q := query.CountQuery{Filter: f, Unit: unit, Series: rapid.IntRange(0, 5).Draw(t, "series")}
		if rapid.Bool().Draw(t, "split") {
			q.By = group.Draw(t, "by")
		}
		if rapid.Bool().Draw(t, "of") {
			q.Distinct = group.Draw(t, "distinct")
		}
		q.Bucket = time.Duration(rapid.SampledFrom([]int{0, 1, 60, 300, 3600, 86400, 7 * 86400}).Draw(t, "bucket")) * time.Second
		q.Zone = time.FixedZone("", rapid.SampledFrom([]int{0, 3600, -12600}).Draw(t, "zone"))
		c.count(q)
	case "top":
		c.top(query.TopQuery{Filter: f, Unit: unit, By: group.Draw(t, "by"), Limit: rapid.IntRange(0, 30).Draw(t, "limit")})
	case "facets":
		c.facets(query.FacetsQuery{Filter: f, Unit: unit, Limit: rapid.IntRange(0, 30).Draw(t, "limit")})
	case "tail":
		c.tail(query.TailQuery{Filter: f, Unit: unit, Last: rapid.IntRange(0, 300).Draw(t, "last")})
	}
}

// filter is a conjunction of up to four conditions.
func (v *vocabulary) filter(t *rapid.T) (f query.Filter) {
	if rapid.Bool().Draw(t, "bounded") {
		f.Since, f.Until = v.time(t, "since"), v.time(t, "until")
		if f.Until.Before(f.Since) {
			f.Since, f.Until = f.Until, f.Since
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "terms") {
		field := rapid.SampledFrom(query.Fields()).Draw(t, "field")
		var values []string
		for range rapid.IntRange(1, 3).Draw(t, "values") {
			values = append(values, v.value(t, field))
		}
		f.Terms = append(f.Terms, query.Term{Field: field, Values: values, Not: rapid.IntRange(0, 3).Draw(t, "not") == 0})
	}
	return f
}

func (v *vocabulary) time(t *rapid.T, name string) time.Time {
	at := v.times[rapid.IntRange(0, len(v.times)-1).Draw(t, name)]
	return at.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "shift")))
}

// value is one that a record has in a field, or a part of it.
func (v *vocabulary) value(t *rapid.T, f query.Field) string {
	whole := rapid.SampledFrom(v.values[f]).Draw(t, string(f))
	i := rapid.IntRange(0, len(whole)-1).Draw(t, "from")
	j := rapid.IntRange(i+1, len(whole)).Draw(t, "to")
	switch f {
	case query.Session, query.Agent:
		return whole[:j]
	case query.Text:
		return whole[i:j]
	case query.Path:
		return rapid.SampledFrom([]string{whole, whole[:j] + "*", "*" + whole[i:], "*" + whole[i:j] + "*", whole[:i] + "?" + whole[i+1:]}).Draw(t, "glob")
	}
	return whole
}

// page is one of any size, from any place, in either direction.
func (v *vocabulary) page(t *rapid.T) query.Page {
	p := query.Page{
		Limit:  rapid.SampledFrom([]int{query.MaxLimit, query.MaxLimit, 0, 37, 1}).Draw(t, "limit"),
		Oldest: rapid.Bool().Draw(t, "oldest"),
	}
	if rapid.IntRange(0, 3).Draw(t, "placed") == 0 {
		p.Cursor = query.Order{
			Time: v.time(t, "at"), Host: rapid.SampledFrom(v.hosts).Draw(t, "host"),
			Seq: rapid.Uint64Range(0, v.last+1).Draw(t, "seq"), Sub: rapid.IntRange(0, 2).Draw(t, "sub"),
		}.Cursor()
	}
	return p
}
