package enginetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// OpenLive opens an engine that takes more records while it is asked: add returns
// once questions see them.
type OpenLive func(t *testing.T, records []event.Record) (engine query.Engine, add func(records ...event.Record))

// RunLive holds an engine that records arrive in to the Model.
func RunLive(t *testing.T, open OpenLive) {
	records := Slice(2, 6000, Options{})
	half := len(records) / 2
	t.Run("records arrive between questions", func(t *testing.T) {
		engine, add := open(t, nil)
		grow(t, engine, add, records)
	})
	for _, c := range []struct {
		name string
		q    query.TailQuery
	}{
		{"everything", query.TailQuery{Last: 1}},
		{"calls", query.TailQuery{Last: 3, Unit: query.Actions}},
		{"a filter", query.TailQuery{Last: 2, Filter: *new(query.Filter).Where(query.Tool, "Bash").WhereNot(query.Text, Common), Raw: true}},
		{"denials", query.TailQuery{Last: 1, Unit: query.Actions, Filter: *new(query.Filter).Where(query.Outcome, "denied")}},
		{"after a record", query.TailQuery{After: query.Key{Journal: records[0].Metadata.Journal, Seq: uint64(half - 50)}}},
	} {
		t.Run("tail "+c.name, func(t *testing.T) { follow(t, open, records, half, c.q) })
	}
	t.Run("a slow reader holds up nobody", func(t *testing.T) { slow(t, open, records, half) })
	t.Run("a tail ends with its context", func(t *testing.T) { endTail(t, open, records[:half]) })
}

// grow asks the same questions again and again as records arrive.
func grow(t *testing.T, engine query.Engine, add func(...event.Record), records []event.Record) {
	from := 0
	for _, to := range []int{0, 1, 2, 10, 500, 501, len(records)} {
		add(records[from:to]...)
		from = to
		c := newChecker(t, engine, records[:to])
		c.events(query.EventsQuery{Page: query.Page{Limit: query.MaxLimit}}, all)
		c.events(query.EventsQuery{Unit: query.Actions, Page: query.Page{Oldest: true}}, all)
		c.actions(query.ActionsQuery{Pending: true}, all)
		c.sessions(query.SessionsQuery{}, all)
		c.session(query.SessionQuery{Page: query.Page{Limit: 10}}, 1)
		c.count(query.CountQuery{By: query.Tool, Bucket: time.Hour})
		c.top(query.TopQuery{By: query.Path, Limit: 50})
		c.facets(query.FacetsQuery{})
	}
}

// follow compares what a tail hands on, across records that arrive in the meantime,
// with what the model knows of in the end.
func follow(t *testing.T, open OpenLive, records []event.Record, half int, q query.TailQuery) {
	engine, add := open(t, records[:half])
	before := newChecker(t, engine, records[:half])
	known, err := before.model.known(q)
	if err != nil || len(known) == 0 {
		t.Fatalf("the model knows of %d to begin with: %v", len(known), err)
	}
	rest := q
	rest.Last, rest.After = 0, query.Key{Journal: records[half-1].Metadata.Journal, Seq: records[half-1].Seq}
	c := newChecker(t, engine, records)
	coming, err := c.model.known(rest)
	if err != nil {
		t.Fatal(err)
	}
	want := append(known, coming...)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var got []query.Entry
	var adding sync.WaitGroup
	err = engine.Tail(ctx, q, func(e *query.Entry) bool {
		if got = append(got, *e); len(got) == 1 {
			adding.Go(func() {
				for from := half; from < len(records); from += 37 {
					add(records[from:min(from+37, len(records))]...)
				}
			})
		}
		return len(got) < len(want)
	})
	adding.Wait()
	if err != nil {
		t.Errorf("%s: %v after %d of %d", asked(q), err, len(got), len(want))
	}
	compareLists(c, asked(q), got, want, true, entryKey)
	c.lines(asked(q), q.Raw, got)
}

// slow reads nothing until everything has been added, which must not wait for it.
func slow(t *testing.T, open OpenLive, records []event.Record, half int) {
	engine, add := open(t, records[:half])
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	n := 0
	err := engine.Tail(ctx, query.TailQuery{Last: 1}, func(*query.Entry) bool {
		if n++; n == 1 {
			added := make(chan struct{})
			go func() { defer close(added); add(records[half:]...) }()
			select {
			case <-added:
			case <-ctx.Done():
				t.Error("records wait for a tail's reader")
			}
		}
		return n <= len(records)-half
	})
	if err != nil || n != len(records)-half+1 {
		t.Errorf("%d handed on, want %d: %v", n, len(records)-half+1, err)
	}
}

// endTail ends a tail that waits.
func endTail(t *testing.T, open OpenLive, records []event.Record) {
	engine, _ := open(t, records)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := engine.Tail(ctx, query.TailQuery{Last: 5}, func(*query.Entry) bool {
		time.AfterFunc(20*time.Millisecond, cancel)
		return true
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
