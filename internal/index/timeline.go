package index

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// Session tells one session as a story.
func (x *Index) Session(ctx context.Context, q query.SessionQuery) (_ *query.Timeline, failed error) {
	v, end, err := x.ask(ctx, &q, &failed)
	if err != nil {
		return nil, err
	}
	defer end()
	id, err := v.resolve(q.ID)
	if err != nil {
		return nil, err
	}
	s, err := v.story(id)
	if err != nil {
		return nil, err
	}
	begins, done, err := s.begins(q.Page)
	if err != nil {
		return nil, err
	}
	t := &query.Timeline{Session: s.session.Info, Scan: done}
	t.Items, err = s.items(begins)
	return t, err
}

// resolve finds the session whose id begins with prefix, or the latest.
func (v *view) resolve(prefix string) (uint32, error) {
	if prefix == "" {
		return v.latest()
	}
	ids := map[uint32]bool{}
	if err := v.x.values[dimSession].prefixed(v.ctx, v.x.db, prefix, ids); err != nil {
		return 0, fmt.Errorf("find the session: %w", err)
	}
	var names []string
	var found uint32
	for id := range ids {
		if int(id) >= len(v.starts) || v.starts[id] == noStart {
			continue
		}
		name, err := v.text(dimSession, id)
		if err != nil {
			return 0, err
		}
		if name == prefix {
			return id, nil
		}
		found, names = id, append(names, name)
	}
	switch len(names) {
	case 0:
		return 0, fmt.Errorf("%w: %q", query.ErrNoSession, prefix)
	case 1:
		return found, nil
	}
	slices.Sort(names)
	return 0, fmt.Errorf("%w: %d begin with %q: %s", query.ErrManySessions, len(names), prefix, strings.Join(names[:min(len(names), 5)], ", "))
}

// latest is the session that the latest record with one is of.
func (v *view) latest() (id uint32, err error) {
	none := true
	s := v.newScan(&matcher{dims: []dimTerm{{dim: dimSession, ok: func(id uint32) bool {
		return int(id) < len(v.starts) && v.starts[id] != noStart
	}}}})
	_, err = s.run(func(parts []part) (bool, error) {
		refs, err := s.refs(parts, 1)
		if err != nil || len(refs) == 0 {
			return true, err
		}
		c, err := v.dim(refs[0].b, dimSession)
		if err != nil {
			return false, err
		}
		none, id = false, c.value(refs[0].i)
		return false, nil
	})
	if err == nil && none {
		err = query.ErrNoSession
	}
	return id, err
}

// story is a session being told.
type story struct {
	*view
	id      uint32
	session session
	m       *matcher
}

func (v *view) story(id uint32) (*story, error) {
	s := &story{view: v, id: id}
	if err := v.copySession(id, &s.session); err != nil {
		return nil, err
	}
	s.m = &matcher{dims: []dimTerm{{dim: dimSession, ok: func(v uint32) bool { return v == id }}}}
	return s, nil
}

// begin is a row that begins a step of the story.
type begin struct {
	ref
	isCall bool
	call   string // its tool_use_id
}

// begins finds the rows that a page's steps begin with.
func (s *story) begins(p query.Page) (list []begin, done query.Scan, err error) {
	sc := s.newScan(s.m)
	sc.oldest = p.Oldest
	if p.Cursor != "" {
		after, err := p.Cursor.Order()
		if err != nil {
			return nil, done, err
		}
		sc.after = &after
	}
	var rd *rowReader
	stopped, err := sc.run(func(parts []part) (bool, error) {
		refs, err := sc.rows(parts)
		if err != nil {
			return false, err
		}
		for _, r := range refs {
			if rd, err = rd.of(s.view, r.b); err != nil {
				return false, err
			}
			b, ok, err := rd.begins(r)
			if err != nil {
				return false, err
			}
			if ok {
				list = append(list, b)
			}
			if len(list) > p.Limit {
				return false, nil
			}
		}
		return true, nil
	})
	done = scanned(stopped)
	if len(list) > p.Limit {
		list = list[:p.Limit]
		done = query.Scan{Next: list[p.Limit-1].order.Cursor()}
	}
	return list, done, err
}

// of is a reader for block b: r itself, if it is one.
func (r *rowReader) of(v *view, b *block) (*rowReader, error) {
	if r != nil && r.b == b {
		return r, nil
	}
	r = &rowReader{view: v, b: b}
	return r, r.load()
}

// begins reports whether a row begins a step.
func (r *rowReader) begins(at ref) (b begin, ok bool, err error) {
	hook, err := r.value(dimHook, at.i)
	if err != nil {
		return b, false, err
	}
	kind, err := r.value(dimEvent, at.i)
	if err != nil {
		return b, false, err
	}
	t, err := r.texts(at.i)
	if err != nil {
		return b, false, err
	}
	b = begin{ref: at, call: t[textToolUse]}
	switch k := r.dims[dimKind].value(at.i); {
	case k == kindRefused:
		return b, false, nil
	case k == kindBegun:
		b.isCall = true
		return b, true, nil
	case k == kindConclusion, hook == "PreToolUse" && kind != string(event.TelemetryDisabled):
		b.isCall = true
		return b, t[textMade] == "", nil
	case kind == string(event.TelemetryDisabled):
		return b, true, nil
	}
	return b, hook != "PostToolBatch" && hook != "PermissionRequest" && hook != "UserPromptExpansion", nil
}

// items makes the steps that begin at the given rows.
func (s *story) items(begins []begin) ([]query.Item, error) {
	actions, err := s.actions(begins)
	if err != nil {
		return nil, err
	}
	list := make([]query.Item, 0, len(begins))
	var rd *rowReader
	for _, b := range begins {
		if rd, err = rd.of(s.view, b.b); err != nil {
			return nil, err
		}
		e, err := rd.entry(b.ref, false)
		if err != nil {
			return nil, err
		}
		item := query.Item{Order: b.order.Cursor(), Time: b.order.Time, Chapter: s.chapter(b.order), AgentID: e.AgentID}
		item.Parent, item.Depth = s.lane(e.AgentID)
		if !b.isCall {
			item.Event = &e
		} else if item.Action, err = s.action(b, actions); err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}

// chapter is how many prompts stand up to a place.
func (s *story) chapter(at query.Order) int {
	at.Sub = 0
	return sort.Search(len(s.session.Prompts), func(i int) bool { return s.session.Prompts[i].Compare(at) > 0 })
}

// lane tells which call started a subagent, and how deep it is nested.
func (s *story) lane(agent string) (parent string, depth int) {
	seen := map[string]bool{}
	parent = s.session.Lanes[agent].Call
	for agent != "" && !seen[agent] {
		seen[agent] = true
		agent = s.session.Lanes[agent].Agent
	}
	return parent, len(seen)
}

// action is the call that begins at a row.
func (s *story) action(b begin, joined map[string]*query.Action) (*query.Action, error) {
	if a := joined[b.call]; a != nil && b.call != "" {
		return a, nil
	}
	var alone query.Joiner // without an id it joins with nothing
	key := query.Key{Journal: s.x.journalName(b.b.journal), Seq: b.order.Seq}
	if err := s.records([]query.Key{key}, alone.Add); err != nil {
		return nil, err
	}
	if list := alone.Actions(); len(list) > 0 {
		return list[min(max(b.order.Sub-1, 0), len(list)-1)], nil
	}
	rd := &rowReader{view: s.view, b: b.b}
	if err := rd.load(); err != nil {
		return nil, err
	}
	e, err := rd.entry(b.ref, false)
	return actionOf(&e), err
}
