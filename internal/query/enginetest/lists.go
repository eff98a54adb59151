package enginetest

import (
	"context"
	"slices"

	"agent-telemetry/internal/query"
)

// Events lists records in order of time.
func (m *Model) Events(ctx context.Context, q query.EventsQuery) (*query.EventsPage, error) {
	release, err := m.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	defer release()
	list, next := page(m.selected(q.Unit, &q.Filter), (*entry).order, q.Page)
	out := &query.EventsPage{Entries: []query.Entry{}, Scan: query.Scan{Next: next}}
	for _, e := range list {
		out.Entries = append(out.Entries, e.shown(q.Raw))
	}
	return out, nil
}

// shown is the entry as lists show it.
func (e *entry) shown(raw bool) query.Entry {
	out := query.EntryOf(e.Record)
	out.Sub = e.Sub
	if raw {
		out.Record = Line(e.line)
	}
	return out
}

// Actions lists tool calls in order of when they were concluded.
func (m *Model) Actions(ctx context.Context, q query.ActionsQuery) (*query.ActionsPage, error) {
	release, err := m.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	defer release()
	out := &query.ActionsPage{Actions: []query.Action{}}
	if q.Pending && q.Cursor == "" {
		for _, p := range m.pending(&q) {
			out.Actions = append(out.Actions, standing(p.action))
		}
	}
	list, next := page(m.selected(query.Actions, &q.Filter), (*entry).order, q.Page)
	for _, e := range list {
		out.Actions = append(out.Actions, e.action)
	}
	out.Next = next
	return out, nil
}

// standing is an action as it stands, which later records do not change.
func standing(a *query.Action) query.Action {
	out := *a
	out.Records = slices.Clone(a.Records)
	return out
}

// pending lists the calls under way.
func (m *Model) pending(q *query.ActionsQuery) (list []step) {
	for _, s := range m.sessions {
		for _, st := range s.steps() {
			if st.pending() && q.Match(st.record) {
				list = append(list, st)
			}
		}
	}
	slices.SortFunc(list, func(a, b step) int { return b.order().Compare(a.order()) })
	return list[:min(q.Limit, len(list))]
}

// Sessions lists the sessions with a record that the filter selects.
func (m *Model) Sessions(ctx context.Context, q query.SessionsQuery) (*query.SessionsPage, error) {
	release, err := m.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	defer release()
	var all []*session
	for id, s := range m.sessions {
		if id != "" && slices.ContainsFunc(s.records, func(e *entry) bool { return q.Match(e.Record) }) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *session) int { return a.order().Compare(b.order()) })
	list, next := page(all, (*session).order, q.Page)
	out := &query.SessionsPage{Sessions: []query.SessionInfo{}, Scan: query.Scan{Next: next}}
	for _, s := range list {
		out.Sessions = append(out.Sessions, s.info())
	}
	return out, nil
}
