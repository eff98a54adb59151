package index

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"agent-telemetry/internal/query"
)

// Sessions lists the sessions with a record that the filter selects.
func (x *Index) Sessions(ctx context.Context, q query.SessionsQuery) (_ *query.SessionsPage, failed error) {
	v, end, err := x.ask(ctx, &q, &failed)
	if err != nil {
		return nil, err
	}
	defer end()
	f := finder{view: v, filter: q.Filter, oldest: q.Oldest, found: newTallies(dimSession)}
	if q.Cursor != "" {
		after, err := q.Cursor.Order()
		if err != nil {
			return nil, err
		}
		f.after = &after
	}
	if err := f.find(); err != nil {
		return nil, err
	}
	page := &query.SessionsPage{Sessions: []query.SessionInfo{}, Scan: scanned(f.stopped)}
	list, next, err := v.sessionPage(&f, q.Limit)
	if err != nil {
		return nil, err
	}
	page.Sessions = append(page.Sessions, list...)
	if next != "" {
		page.Scan = query.Scan{Next: next}
	}
	return page, nil
}

// finder finds the sessions with a record that a filter selects, in the order of
// their first records, from a place on and as far as time allows.
type finder struct {
	*view
	filter  query.Filter
	oldest  bool
	after   *query.Order // only sessions that begin behind this
	found   tallies
	stopped end // sessions that begin behind this are not known
}

// find scans the records behind the place. Sessions that are under way where a
// scan begins or ends may have their only such record on its other side: those few
// are looked at to the end.
func (f *finder) find() error {
	m, err := f.compile(f.filter, query.Records)
	if err != nil {
		return err
	}
	s := f.newScan(m)
	s.oldest, s.after = f.oldest, f.after
	if f.stopped, err = s.run(f.visit(m)); err != nil {
		return err
	}
	across := f.after // sessions under way here have records that were not scanned
	if f.oldest {
		across = f.stopped
	}
	if across == nil {
		return nil
	}
	return f.findAcross(*across)
}

// findAcross looks for the records behind a moment of the sessions that began
// before it.
func (f *finder) findAcross(at query.Order) error {
	filter := f.filter
	if at.Time.After(filter.Since) {
		filter.Since = at.Time
	}
	m, err := f.compile(filter, query.Records)
	if err != nil {
		return err
	}
	until := at.Time.UnixNano()
	m.dims = append(m.dims, dimTerm{dim: dimSession, ok: func(id uint32) bool {
		return int(id) < len(f.starts) && f.starts[id] != noStart && f.starts[id] <= until
	}})
	s := f.newScan(m)
	s.deadline = s.deadline.Add(time.Hour)
	_, err = s.run(f.visit(m))
	return err
}

func (f *finder) visit(m *matcher) func([]part) (bool, error) {
	return func(parts []part) (bool, error) {
		for _, p := range parts {
			if err := f.tallyPart(m, p, &f.found); err != nil {
				return false, err
			}
		}
		return true, nil
	}
}

// ids are the numbers of the sessions found, in the order of their starts.
func (f *finder) ids() (ids []uint32) {
	for id, n := range f.found.list[0].counts {
		if n > 0 && id < len(f.starts) && f.starts[id] != noStart {
			ids = append(ids, uint32(id))
		}
	}
	slices.SortFunc(ids, func(a, b uint32) int {
		if f.oldest {
			return cmp.Compare(f.starts[a], f.starts[b])
		}
		return cmp.Compare(f.starts[b], f.starts[a])
	})
	return ids
}

// wants reports whether a session that begins at a place is one to list.
func (f *finder) wants(first query.Order) bool {
	sign := -1
	if f.oldest {
		sign = 1
	}
	return (f.after == nil || sign*first.Compare(*f.after) > 0) && (f.stopped == nil || sign*first.Compare(*f.stopped) <= 0)
}

// sessionPage reads the sessions of a page, and where the next begins if it is full.
func (v *view) sessionPage(f *finder, limit int) (list []query.SessionInfo, next query.Cursor, err error) {
	var last query.Order
	for ids := f.ids(); len(ids) > 0; {
		same, err := v.sameStart(f, &ids)
		if err != nil {
			return nil, "", err
		}
		for _, s := range same {
			if len(list) == limit {
				return list, last.Cursor(), nil
			}
			list, last = append(list, s.Info), s.First
		}
	}
	return list, "", nil
}

// sameStart takes the sessions that began at the same time off the list, and
// returns those of them that are wanted, in order.
func (v *view) sameStart(f *finder, ids *[]uint32) (same []session, err error) {
	start := v.starts[(*ids)[0]]
	for len(*ids) > 0 && v.starts[(*ids)[0]] == start {
		id := (*ids)[0]
		*ids = (*ids)[1:]
		if at := time.Unix(0, start); f.after != nil && (f.oldest && at.Before(f.after.Time) || !f.oldest && at.After(f.after.Time)) {
			continue // without reading it
		}
		var s session
		if err := v.copySession(id, &s); err != nil {
			return nil, err
		}
		if f.wants(s.First) {
			same = append(same, s)
		}
	}
	slices.SortFunc(same, func(a, b session) int {
		if f.oldest {
			return a.First.Compare(b.First)
		}
		return b.First.Compare(a.First)
	})
	return same, nil
}

// copySession reads a session's state, with the calls that are under way.
func (v *view) copySession(id uint32, s *session) error {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	if held := v.x.sessions[id]; held != nil {
		*s = *held
		s.Prompts, s.Notices, s.Lanes = slices.Clip(s.Prompts), slices.Clip(s.Notices), maps.Clone(s.Lanes)
	} else if err := loadSession(v.ctx, v.x.db, id, s); err != nil {
		return err
	}
	s.Info.Pending = v.x.joiners.pending(s.Info.ID)
	return nil
}
