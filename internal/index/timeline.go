package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// Session tells one session as a story.
func (x *Index) Session(ctx context.Context, q query.SessionQuery) (_ *query.Timeline, err error) {
	defer func() { err = x.note(err) }()
	if err := q.Check(); err != nil {
		return nil, err
	}
	v, release, err := x.view(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
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
		name, err := v.x.values[dimSession].text(v.ctx, v.x.db, id)
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

// latest is the session that began last; of several, the one with the last id.
func (v *view) latest() (uint32, error) {
	var all []uint32
	for id, start := range v.starts {
		if start != noStart {
			all = append(all, uint32(id))
		}
	}
	list, _, err := v.sessionPage(all, query.Page{Limit: 1})
	if err != nil {
		return 0, err
	}
	if len(list) == 0 {
		return 0, query.ErrNoSession
	}
	id, _ := v.x.values[dimSession].lookup(v.ctx, v.x.db, list[0].ID)
	return id, nil
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
	s.m = &matcher{dims: []dimTerm{{dimSession, func(v uint32) bool { return v == id }}}}
	return s, nil
}

// begin is a row that begins a step of the story.
type begin struct {
	ref
	call string // tool_use_id; "" for a step that is no call
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
			call, ok, err := rd.begins(r.i)
			if err != nil {
				return false, err
			}
			if ok {
				list = append(list, begin{r, call})
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

// rows lists the selected rows of a group, of whatever kind, in the order of the scan.
func (s *scan) rows(parts []part) (list []ref, err error) {
	for _, p := range parts {
		found, err := s.refsOf(p, p.block.rows)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	if len(parts) > 1 {
		slices.SortFunc(list, func(a, b ref) int {
			if s.oldest {
				return a.order.Compare(b.order)
			}
			return b.order.Compare(a.order)
		})
	}
	return list, nil
}

// of is a reader for block b: r itself, if it is one.
func (r *rowReader) of(v *view, b *block) (*rowReader, error) {
	if r != nil && r.b == b {
		return r, nil
	}
	r = &rowReader{view: v, b: b}
	return r, r.load()
}

// begins reports whether a row begins a step, and of which call.
func (r *rowReader) begins(i int) (call string, ok bool, err error) {
	hook, err := r.value(dimHook, i)
	if err != nil {
		return "", false, err
	}
	t, err := r.texts(i)
	if err != nil {
		return "", false, err
	}
	k := r.dims[dimKind].values[r.dims[dimKind].codes[i]]
	switch {
	case k == kindConclusion, k == kindRefused, k == kindUnknown:
		return t[textToolUse], t[textMade] == "", nil
	case hook == "PreToolUse":
		name, err := r.value(dimEvent, i)
		return t[textToolUse], name != string(event.TelemetryDisabled), err
	case hook == "PostToolBatch", hook == "PermissionRequest", hook == "UserPromptExpansion":
		return "", false, nil
	}
	return "", true, nil
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
		item := query.Item{Order: b.order.Cursor(), Time: b.order.Time, Chapter: s.chapter(b.order.Seq), AgentID: e.AgentID}
		item.Parent, item.Depth = s.lane(e.AgentID)
		if b.call == "" {
			item.Event = &e
		} else if item.Action = actions[b.call]; item.Action == nil {
			item.Action = actionOf(&e)
		}
		list = append(list, item)
	}
	return list, nil
}

// chapter is how many prompts stand up to a record.
func (s *story) chapter(seq uint64) int {
	return sort.Search(len(s.session.Prompts), func(i int) bool { return s.session.Prompts[i] > seq })
}

// lane tells which call started a subagent, and how deep it is nested.
func (s *story) lane(agent string) (parent string, depth int) {
	if agent == "" {
		return "", 0
	}
	l := s.session.Lanes[agent]
	parent, depth = l.Call, 1
	for seen := 0; l.Agent != "" && seen < len(s.session.Lanes); seen++ {
		depth++
		l = s.session.Lanes[l.Agent]
	}
	return parent, depth
}

// actions joins the calls that begin at the given rows, from all their records.
func (s *story) actions(begins []begin) (map[string]*query.Action, error) {
	calls, wanted := map[string]*query.Action{}, map[uint64]bool{}
	var first *begin
	for i := range begins {
		b := &begins[i]
		if b.call == "" {
			continue
		}
		if a := s.underWay(b.call); a != nil {
			calls[b.call] = a
			continue
		}
		wanted[b.order.Seq] = true
		if first == nil || b.order.Compare(first.order) < 0 {
			first = b
		}
	}
	if first == nil {
		return calls, nil
	}
	seqs, err := s.recordsOf(wanted, first.order)
	if err != nil {
		return nil, err
	}
	for _, n := range s.session.Notices {
		if slices.ContainsFunc(begins, func(b begin) bool { return b.call == n.Call }) {
			seqs = append(seqs, n.Seq)
		}
	}
	joined, err := s.join(seqs, first.b.journal)
	for id, a := range joined {
		if calls[id] == nil {
			calls[id] = a
		}
	}
	return calls, err
}

// underWay is a call that later records may still change, or nil.
func (v *view) underWay(id string) *query.Action {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	a := v.x.joiner.Action(id)
	if a == nil {
		return nil
	}
	c := *a
	c.Records = slices.Clone(a.Records)
	return &c
}

// recordsOf finds all records of the calls that begin with the wanted ones: what
// the batches name that these are in. It looks on until each has had its batch.
func (s *story) recordsOf(wanted map[uint64]bool, from query.Order) ([]uint64, error) {
	var seqs []uint64
	for seq := range wanted {
		seqs = append(seqs, seq)
	}
	sc := s.newScan(s.m)
	sc.oldest = true
	before := from
	before.Time = before.Time.Add(-1)
	sc.after = &before
	var rd *rowReader
	_, err := sc.run(func(parts []part) (bool, error) {
		refs, err := sc.rows(parts)
		if err != nil {
			return false, err
		}
		for _, r := range refs {
			if rd, err = rd.of(s.view, r.b); err != nil {
				return false, err
			}
			made, err := rd.made(r.i)
			if err != nil {
				return false, err
			}
			if !slices.ContainsFunc(made, func(seq uint64) bool { return wanted[seq] }) {
				continue
			}
			seqs = append(seqs, made...)
			if hook, err := rd.value(dimHook, r.i); err != nil || hook != "PostToolBatch" {
				if err != nil {
					return false, err
				}
				continue
			}
			for _, seq := range made {
				delete(wanted, seq)
			}
			if len(wanted) == 0 {
				return false, nil
			}
		}
		return true, nil
	})
	return seqs, err
}

// join makes calls of records.
func (s *story) join(seqs []uint64, journal uint32) (map[string]*query.Action, error) {
	var j query.Joiner
	name := s.x.journalName(journal)
	slices.Sort(seqs)
	for _, seq := range slices.Compact(seqs) {
		r, err := s.record(query.Key{Journal: name, Seq: seq})
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		j.Add(r)
	}
	calls := map[string]*query.Action{}
	for _, a := range j.Actions() {
		calls[a.ToolUseID] = a
	}
	return calls, nil
}
