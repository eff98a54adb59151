package api

import (
	"net/url"

	"agent-telemetry/internal/query"
)

// Not before the name of a field's parameter selects what has none of the values.
const Not = "not_"

// Also is the parameter that holds further conditions, written as a query of
// their own: a field may be named once more in it.
const Also = "also"

// Latest names the latest session in the path of a timeline.
const Latest = "latest"

func (a *args) filter() query.Filter {
	f := query.Filter{Since: a.time("since"), Until: a.time("until")}
	conditions(&f, a.values)
	for _, more := range a.values[Also] {
		values, err := url.ParseQuery(more)
		if err != nil {
			a.bad(Also, "%v", err)
		}
		for name := range values {
			if !isCondition(name) {
				a.bad(Also, "%q is no field to select by", clip(name))
			}
		}
		conditions(&f, values)
	}
	return f
}

func conditions(f *query.Filter, values url.Values) {
	for _, field := range query.Fields() {
		f.Where(field, values[string(field)]...)
		f.WhereNot(field, values[Not+string(field)]...)
	}
}

func isCondition(name string) bool {
	for _, field := range query.Fields() {
		if name == string(field) || name == Not+string(field) {
			return true
		}
	}
	return false
}

// repeats tells which parameters may stand in a request more than once.
func repeats(name string) bool { return isCondition(name) || name == Also || name == "fields" }

func (a *args) page() query.Page {
	return query.Page{Limit: a.number("limit"), Cursor: query.Cursor(a.text("cursor")), Oldest: a.choice("order", "newest", "oldest") == "oldest"}
}

func (a *args) unit() query.Unit {
	return query.Unit(a.choice("unit", string(query.Records), string(query.Actions)))
}

func (a *args) field(name string) query.Field { return query.Field(a.text(name)) }

func (a *args) events() query.EventsQuery {
	return query.EventsQuery{Filter: a.filter(), Page: a.page(), Unit: a.unit(), Raw: a.boolean("raw")}
}

func (a *args) actions() query.ActionsQuery {
	return query.ActionsQuery{Filter: a.filter(), Page: a.page(), Pending: a.boolean("pending")}
}

func (a *args) sessions() query.SessionsQuery {
	return query.SessionsQuery{Filter: a.filter(), Page: a.page()}
}

func (a *args) session() query.SessionQuery {
	id := a.path
	if id == Latest {
		id = ""
	}
	return query.SessionQuery{ID: id, Page: a.page()}
}

func (a *args) counts() query.CountQuery {
	zone := a.zone("zone")
	if zone != nil {
		a.now = a.now.In(zone)
	}
	return query.CountQuery{
		Filter: a.filter(), Unit: a.unit(), By: a.field("by"), Distinct: a.field("distinct"),
		Bucket: a.duration("bucket"), Zone: zone, Series: a.number("series"),
	}
}

func (a *args) top() query.TopQuery {
	return query.TopQuery{Filter: a.filter(), Unit: a.unit(), By: a.field("by"), Limit: a.number("limit")}
}

func (a *args) facets() query.FacetsQuery {
	q := query.FacetsQuery{Filter: a.filter(), Unit: a.unit(), Limit: a.number("limit")}
	for _, name := range a.values["fields"] {
		q.Fields = append(q.Fields, query.Field(name))
	}
	return q
}

func (a *args) tail() query.TailQuery {
	q := query.TailQuery{Filter: a.filter(), Unit: a.unit(), Raw: a.boolean("raw"), Last: a.number("last")}
	q.After = a.key("after", a.text("after"))
	if a.resume != "" {
		q.After = a.key("Last-Event-ID", a.resume)
	}
	return q
}
