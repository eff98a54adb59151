package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"agent-telemetry/internal/query"
)

// survey is what the questions' parameters are drawn from. All of it is asked of
// the collector itself.
type survey struct {
	*rand.Rand
	first, last time.Time   // of the records
	days        []time.Time // of real work: at least a third of the records of the busiest
	middling    []string    // sessions of about 300 records
	long        query.SessionInfo
	values      map[query.Field][]string // by frequency
	sessions    int
	host        string
}

func newSurvey(ctx context.Context, e query.Engine, seed uint64) (*survey, error) {
	s := &survey{Rand: newRand(seed, 0), values: map[query.Field][]string{}}
	err := errors.Join(s.time(ctx, e), s.people(ctx, e), s.vocabulary(ctx, e))
	if err == nil && (len(s.days) == 0 || len(s.middling) == 0) {
		err = errors.New("no days and no sessions are in it")
	}
	if err != nil {
		return nil, fmt.Errorf("look at what there is to ask for: %w", err)
	}
	return s, nil
}

func (s *survey) time(ctx context.Context, e query.Engine) error {
	for _, end := range []struct {
		oldest bool
		into   *time.Time
	}{{true, &s.first}, {false, &s.last}} {
		p, err := e.Events(ctx, query.EventsQuery{Page: query.Page{Limit: 1, Oldest: end.oldest}})
		if err != nil {
			return err
		}
		if len(p.Entries) == 0 {
			return errors.New("no records")
		}
		*end.into, s.host = p.Entries[0].Timestamp, p.Entries[0].Host
	}
	counts, err := e.Count(ctx, query.CountQuery{Bucket: 24 * time.Hour})
	if err != nil {
		return err
	}
	var most int64
	for _, b := range counts.Buckets {
		most = max(most, b.Counts[0])
	}
	for _, b := range counts.Buckets {
		if b.Counts[0]*3 >= most {
			s.days = append(s.days, b.Start)
		}
	}
	return nil
}

// people goes over all sessions: the longest, and those nearest to 300 records.
func (s *survey) people(ctx context.Context, e query.Engine) error {
	var all []query.SessionInfo
	for q := (query.SessionsQuery{Page: query.Page{Limit: query.MaxLimit}}); ; {
		p, err := e.Sessions(ctx, q)
		if err != nil {
			return err
		}
		all = append(all, p.Sessions...)
		if q.Cursor = p.Next; q.Cursor == "" {
			break
		}
	}
	s.sessions = len(all)
	off := func(i query.SessionInfo) int64 { return max(i.Records-300, 300-i.Records) }
	slices.SortFunc(all, func(a, b query.SessionInfo) int { return cmp.Compare(off(a), off(b)) })
	for i := range min(50, len(all)) {
		s.middling = append(s.middling, all[i].ID)
	}
	for _, i := range all {
		if i.Records > s.long.Records {
			s.long = i
		}
	}
	return nil
}

func (s *survey) vocabulary(ctx context.Context, e query.Engine) error {
	facets, err := e.Facets(ctx, query.FacetsQuery{Limit: 20})
	if err != nil {
		return err
	}
	for _, f := range facets.Facets {
		for _, v := range f.Values {
			if v.Value != "" {
				s.values[f.Field] = append(s.values[f.Field], v.Value)
			}
		}
	}
	paths, err := e.Top(ctx, query.TopQuery{By: query.Path, Limit: 200})
	if err != nil {
		return err
	}
	for _, v := range paths.Values {
		s.values[query.Path] = append(s.values[query.Path], v.Value)
	}
	s.values[query.Session] = s.middling
	s.values[query.Text] = []string{"test", "git", "npm", "docker", "grep", "rm -rf", "ledger", "invoice", "--stat", "scripts/", ".tsx", "HEAD~", "checkout"}
	return nil
}

// pick draws a value of a field that occurs.
func (s *survey) pick(f query.Field) string {
	list := s.values[f]
	if len(list) == 0 {
		return "nothing"
	}
	return list[s.IntN(len(list))]
}

// day is a day of real work.
func (s *survey) day() query.Filter {
	d := s.days[s.IntN(len(s.days))]
	return query.Filter{Since: d, Until: d.Add(24 * time.Hour)}
}

// moment is a random time between the first record and the last, but late enough
// for a page to be full.
func (s *survey) moment() time.Time {
	span := s.last.Sub(s.first)
	return s.first.Add(span/20 + time.Duration(s.Int64N(int64(span*19/20)+1)))
}

// conjunction is a filter of one to three fields, some negated, some with a time.
func (s *survey) conjunction() (f query.Filter) {
	fields := query.Fields()
	s.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	for _, field := range fields[:1+s.IntN(3)] {
		value := s.pick(field)
		switch {
		case field == query.Session:
			value = value[:min(len(value), 2+s.IntN(7))]
		case field == query.Path && s.IntN(2) == 0:
			value = "*" + value[max(0, len(value)-8):]
		}
		if s.IntN(10) == 0 {
			f.WhereNot(field, value)
		} else {
			f.Where(field, value)
		}
	}
	switch s.IntN(4) {
	case 0:
		f.Until = s.moment()
	case 1:
		day := s.day()
		f.Since, f.Until = day.Since, day.Until
	}
	return f
}

// newRand is a source of its own for each who draws.
func newRand(seed, who uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, who)) }
