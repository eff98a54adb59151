package enginetest

import (
	"context"
	"slices"
	"sync"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// Model is a query.Engine over records in memory. It looks at every record for
// every question, and no answer of it is ever partial.
type Model struct {
	mu       sync.RWMutex
	arrived  []*arrival // in the order of arrival
	records  []*entry   // of Unit Records, in Order
	actions  []*entry   // of Unit Actions, in Order
	sessions map[string]*session
	more     chan struct{} // closed when the next record arrives
}

var _ query.Engine = (*Model)(nil)

// entry is what is listed and counted.
type entry struct {
	*event.Record // as filters see it
	Sub           int
	line          *event.Record // the record whose line it is
	action        query.Action  // of Unit Actions: as it stood
}

// arrival is a record with all that it brought.
type arrival struct {
	record  *entry
	actions []*entry
}

// NewModel returns a model without records.
func NewModel() *Model {
	return &Model{sessions: map[string]*session{}, more: make(chan struct{})}
}

// Add takes records as they arrive.
func (m *Model) Add(records ...event.Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range records {
		m.add(&records[i])
	}
	close(m.more)
	m.more = make(chan struct{})
}

func (m *Model) add(record *event.Record) {
	r := new(event.Record)
	*r = *record
	a := &arrival{record: &entry{Record: r, line: r}}
	s := m.sessions[r.SessionID]
	if s == nil {
		s = &session{agents: map[string]bool{}, begun: map[*query.Action]step{}}
		m.sessions[r.SessionID] = s
	}
	for _, c := range s.add(r) {
		a.actions = append(a.actions, &entry{Record: c.Record, Sub: c.Sub, line: r, action: c.Action})
	}
	m.arrived = append(m.arrived, a)
	m.records = insert(m.records, a.record)
	for _, e := range a.actions {
		m.actions = insert(m.actions, e)
	}
}

// order is the entry's place.
func (e *entry) order() query.Order {
	return query.Order{Time: e.Timestamp, Host: e.Metadata.Host, Seq: e.Seq, Sub: e.Sub}
}

// insert keeps a list in order.
func insert(list []*entry, e *entry) []*entry {
	i, _ := slices.BinarySearchFunc(list, e, func(a, b *entry) int { return a.order().Compare(b.order()) })
	return slices.Insert(list, i, e)
}

// ask begins every answer: the question makes sense, and somebody still waits.
func (m *Model) ask(ctx context.Context, q interface{ Check() error }) (release func(), err error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	return m.mu.RUnlock, nil
}

// of lists the entries of a unit.
func (m *Model) of(u query.Unit) []*entry {
	if u == query.Actions {
		return m.actions
	}
	return m.records
}

// selected lists the entries that a filter selects.
func (m *Model) selected(u query.Unit, f *query.Filter) (list []*entry) {
	for _, e := range m.of(u) {
		if f.Match(e.Record) {
			list = append(list, e)
		}
	}
	return list
}

// page cuts the wanted page out of what is in order.
func page[T any](all []T, order func(T) query.Order, p query.Page) (list []T, next query.Cursor) {
	all = slices.Clone(all)
	from, _ := p.Cursor.Order() // Check let none pass that is not one
	if !p.Oldest {
		slices.Reverse(all)
	}
	for _, one := range all {
		if p.Cursor != "" && !behind(order(one), from, p.Oldest) {
			continue
		}
		if len(list) == p.Limit {
			return list, order(list[len(list)-1]).Cursor()
		}
		list = append(list, one)
	}
	return list, ""
}

// behind reports whether a place lies behind another, in the order of a page.
func behind(o, from query.Order, oldest bool) bool {
	if oldest {
		return o.Compare(from) > 0
	}
	return o.Compare(from) < 0
}
