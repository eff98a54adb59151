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
func (x *Index) Sessions(ctx context.Context, q query.SessionsQuery) (_ *query.SessionsPage, err error) {
	defer func() { err = x.note(err) }()
	if err := q.Check(); err != nil {
		return nil, err
	}
	v, release, err := x.view(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	ids, stopped, err := v.sessionsOf(q.Filter)
	if err != nil {
		return nil, err
	}
	page := &query.SessionsPage{Sessions: []query.SessionInfo{}}
	list, next, err := v.sessionPage(ids, q.Page)
	if err != nil {
		return nil, err
	}
	page.Sessions = append(page.Sessions, list...)
	page.Next = next
	if stopped != nil {
		page.Partial, page.ScannedTo = true, &stopped.Time
	}
	return page, nil
}

// sessionsOf finds the numbers of the sessions with a record that a filter selects.
func (v *view) sessionsOf(f query.Filter) ([]uint32, end, error) {
	m, err := v.compile(f, query.Records)
	if err != nil {
		return nil, nil, err
	}
	t := newTallies(dimSession)
	stopped, err := v.tally(m, []tallies{t})
	if err != nil {
		return nil, nil, err
	}
	var ids []uint32
	for id, n := range t.list[0].counts {
		if n > 0 && id < len(v.starts) && v.starts[id] != noStart {
			ids = append(ids, uint32(id))
		}
	}
	return ids, stopped, nil
}

// sessionPage reads the page's sessions. They are in order of their starts, and
// then of their ids.
func (v *view) sessionPage(ids []uint32, p query.Page) (list []query.SessionInfo, next query.Cursor, err error) {
	slices.SortFunc(ids, func(a, b uint32) int {
		if c := cmp.Compare(v.starts[a], v.starts[b]); p.Oldest || c == 0 {
			return c
		}
		return cmp.Compare(v.starts[b], v.starts[a])
	})
	var orders []query.Order
	var after *query.Order
	if p.Cursor != "" {
		o, err := p.Cursor.Order()
		if err != nil {
			return nil, "", err
		}
		after = &o
	}
	for i := 0; i < len(ids) && len(list) <= p.Limit; {
		var same []session // those that began at the same time
		for start := v.starts[ids[i]]; i < len(ids) && v.starts[ids[i]] == start; i++ {
			if t := time.Unix(0, start); after != nil && (p.Oldest && t.Before(after.Time) || !p.Oldest && t.After(after.Time)) {
				continue
			}
			var s session
			if err := v.copySession(ids[i], &s); err != nil {
				return nil, "", err
			}
			same = append(same, s)
		}
		slices.SortFunc(same, func(a, b session) int {
			if p.Oldest {
				return a.First.Compare(b.First)
			}
			return b.First.Compare(a.First)
		})
		for _, s := range same {
			if after == nil || p.Oldest && s.First.Compare(*after) > 0 || !p.Oldest && s.First.Compare(*after) < 0 {
				list, orders = append(list, s.Info), append(orders, s.First)
			}
		}
	}
	if len(list) > p.Limit {
		list = list[:p.Limit]
		next = orders[p.Limit-1].Cursor()
	}
	return list, next, nil
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
