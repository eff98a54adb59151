package index_test

import (
	"encoding/json"
	"testing"
	"time"

	"agent-telemetry/internal/index"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

// An engine that has time for next to nothing answers in parts, and the parts
// together are the whole, in order, nothing twice.
func TestPartsMakeTheWhole(t *testing.T) {
	l := newLedger(generated(20_000))
	x, err := index.Open(t.Context(), path(t), index.Options{Lines: l, Budget: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	fill(t, x, l, 1000)
	model := enginetest.NewModel()
	for i := range l.stored {
		model.Add(*l.stored[i].Record)
	}
	for name, f := range map[string]query.Filter{
		"everything": {},
		"a word":     *new(query.Filter).Where(query.Text, enginetest.Common),
		"the needle": *new(query.Filter).Where(query.Text, enginetest.Needle),
		"two fields": *new(query.Filter).Where(query.Outside, "true").Where(query.Tool, "Bash"),
		"nothing":    *new(query.Filter).Where(query.Tool, "None"),
	} {
		for _, oldest := range []bool{false, true} {
			page := query.Page{Limit: 7, Oldest: oldest}
			if name == "everything" {
				page.Limit = query.MaxLimit
			}
			t.Run(name+map[bool]string{true: " oldest first", false: ""}[oldest], func(t *testing.T) {
				samePages(t, "events", func(e query.Engine, c query.Cursor) ([]any, query.Scan, error) {
					p, err := e.Events(t.Context(), query.EventsQuery{Filter: f, Page: query.Page{Limit: page.Limit, Oldest: oldest, Cursor: c}})
					if err != nil {
						return nil, query.Scan{}, err
					}
					return anys(p.Entries), p.Scan, nil
				}, x, model)
				samePages(t, "sessions", func(e query.Engine, c query.Cursor) ([]any, query.Scan, error) {
					p, err := e.Sessions(t.Context(), query.SessionsQuery{Filter: f, Page: query.Page{Limit: page.Limit, Oldest: oldest, Cursor: c}})
					if err != nil {
						return nil, query.Scan{}, err
					}
					return anys(p.Sessions), p.Scan, nil
				}, x, model)
			})
		}
	}
}

func TestPartsOfAStoryMakeTheWhole(t *testing.T) {
	l := newLedger(generated(20_000))
	x, err := index.Open(t.Context(), path(t), index.Options{Lines: l, Budget: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	fill(t, x, l, 1000)
	model := enginetest.NewModel()
	for i := range l.stored {
		model.Add(*l.stored[i].Record)
	}
	top, err := model.Top(t.Context(), query.TopQuery{By: query.Session, Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range top.Values {
		for _, oldest := range []bool{false, true} {
			samePages(t, "story", func(e query.Engine, c query.Cursor) ([]any, query.Scan, error) {
				p, err := e.Session(t.Context(), query.SessionQuery{ID: s.Value, Page: query.Page{Limit: 50, Oldest: oldest, Cursor: c}})
				if err != nil {
					return nil, query.Scan{}, err
				}
				return anys(p.Items), p.Scan, nil
			}, x, model)
		}
	}
}

func anys[T any](list []T) (out []any) {
	for _, v := range list {
		out = append(out, v)
	}
	return out
}

// samePages follows both engines' pages to the end and compares what they list.
func samePages(t *testing.T, what string, ask func(query.Engine, query.Cursor) ([]any, query.Scan, error), x, model query.Engine) {
	t.Helper()
	walk := func(e query.Engine) (all []string, parts int) {
		for c, n := query.Cursor(""), 0; ; n++ {
			list, scan, err := ask(e, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range list {
				text, _ := json.Marshal(v)
				all = append(all, string(text))
			}
			if scan.Partial {
				parts++
				if scan.Next == "" || scan.ScannedTo == nil {
					t.Fatalf("%s: a part from which nothing leads on", what)
				}
			}
			if c = scan.Next; c == "" {
				return all, parts
			}
			if n > 2000 {
				t.Fatalf("%s: no end after %d pages", what, n)
			}
		}
	}
	got, _ := walk(x)
	want, _ := walk(model)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("%s: %d, want %d; number %d differs", what, len(got), len(want), i)
		}
	}
}
