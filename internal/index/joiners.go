package index

import (
	"slices"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// joiners join the calls of each session that later records may still change.
type joiners struct {
	bySession map[string]*query.Joiner
	order     []string // sessions, the one that was used longest ago first
	open      int      // calls, over all sessions

	journal string                      // of the last record
	older   map[*query.Action][]stretch // of calls that began in another journal
}

// stretch is how many of a call's records come from journals up to this one.
type stretch struct {
	journal string
	n       int
}

// in says which journal the next record is of.
func (x *joiners) in(journal string) {
	if x.journal != journal && x.journal != "" {
		was := x.older
		x.older = map[*query.Action][]stretch{}
		for _, a := range x.all() {
			x.older[a] = append(was[a], stretch{x.journal, len(a.Records)})
		}
	}
	x.journal = journal
}

// keys names the records that a call is made of so far.
func (x *joiners) keys(a *query.Action, journal string) (keys []query.Key) {
	if a == nil {
		return nil
	}
	older := x.older[a]
	for i, seq := range a.Records {
		for len(older) > 0 && i >= older[0].n {
			older = older[1:]
		}
		k := query.Key{Journal: journal, Seq: seq}
		if len(older) > 0 {
			k.Journal = older[0].journal
		}
		keys = append(keys, k)
	}
	return keys
}

// maxOpen bounds the calls that are followed. Sessions that die leave calls behind
// that nothing will ever conclude.
const maxOpen = 4096

// of is the joiner for a record's session, which the record will be added to.
func (x *joiners) of(r *event.Record) *query.Joiner {
	if x.bySession == nil {
		x.bySession = map[string]*query.Joiner{}
	}
	j := x.bySession[r.SessionID]
	if j == nil {
		j = &query.Joiner{}
		x.bySession[r.SessionID] = j
		x.order = append(x.order, r.SessionID)
	}
	x.open -= len(j.Actions())
	return j
}

// trim forgets what a record has done with, once it was added.
func (x *joiners) trim(r *event.Record) {
	j := x.bySession[r.SessionID]
	if r.HookEvent == "PostToolBatch" { // nothing more will come of them
		for i := range r.Action.Calls {
			j.Forget(r.Action.Calls[i].ToolUseID)
		}
	}
	x.open += len(j.Actions())
	if len(j.Actions()) == 0 {
		x.drop(r.SessionID)
		return
	}
	if n := len(x.order); x.order[n-1] != r.SessionID {
		i := slices.Index(x.order, r.SessionID)
		x.order = append(slices.Delete(x.order, i, i+1), r.SessionID)
	}
	for x.open > maxOpen && len(x.order) > 1 {
		x.open -= len(x.bySession[x.order[0]].Actions())
		x.drop(x.order[0])
	}
}

func (x *joiners) drop(session string) {
	delete(x.bySession, session)
	if i := slices.Index(x.order, session); i >= 0 {
		x.order = slices.Delete(x.order, i, i+1)
	}
}

// action is a call under way, or nil.
func (x *joiners) action(session, id string) *query.Action {
	if j := x.bySession[session]; j != nil {
		return j.Action(id)
	}
	return nil
}

// pending counts a session's calls under way.
func (x *joiners) pending(session string) (n int64) {
	if j := x.bySession[session]; j != nil {
		for _, a := range j.Actions() {
			if a.Outcome == event.Pending {
				n++
			}
		}
	}
	return n
}

// all lists the calls of all sessions.
func (x *joiners) all() (list []*query.Action) {
	for _, session := range x.order {
		list = append(list, x.bySession[session].Actions()...)
	}
	return list
}
