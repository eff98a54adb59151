package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

// The bars of the questions' p95, at ten million records.
const (
	barDay      = 50 * time.Millisecond  // dashboard counts over a day
	barAll      = 150 * time.Millisecond // and over everything
	barNeedle   = 50 * time.Millisecond
	barLong     = 50 * time.Millisecond // first page of a session of 50,000
	barQuestion = 100 * time.Millisecond
	barRandom   = 500 * time.Millisecond
)

// The questions that others refer to.
const (
	askOutside  = "newest 100 outside the project"
	askCommon   = "newest 100 with a common word"
	askNeedle   = "a rare substring, over everything"
	askPerDay   = "tools per day, over everything"
	askPerFive  = "tools per 5 minutes, over a day"
	askMiddling = "a session of about 300 events, whole"
	askRandom   = "random conjunctions of up to three fields"
)

// answer is what there is to say of one.
type answer struct {
	entries int // or buckets, values, sessions
	partial bool
}

// question is asked in every round, with other parameters each time.
type question struct {
	name  string
	bar   time.Duration
	times int // in a round
	ask   func(ctx context.Context, s *survey, round int) (answer, error)
}

// questions lists what is asked. In the first round, a question for the newest has
// no time; in later ones, a random time before which they are.
func questions(e query.Engine) []question {
	return []question{
		{askPerFive, barDay, 1, count(e, func(s *survey) query.CountQuery {
			return query.CountQuery{Filter: s.day(), By: query.Tool, Bucket: 5 * time.Minute}
		})},
		{"outcomes of calls per hour, over a day", barDay, 1, count(e, func(s *survey) query.CountQuery {
			return query.CountQuery{Filter: s.day(), Unit: query.Actions, By: query.Outcome, Bucket: time.Hour}
		})},
		{askPerDay, barAll, 1, count(e, func(*survey) query.CountQuery {
			return query.CountQuery{By: query.Tool, Bucket: 24 * time.Hour}
		})},
		{"distinct sessions per day, over everything", barAll, 1, count(e, func(*survey) query.CountQuery {
			return query.CountQuery{Distinct: query.Session, Bucket: 24 * time.Hour}
		})},
		{askOutside, barQuestion, 1, newest(e, func(*survey) *query.Filter { return new(query.Filter).Where(query.Outside, "true") })},
		{askCommon, barQuestion, 1, newest(e, func(*survey) *query.Filter {
			return new(query.Filter).Where(query.Text, enginetest.Common)
		})},
		{askNeedle, barNeedle, 1, needle(e)},
		{askMiddling, barQuestion, 1, func(ctx context.Context, s *survey, _ int) (answer, error) {
			return timeline(ctx, e, query.SessionQuery{ID: s.pick(query.Session), Page: query.Page{Limit: query.MaxLimit, Oldest: true}})
		}},
		{"a session of 50,000, first page", barLong, 1, func(ctx context.Context, s *survey, round int) (answer, error) {
			return timeline(ctx, e, query.SessionQuery{ID: s.long.ID, Page: query.Page{Oldest: round%2 == 0}})
		}},
		{"top 20 paths, over everything", barQuestion, 1, top(e, func(*survey) query.Filter { return query.Filter{} })},
		{"top 20 paths, over a day", barQuestion, 1, top(e, (*survey).day)},
		{"facets, over everything", barQuestion, 1, facets(e, func(*survey) query.Filter { return query.Filter{} })},
		{"facets, with a filter", barQuestion, 1, facets(e, func(s *survey) query.Filter {
			return *new(query.Filter).Where(query.Project, s.pick(query.Project)).Where(query.Tool, s.pick(query.Tool))
		})},
		{"a page deep in the results", barQuestion, 1, func(ctx context.Context, s *survey, _ int) (answer, error) {
			at := query.Order{Time: s.moment(), Host: s.host}
			return events(ctx, e, query.EventsQuery{Filter: *new(query.Filter).Where(query.Tool, s.pick(query.Tool)), Page: query.Page{Cursor: at.Cursor()}})
		}},
		{"newest sessions", barQuestion, 1, func(ctx context.Context, s *survey, round int) (answer, error) {
			p, err := e.Sessions(ctx, query.SessionsQuery{Filter: until(s, round, &query.Filter{})})
			return say(err, func() answer { return answer{len(p.Sessions), p.Partial} })
		}},
		{"newest 100 concluded calls", barQuestion, 1, func(ctx context.Context, s *survey, round int) (answer, error) {
			p, err := e.Actions(ctx, query.ActionsQuery{Filter: until(s, round, &query.Filter{})})
			return say(err, func() answer { return answer{len(p.Actions), p.Partial} })
		}},
		{askRandom, barRandom, 4, func(ctx context.Context, s *survey, _ int) (answer, error) {
			return events(ctx, e, query.EventsQuery{Filter: s.conjunction()})
		}},
	}
}

// asking is a question's way of being asked.
type asking = func(context.Context, *survey, int) (answer, error)

func say(err error, a func() answer) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return a(), nil
}

func until(s *survey, round int, f *query.Filter) query.Filter {
	if round > 0 {
		f.Until = s.moment()
	}
	return *f
}

func events(ctx context.Context, e query.Engine, q query.EventsQuery) (answer, error) {
	p, err := e.Events(ctx, q)
	return say(err, func() answer { return answer{len(p.Entries), p.Partial} })
}

func newest(e query.Engine, filter func(*survey) *query.Filter) asking {
	return func(ctx context.Context, s *survey, round int) (answer, error) {
		return events(ctx, e, query.EventsQuery{Filter: until(s, round, filter(s))})
	}
}

// needle asks in any case for a part that occurs in nothing else. An answer that
// is whole and has not found all is wrong.
func needle(e query.Engine) asking {
	return func(ctx context.Context, s *survey, round int) (answer, error) {
		part := enginetest.Needle[s.IntN(2):]
		if round%2 == 1 {
			part = strings.ToUpper(part)
		}
		a, err := events(ctx, e, query.EventsQuery{Filter: *new(query.Filter).Where(query.Text, part)})
		if err == nil && !a.partial && a.entries != enginetest.NeedleRecords {
			err = fmt.Errorf("%q was found %d times and is there %d times: nothing to measure", part, a.entries, enginetest.NeedleRecords)
		}
		return a, err
	}
}

func count(e query.Engine, q func(*survey) query.CountQuery) asking {
	return func(ctx context.Context, s *survey, _ int) (answer, error) {
		c, err := e.Count(ctx, q(s))
		return say(err, func() answer { return answer{len(c.Buckets), c.Partial} })
	}
}

func top(e query.Engine, filter func(*survey) query.Filter) asking {
	return func(ctx context.Context, s *survey, _ int) (answer, error) {
		t, err := e.Top(ctx, query.TopQuery{Filter: filter(s), By: query.Path})
		return say(err, func() answer { return answer{len(t.Values), t.Partial} })
	}
}

func facets(e query.Engine, filter func(*survey) query.Filter) asking {
	return func(ctx context.Context, s *survey, _ int) (answer, error) {
		f, err := e.Facets(ctx, query.FacetsQuery{Filter: filter(s)})
		return say(err, func() answer { return answer{len(f.Facets), f.Partial} })
	}
}

func timeline(ctx context.Context, e query.Engine, q query.SessionQuery) (answer, error) {
	t, err := e.Session(ctx, q)
	return say(err, func() answer { return answer{len(t.Items), t.Partial} })
}
