package index

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// actions joins the calls that begin at the given rows, from all their records.
func (s *story) actions(begins []begin) (map[string]*query.Action, error) {
	calls, wanted := map[string]*query.Action{}, map[query.Key]bool{}
	var first *begin // in the order of arrival
	for i := range begins {
		b := &begins[i]
		if !b.isCall || b.call == "" {
			continue
		}
		if a := s.underWay(b.call); a != nil {
			calls[b.call] = a
			continue
		}
		wanted[query.Key{Journal: s.x.journalName(b.b.journal), Seq: b.order.Seq}] = true
		if first == nil || b.b.id < first.b.id || b.b.id == first.b.id && b.i < first.i {
			first = b
		}
	}
	if first == nil {
		return calls, nil
	}
	keys, err := s.recordsOf(wanted, first.ref)
	if err != nil {
		return nil, err
	}
	for _, n := range s.session.Notices {
		if slices.ContainsFunc(begins, func(b begin) bool { return b.call == n.Call }) {
			keys = append(keys, n.Record)
		}
	}
	var j query.Joiner
	if err := s.records(keys, j.Add); err != nil {
		return nil, err
	}
	for _, a := range j.Actions() {
		if calls[a.ToolUseID] == nil {
			calls[a.ToolUseID] = a
		}
	}
	return calls, nil
}

// underWay is a call that later records may still change, or nil.
func (s *story) underWay(id string) *query.Action {
	s.x.mu.RLock()
	defer s.x.mu.RUnlock()
	a := s.x.joiners.action(s.session.Info.ID, id)
	if a == nil {
		return nil
	}
	c := *a
	c.Records = slices.Clone(a.Records)
	return &c
}

// recordsOf finds all records of the calls that begin with the wanted ones: what
// the batches name that these are in. It looks on, in the order of arrival, until
// each has had its batch.
func (s *story) recordsOf(wanted map[query.Key]bool, from ref) ([]query.Key, error) {
	keys := slices.Collect(maps.Keys(wanted))
	for _, b := range s.arrived() {
		if b.id < from.b.id || len(wanted) == 0 {
			continue
		}
		sel, err := s.m.selects(s.view, b)
		if err != nil || sel.none() {
			if err != nil && !errors.Is(err, errGone) {
				return nil, err
			}
			continue
		}
		rd := &rowReader{view: s.view, b: b}
		if err := rd.load(); err != nil {
			return nil, err
		}
		for i := range b.rows {
			if !sel.has(i) || b == from.b && i < from.i || len(wanted) == 0 {
				continue
			}
			made, err := rd.made(i)
			if err != nil {
				return nil, err
			}
			if len(made) == 1 || !slices.ContainsFunc(made, func(k query.Key) bool { return wanted[k] }) {
				continue
			}
			keys = append(keys, made...)
			hook, err := rd.value(dimHook, i)
			if err != nil {
				return nil, err
			}
			if hook == "PostToolBatch" {
				for _, k := range made {
					delete(wanted, k)
				}
			}
		}
	}
	return keys, nil
}

// records reads records from the journal, in the order in which they arrived, each
// once. Those that retention removed are left out.
func (v *view) records(keys []query.Key, yield func(*event.Record)) error {
	type place struct {
		b *block
		i int
	}
	var places []place
	for _, key := range keys {
		b, i, err := v.find(key)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		places = append(places, place{b, i})
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.b.id, b.b.id), cmp.Compare(a.i, b.i)) })
	for _, p := range slices.Compact(places) {
		line, err := v.lineAt(p.b, p.i)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		r := &event.Record{}
		if err := json.Unmarshal(line, r); err != nil {
			return fmt.Errorf("read a record: %w", err)
		}
		yield(r)
	}
	return nil
}
