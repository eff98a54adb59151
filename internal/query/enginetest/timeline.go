package enginetest

import (
	"context"
	"fmt"
	"strings"

	"agent-telemetry/internal/query"
)

// Session tells one session as a story.
func (m *Model) Session(ctx context.Context, q query.SessionQuery) (*query.Timeline, error) {
	release, err := m.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	defer release()
	s, err := m.session(q.ID)
	if err != nil {
		return nil, err
	}
	var items []query.Item
	chapters, lanes := s.chapters(), s.lanes()
	for _, st := range s.steps() {
		items = append(items, item(st, chapters, lanes))
	}
	list, next := page(items, func(i query.Item) query.Order { o, _ := i.Order.Order(); return o }, q.Page)
	return &query.Timeline{Session: s.info(), Items: append([]query.Item{}, list...), Scan: query.Scan{Next: next}}, nil
}

// session finds the one that is asked for.
func (m *Model) session(id string) (found *session, err error) {
	if s := m.sessions[id]; s != nil && id != "" {
		return s, nil
	}
	for name, s := range m.sessions {
		switch {
		case name == "" || !strings.HasPrefix(name, id):
		case found == nil || id == "" && s.lastOrder().Compare(found.lastOrder()) > 0:
			found = s
		case id != "":
			return nil, fmt.Errorf("%w begins with %.60q", query.ErrManySessions, id)
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w: %.60q", query.ErrNoSession, id)
	}
	return found, nil
}

func (s *session) lastOrder() query.Order { return s.records[len(s.records)-1].order() }

func item(st step, chapters []query.Order, lanes map[string]*query.Action) query.Item {
	at := st.order()
	out := query.Item{Order: at.Cursor(), Time: at.Time, AgentID: st.record.AgentID}
	for _, c := range chapters {
		if c.Compare(at) <= 0 {
			out.Chapter++
		}
	}
	if st.action != nil {
		a := standing(st.action)
		out.Action = &a
	} else {
		e := query.EntryOf(st.record)
		out.Event = &e
	}
	if parent := lanes[out.AgentID]; parent != nil {
		out.Parent = parent.ToolUseID
	}
	out.Depth = depth(out.AgentID, lanes)
	return out
}

// chapters lists where the prompts are.
func (s *session) chapters() (list []query.Order) {
	for _, e := range s.records {
		if isPrompt(e.Record) {
			list = append(list, e.order())
		}
	}
	return list
}

// lanes names the call that started each subagent, where a record from after one
// says so.
func (s *session) lanes() map[string]*query.Action {
	lanes := map[string]*query.Action{}
	for _, e := range s.records {
		a := s.joiner.Action(e.ToolUseID)
		id := e.Action.SubagentID
		after := strings.HasPrefix(e.HookEvent, "PostToolUse")
		if after && a != nil && id != "" && lanes[id] == nil {
			lanes[id] = a
		}
	}
	return lanes
}

// depth counts the lanes up to the main agent's. Lanes that are said to have started
// each other count once each.
func depth(agent string, lanes map[string]*query.Action) int {
	seen := map[string]bool{}
	for agent != "" && !seen[agent] {
		seen[agent] = true
		if parent := lanes[agent]; parent != nil {
			agent = parent.AgentID
		} else {
			agent = ""
		}
	}
	return len(seen)
}
