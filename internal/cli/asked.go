package cli

import (
	"context"
	"errors"
	"iter"
	"slices"

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
