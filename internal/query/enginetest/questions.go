package enginetest

import (
	"time"

	"agent-telemetry/internal/query"
)

// listed asks for everything that is a list of entries, calls or sessions.
func (c *checker) listed() {
	few := query.Page{Limit: 7}
	for i, f := range c.words.filters() {
		c.events(query.EventsQuery{Filter: f.Filter, Page: query.Page{Limit: query.MaxLimit}}, 2)
		c.events(query.EventsQuery{Filter: f.Filter, Page: query.Page{Oldest: true}}, 2)
		c.events(query.EventsQuery{Filter: f.Filter, Page: few, Raw: true}, 3)
		c.events(query.EventsQuery{Filter: f.Filter, Page: query.Page{Oldest: i%2 == 0}, Unit: query.Actions}, 4)
		c.actions(query.ActionsQuery{Filter: f.Filter, Page: few, Pending: i%2 == 0}, 3)
		c.sessions(query.SessionsQuery{Filter: f.Filter, Page: query.Page{Oldest: i%2 == 0}}, 2)
	}
	for _, oldest := range []bool{false, true} {
		c.events(query.EventsQuery{Page: query.Page{Limit: query.MaxLimit, Oldest: oldest}}, all)
		c.events(query.EventsQuery{Page: query.Page{Limit: query.MaxLimit, Oldest: oldest}, Unit: query.Actions}, all)
		c.events(query.EventsQuery{Page: query.Page{Limit: 1, Oldest: oldest}}, 10)
		c.actions(query.ActionsQuery{Page: query.Page{Limit: query.MaxLimit, Oldest: oldest}, Pending: true}, all)
		c.actions(query.ActionsQuery{Page: query.Page{Limit: 1, Oldest: oldest}, Pending: true}, 10)
		c.sessions(query.SessionsQuery{Page: query.Page{Limit: 3, Oldest: oldest}}, all)
		for _, at := range c.places() {
			c.events(query.EventsQuery{Page: query.Page{Oldest: oldest, Cursor: at}}, 2)
			c.events(query.EventsQuery{Page: query.Page{Oldest: oldest, Cursor: at, Limit: 3}, Unit: query.Actions}, 2)
			c.actions(query.ActionsQuery{Page: query.Page{Oldest: oldest, Cursor: at, Limit: 3}, Pending: true}, 1)
			c.sessions(query.SessionsQuery{Page: query.Page{Oldest: oldest, Cursor: at, Limit: 3}}, 2)
			c.session(query.SessionQuery{Page: query.Page{Oldest: oldest, Cursor: at, Limit: 3}}, 2)
		}
	}
}

// places are cursors that no page ended with, and some that one could have.
func (c *checker) places() (list []query.Cursor) {
	at := func(o query.Order) { list = append(list, o.Cursor()) }
	at(query.Order{})
	at(query.Order{Time: time.Unix(0, 1<<62), Host: "zzz", Seq: 1 << 62, Sub: 9})
	for _, i := range []int{0, len(c.records) / 2, len(c.records) - 1} {
		if i < 0 || i >= len(c.records) {
			continue
		}
		r := &c.records[i]
		o := query.Order{Time: r.Timestamp, Host: r.Metadata.Host, Seq: r.Seq}
		at(o)
		o.Sub = 1
		at(o)
		at(query.Order{Time: r.Timestamp.Add(1), Host: r.Metadata.Host})
		at(query.Order{Time: r.Timestamp, Host: "a host that sorts elsewhere", Seq: r.Seq})
	}
	return list
}

// counted asks for everything that is counted.
func (c *checker) counted() {
	for i, f := range c.words.filters() {
		unit := []query.Unit{query.Records, query.Actions}[i%2]
		group := query.GroupFields()[i%len(query.GroupFields())]
		c.count(query.CountQuery{Filter: f.Filter, Unit: unit})
		c.count(query.CountQuery{Filter: f.Filter, Unit: unit, By: group, Bucket: 24 * time.Hour})
		c.top(query.TopQuery{Filter: f.Filter, Unit: unit, By: group})
		c.facets(query.FacetsQuery{Filter: f.Filter, Unit: unit})
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		berlin = time.FixedZone("", 5400)
	}
	for i, f := range query.GroupFields() {
		for _, unit := range []query.Unit{"", query.Records, query.Actions} {
			c.count(query.CountQuery{Unit: unit, By: f, Bucket: time.Hour, Series: 3})
			c.count(query.CountQuery{Unit: unit, Distinct: f, Bucket: 24 * time.Hour, Zone: berlin})
			c.count(query.CountQuery{Unit: unit, Distinct: f, By: query.GroupFields()[(i+3)%len(query.GroupFields())], Series: 2})
			c.top(query.TopQuery{Unit: unit, By: f, Limit: 3})
			c.top(query.TopQuery{Unit: unit, By: f, Limit: query.MaxLimit})
			c.facets(query.FacetsQuery{Unit: unit, Fields: []query.Field{f, query.GroupFields()[(i+1)%len(query.GroupFields())]}, Limit: 2})
		}
	}
	for _, width := range []time.Duration{time.Second, 5 * time.Minute, time.Hour, 7 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 1000 * 24 * time.Hour} {
		c.count(query.CountQuery{Bucket: width, By: query.Tool})
		c.count(query.CountQuery{Bucket: width, Zone: berlin, Unit: query.Actions})
		c.count(query.CountQuery{Bucket: width, Distinct: query.Session, By: query.Project, Series: 1})
	}
}

// told asks for sessions' stories.
func (c *checker) told() {
	c.session(query.SessionQuery{}, 2)
	c.session(query.SessionQuery{ID: "no such session"}, 1)
	ids := c.words.values[query.Session]
	for i := 0; i < len(ids); i += 1 + len(ids)/12 {
		c.session(query.SessionQuery{ID: ids[i], Page: query.Page{Limit: query.MaxLimit}}, all)
		c.session(query.SessionQuery{ID: ids[i], Page: query.Page{Limit: 3, Oldest: true}}, 5)
		for _, n := range []int{1, 2, len(ids[i]) - 1} {
			if n > 0 && n < len(ids[i]) {
				c.session(query.SessionQuery{ID: ids[i][:n], Page: query.Page{Limit: 10, Oldest: true}}, 1)
			}
		}
	}
}

// tailed asks for what has arrived already.
func (c *checker) tailed() {
	for i, f := range c.words.filters() {
		unit := []query.Unit{query.Records, query.Actions}[i%2]
		c.tail(query.TailQuery{Filter: f.Filter, Unit: unit, Last: 4, Raw: i%3 == 0})
	}
	for _, unit := range []query.Unit{query.Records, query.Actions} {
		c.tail(query.TailQuery{Unit: unit, Last: query.MaxLimit})
		c.tail(query.TailQuery{Unit: unit, After: query.Key{Journal: "no such journal", Seq: 1}})
		for _, i := range []int{0, 1, len(c.records) / 2, len(c.records) - 1} {
			if i >= 0 && i < len(c.records) {
				key := query.Key{Journal: c.records[i].Metadata.Journal, Seq: c.records[i].Seq}
				c.tail(query.TailQuery{Unit: unit, After: key, Last: 3})
				c.tail(query.TailQuery{Unit: unit, After: query.Key{Journal: key.Journal}})
				c.tail(query.TailQuery{Unit: unit, After: query.Key{Journal: key.Journal, Seq: 1 << 40}})
			}
		}
	}
}
