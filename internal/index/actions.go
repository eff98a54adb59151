package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// Actions lists tool calls.
func (x *Index) Actions(ctx context.Context, q query.ActionsQuery) (_ *query.ActionsPage, failed error) {
	v, end, err := x.ask(ctx, &q, &failed)
	if err != nil {
		return nil, err
	}
	defer end()
	m, err := v.compile(q.Filter, query.Actions)
	if err != nil {
		return nil, err
	}
	page := &query.ActionsPage{Actions: []query.Action{}}
	if q.Pending && q.Cursor == "" {
		if page.Actions, err = v.pending(&q); err != nil {
			return nil, err
		}
	}
	refs, done, err := v.list(m, q.Page)
	if err != nil {
		return nil, err
	}
	page.Scan = done
	var rd *rowReader
	for _, r := range refs {
		if rd, err = rd.of(v, r.b); err != nil {
			return nil, err
		}
		a, err := rd.action(r)
		if err != nil {
			return nil, err
		}
		page.Actions = append(page.Actions, *a)
	}
	return page, nil
}

// pending lists the calls under way whose first record the filter selects, newest
// first.
func (v *view) pending(q *query.ActionsQuery) ([]query.Action, error) {
	v.x.mu.RLock()
	type started struct {
		query.Action
		at    query.Order
		first []query.Key // its first record
	}
	var open []started
	for _, a := range v.x.joiners.all() {
		if a.Outcome == event.Pending {
			s := started{Action: *a, at: query.Order{Time: a.Start, Seq: a.Records[0]}, first: v.x.joiners.keys(a, v.x.seen.Journal)[:1]}
			s.Records = slices.Clone(a.Records)
			open = append(open, s)
		}
	}
	v.x.mu.RUnlock()
	slices.SortStableFunc(open, func(a, b started) int { return b.at.Compare(a.at) })
	list := []query.Action{}
	for _, a := range open {
		err := v.records(a.first, func(r *event.Record) {
			if q.Match(r) && len(list) < q.Limit {
				list = append(list, a.Action)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// action joins a concluded call from its records.
func (r *rowReader) action(at ref) (*query.Action, error) {
	made, err := r.made(at.i)
	if err != nil {
		return nil, err
	}
	t, err := r.texts(at.i)
	if err != nil {
		return nil, err
	}
	var j query.Joiner
	if err := r.records(made, j.Add); err != nil {
		return nil, err
	}
	if a := j.Action(t[textToolUse]); a != nil {
		return a, nil
	}
	if list := j.Actions(); t[textToolUse] == "" && len(list) > 0 {
		return list[0], nil // without an id it joins with nothing
	}
	e, err := r.entry(at, false)
	if err != nil {
		return nil, err
	}
	return actionOf(&e), nil
}

// actionOf tells a call by what the index knows, when its lines are gone.
func actionOf(e *query.Entry) *query.Action {
	return &query.Action{
		ToolUseID: e.ToolUseID, SessionID: e.SessionID, ProjectPath: e.Project, AgentID: e.AgentID, PromptID: e.PromptID,
		ToolName: e.ToolName, EventType: e.EventType, Start: e.Timestamp, Outcome: e.Outcome, Records: []uint64{e.Seq},
		Details: event.ActionDetails{
			FilePath: e.Path, Command: e.Command, SearchPattern: e.Pattern, URL: e.URL, Query: e.Query, OutsideProjectScope: e.Outside,
		},
	}
}

// raw reads the line of a row; nil if retention removed it.
func (r *rowReader) raw(i int) (json.RawMessage, error) {
	line, err := r.x.opts.Lines.Line(uint64(r.ints[intSegment][i]), r.ints[intOffset][i], int(r.ints[intSize][i]))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a record's line: %w", err)
	}
	return line, nil
}
