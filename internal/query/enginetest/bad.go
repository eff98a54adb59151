package enginetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// runBad asks what cannot be answered, and what nobody waits for.
func runBad(t *testing.T, open Open) {
	engine := open(t, Corners()[2].Records)
	for name, ask := range badQuestions(engine) {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			var bad *query.BadQuery
			if err := ask(ctx); !errors.As(err, &bad) || bad.Problem == "" {
				t.Errorf("got %v, want a bad query", err)
			}
		})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, ask := range everyQuestion(engine) {
		t.Run(name+" that nobody waits for", func(t *testing.T) {
			if err := ask(ended); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// everyQuestion asks each kind of question, from a filter.
func everyQuestion(e query.Engine) map[string]func(context.Context) error {
	list := filtered(e, query.Filter{})
	list["session"] = func(ctx context.Context) error { _, err := e.Session(ctx, query.SessionQuery{}); return err }
	return list
}

func filtered(e query.Engine, f query.Filter) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"events":   func(ctx context.Context) error { _, err := e.Events(ctx, query.EventsQuery{Filter: f}); return err },
		"actions":  func(ctx context.Context) error { _, err := e.Actions(ctx, query.ActionsQuery{Filter: f}); return err },
		"sessions": func(ctx context.Context) error { _, err := e.Sessions(ctx, query.SessionsQuery{Filter: f}); return err },
		"count":    func(ctx context.Context) error { _, err := e.Count(ctx, query.CountQuery{Filter: f}); return err },
		"top": func(ctx context.Context) error {
			_, err := e.Top(ctx, query.TopQuery{Filter: f, By: query.Tool})
			return err
		},
		"facets": func(ctx context.Context) error { _, err := e.Facets(ctx, query.FacetsQuery{Filter: f}); return err },
		"tail": func(ctx context.Context) error {
			return e.Tail(ctx, query.TailQuery{Filter: f}, func(*query.Entry) bool { return true })
		},
	}
}

// badQuestions lists what every engine must refuse.
func badQuestions(e query.Engine) map[string]func(context.Context) error {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	where := func(f query.Field, values ...string) query.Filter {
		return query.Filter{Terms: []query.Term{{Field: f, Values: values}}}
	}
	list := map[string]func(context.Context) error{}
	for name, f := range map[string]query.Filter{
		"until before since":   {Since: now, Until: now.Add(-1)},
		"unknown field":        where("colour", "red"),
		"no field":             where("", "red"),
		"no values":            where(query.Tool),
		"too many values":      where(query.Tool, strings.Split(strings.Repeat("x ", query.MaxValues), " ")...),
		"too long a value":     where(query.Text, strings.Repeat("x", query.MaxValue+1)),
		"empty text":           where(query.Text, ""),
		"empty path":           where(query.Path, ""),
		"unheard-of outcome":   where(query.Outcome, "fine"),
		"unheard-of level":     where(query.Level, string(event.Info)+" "),
		"outside maybe":        where(query.Outside, "1"),
		"too many conditions":  {Terms: make([]query.Term, query.MaxTerms+1)},
		"a bad one among good": {Terms: []query.Term{{Field: query.Tool, Values: []string{"Bash"}}, {Field: query.Level, Values: []string{"INFO", "LOUD"}}}},
	} {
		for kind, ask := range filtered(e, f) {
			list[kind+": "+name] = ask
		}
	}
	for name, p := range map[string]query.Page{
		"limit below 0":    {Limit: -1},
		"absurd limit":     {Limit: query.MaxLimit + 1},
		"cursor of nobody": {Cursor: "x"},
		"endless cursor":   {Cursor: query.Cursor(strings.Repeat("QQ", 1<<20))},
		"hostile cursor":   {Cursor: "\x00\x1b[31m' OR 1=1 --"},
		"cursor of words":  {Cursor: "YS5iLmMuZA"}, // a.b.c.d
	} {
		list["events: "+name] = func(ctx context.Context) error { _, err := e.Events(ctx, query.EventsQuery{Page: p}); return err }
		list["actions: "+name] = func(ctx context.Context) error { _, err := e.Actions(ctx, query.ActionsQuery{Page: p}); return err }
		list["sessions: "+name] = func(ctx context.Context) error { _, err := e.Sessions(ctx, query.SessionsQuery{Page: p}); return err }
		list["session: "+name] = func(ctx context.Context) error { _, err := e.Session(ctx, query.SessionQuery{Page: p}); return err }
	}
	for name, q := range map[string]query.CountQuery{
		"narrow bucket": {Bucket: time.Millisecond}, "bucket below 0": {Bucket: -time.Hour}, "part of a second": {Bucket: 1500 * time.Millisecond},
		"a day and a half": {Bucket: 36 * time.Hour}, "by text": {By: query.Text}, "by nothing known": {By: "colour"}, "distinct texts": {Distinct: query.Text},
		"series below 0": {Series: -1}, "absurd series": {Series: 1 << 40}, "unit": {Unit: "pounds"},
	} {
		list["count: "+name] = func(ctx context.Context) error { _, err := e.Count(ctx, q); return err }
	}
	for name, q := range map[string]query.TopQuery{
		"by nothing": {}, "by text": {By: query.Text}, "limit below 0": {By: query.Tool, Limit: -1}, "absurd limit": {By: query.Tool, Limit: 1 << 40}, "unit": {By: query.Tool, Unit: "pounds"},
	} {
		list["top: "+name] = func(ctx context.Context) error { _, err := e.Top(ctx, q); return err }
	}
	for name, q := range map[string]query.FacetsQuery{
		"of text": {Fields: []query.Field{query.Text}}, "twice": {Fields: []query.Field{query.Tool, query.Tool}}, "absurd limit": {Limit: 1 << 40}, "unit": {Unit: "pounds"},
	} {
		list["facets: "+name] = func(ctx context.Context) error { _, err := e.Facets(ctx, q); return err }
	}
	for name, q := range map[string]query.TailQuery{
		"last below 0": {Last: -1}, "absurd last": {Last: 1 << 40}, "after no journal": {After: query.Key{Seq: 1}}, "after an unknown one": {After: query.Key{Journal: "nobody's", Seq: 1}}, "unit": {Unit: "pounds"},
	} {
		list["tail: "+name] = func(ctx context.Context) error { return e.Tail(ctx, q, func(*query.Entry) bool { return true }) }
	}
	list["events: unit"] = func(ctx context.Context) error {
		_, err := e.Events(ctx, query.EventsQuery{Unit: "pounds"})
		return err
	}
	list["session: endless id"] = func(ctx context.Context) error {
		_, err := e.Session(ctx, query.SessionQuery{ID: strings.Repeat("x", 1<<20)})
		return err
	}
	return list
}
