package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// asked is a query.Engine as a source.
type asked struct {
	engine query.Engine
	ended  func() error
}

func (s *asked) close() error { return s.ended() }

func (s *asked) each(ctx context.Context, f query.Filter, yield func(chosen) error) error {
	page := query.Page{Limit: query.MaxLimit, Oldest: true}
	for c, err := range merge(s.records(ctx, f, page), s.refused(ctx, f, page), true) {
		if err != nil {
			return err
		}
		if err := yield(c); err != nil {
			return err
		}
	}
	return nil
}

func (s *asked) newest(ctx context.Context, f query.Filter, n int) ([]chosen, int64, error) {
	all := f
	var records []query.Entry
	for e, err := range s.records(ctx, f, query.Page{Limit: min(n+1, query.MaxLimit)}) {
		if err != nil {
			return nil, 0, err
		}
		if records = append(records, e); len(records) > n {
			f.Since = e.Timestamp // nothing before it will be among the newest
			break
		}
	}
	var list []chosen
	more := false
	for c, err := range merge(given(records), s.refused(ctx, f, query.Page{Limit: min(n+1, query.MaxLimit)}), false) {
		if err != nil {
			return nil, 0, err
		}
		if more = len(list) == n; more {
			break
		}
		list = append(list, c)
	}
	slices.Reverse(list)
	if more {
		return list, s.count(ctx, all), nil
	}
	return list, int64(len(list)), nil
}

// given is a list as a sequence.
func given(list []query.Entry) iter.Seq2[query.Entry, error] {
	return func(yield func(query.Entry, error) bool) {
		for i := range list {
			if !yield(list[i], nil) {
				return
			}
		}
	}
}

// count is how many records a filter selects, or -1. Calls that never ran are
// found by it only if it selects their batch, too.
func (s *asked) count(ctx context.Context, f query.Filter) int64 {
	if len(f.Terms) > 0 {
		return -1
	}
	c, err := s.engine.Count(ctx, query.CountQuery{Filter: f, Unit: query.Records})
	if err != nil || c.Partial {
		return -1
	}
	return c.Total
}

func (s *asked) session(ctx context.Context, prefix string) (string, error) {
	line, err := s.engine.Session(ctx, query.SessionQuery{ID: prefix, Page: query.Page{Limit: 1}})
	switch {
	case errors.Is(err, query.ErrNoSession):
		return "", errNone
	case errors.Is(err, query.ErrManySessions):
		list, err := s.engine.Sessions(ctx, query.SessionsQuery{Filter: sessionFilter(prefix), Page: query.Page{Limit: manyShown + 1}})
		if err != nil {
			return "", err
		}
		many := &manyError{more: len(list.Sessions) > manyShown}
		for i := range list.Sessions[:min(len(list.Sessions), manyShown)] {
			many.ids = append(many.ids, list.Sessions[i].ID)
		}
		return "", many
	case err != nil:
		return "", err
	}
	return line.Session.ID, nil
}

// records are what the filter selects.
func (s *asked) records(ctx context.Context, f query.Filter, page query.Page) iter.Seq2[query.Entry, error] {
	return s.entries(ctx, query.EventsQuery{Filter: f, Page: page, Raw: true})
}

// refused are the calls that the filter selects and only a batch's record tells of.
func (s *asked) refused(ctx context.Context, f query.Filter, page query.Page) iter.Seq2[query.Entry, error] {
	f.Where(query.Hook, "PostToolBatch")
	return s.entries(ctx, query.EventsQuery{Filter: f, Page: page, Unit: query.Actions, Raw: true})
}

// merge joins records with the calls that batches tell of, in order of time.
func merge(some, others iter.Seq2[query.Entry, error], oldest bool) iter.Seq2[chosen, error] {
	return func(yield func(chosen, error) bool) {
		records, refused := ahead(some), ahead(others)
		defer records.stop()
		defer refused.stop()
		for records.ok || refused.ok {
			first := records.before(refused, oldest)
			e, err := first.e, first.err
			if err != nil {
				yield(chosen{}, err)
				return
			}
			c, err := choose(&e)
			if first == records {
				records.step()
			}
			for err == nil && refused.ok && refused.err == nil && refused.e.Key() == e.Key() {
				c.refuse(&refused.e)
				refused.step()
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// entries walks all pages of an answer.
func (s *asked) entries(ctx context.Context, q query.EventsQuery) iter.Seq2[query.Entry, error] {
	return func(yield func(query.Entry, error) bool) {
		for {
			page, err := s.engine.Events(ctx, q)
			if err != nil {
				yield(query.Entry{}, err)
				return
			}
			for i := range page.Entries {
				if !yield(page.Entries[i], nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Cursor = page.Next
		}
	}
}

// looking is a sequence of entries, of which the next is known.
type looking struct {
	e    query.Entry
	err  error
	ok   bool
	next func() (query.Entry, error, bool)
	stop func()
}

func ahead(s iter.Seq2[query.Entry, error]) *looking {
	l := new(looking)
	l.next, l.stop = iter.Pull2(s)
	l.step()
	return l
}

func (l *looking) step() { l.e, l.err, l.ok = l.next() }

// before returns which of two comes first; of the same record, l.
func (l *looking) before(other *looking, oldest bool) *looking {
	switch {
	case !other.ok || l.ok && l.err != nil:
		return l
	case !l.ok || other.err != nil:
		return other
	}
	mine, theirs := l.e.Order(), other.e.Order()
	mine.Sub, theirs.Sub = 0, 0
	if n := mine.Compare(theirs); n == 0 || (n < 0) == oldest {
		return l
	}
	return other
}

// choose makes a record of an entry: its own, or where that is gone for good what
// the entry has of it.
func choose(e *query.Entry) (chosen, error) {
	if len(e.Record) > 0 {
		r, err := parseRecord(e.Record)
		if err != nil {
			return chosen{}, fmt.Errorf("read record %d: %w", e.Seq, err)
		}
		return chosen{line: e.Record, record: r}, nil
	}
	r := &event.Record{
		Seq: e.Seq, Timestamp: e.Timestamp, Level: e.Level, EventType: e.EventType, HookEvent: e.HookEvent, SessionID: e.SessionID,
		ProjectPath: e.Project, ToolName: e.ToolName, ToolUseID: e.ToolUseID, AgentID: e.AgentID, AgentType: e.AgentType,
		PromptID: e.PromptID, Outcome: e.Outcome, DurationMS: e.Duration, Action: detailsOf(e),
	}
	r.Metadata.Journal, r.Metadata.Host = e.Journal, e.Host
	line, err := json.Marshal(e)
	if err != nil {
		return chosen{}, fmt.Errorf("show record %d: %w", e.Seq, err)
	}
	return chosen{line: line, record: r}, nil
}

// refuse adds a call that the batch c alone tells of.
func (c *chosen) refuse(e *query.Entry) {
	r := *c.record
	r.ToolUseID, r.ToolName, r.EventType, r.Outcome, r.Action = e.ToolUseID, e.ToolName, e.EventType, e.Outcome, detailsOf(e)
	c.refused = append(c.refused, query.Refused{Record: &r, Action: &query.Action{
		ToolUseID: r.ToolUseID, SessionID: r.SessionID, ProjectPath: r.ProjectPath, AgentID: r.AgentID, PromptID: r.PromptID,
		ToolName: r.ToolName, EventType: r.EventType, Start: r.Timestamp, Outcome: r.Outcome, Details: r.Action,
	}})
}

func detailsOf(e *query.Entry) event.ActionDetails {
	return event.ActionDetails{
		FilePath: e.Path, Command: e.Command, SearchPattern: e.Pattern, URL: e.URL, Query: e.Query, OutsideProjectScope: e.Outside,
	}
}
