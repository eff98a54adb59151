package client_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"agent-telemetry/internal/api/client"
	"agent-telemetry/internal/query"

	"pgregory.net/rapid"
)

func reader(r io.Reader) *bufio.Reader { return bufio.NewReader(r) }

// listener hears questions.
type listener struct {
	query.Engine
	mu sync.Mutex
	q  query.EventsQuery
}

func (l *listener) Events(_ context.Context, q query.EventsQuery) (*query.EventsPage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.q = q
	return &query.EventsPage{}, q.Check()
}

func (l *listener) last() query.EventsQuery {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.q
}

// checkQuestions makes questions of every kind.
func checkQuestions(t *testing.T, check func(query.EventsQuery)) {
	value := map[query.Field]*rapid.Generator[string]{
		query.Outcome: rapid.SampledFrom([]string{"success", "", "pending"}),
		query.Level:   rapid.SampledFrom([]string{"INFO", "warn"}),
		query.Outside: rapid.SampledFrom([]string{"true", "false"}),
	}
	rapid.Check(t, func(r *rapid.T) {
		var q query.EventsQuery
		for range rapid.IntRange(0, 6).Draw(r, "terms") {
			field := rapid.SampledFrom(query.Fields()).Draw(r, "field")
			values := value[field]
			if values == nil {
				values = rapid.StringN(1, 20, 80)
			}
			term := query.Term{Field: field, Values: rapid.SliceOfN(values, 1, 3).Draw(r, "values"), Not: rapid.Bool().Draw(r, "not")}
			q.Terms = append(q.Terms, term)
		}
		if rapid.Bool().Draw(r, "since?") {
			q.Since = time.Unix(rapid.Int64Range(1, 4e9).Draw(r, "since"), rapid.Int64Range(0, 999999999).Draw(r, "ns"))
		}
		q.Limit = rapid.IntRange(0, query.MaxLimit).Draw(r, "limit")
		q.Oldest, q.Raw = rapid.Bool().Draw(r, "oldest"), rapid.Bool().Draw(r, "raw")
		if rapid.Bool().Draw(r, "cursor?") {
			q.Cursor = query.Order{Time: time.Unix(rapid.Int64Range(0, 4e9).Draw(r, "at"), 0), Host: rapid.String().Draw(r, "host"), Seq: 7}.Cursor()
			q.Cursor = q.Cursor[:min(len(q.Cursor), 1024)]
		}
		if q.Check() == nil {
			check(q)
		}
	})
}

// plainly is what a question means: terms in any order, and all that leave
// something out of one field are one.
func plainly(q query.EventsQuery) any {
	var terms []query.Term
	for _, t := range q.Terms {
		t.Values = slices.Clone(t.Values)
		same := slices.IndexFunc(terms, func(o query.Term) bool { return t.Not && o.Not && o.Field == t.Field })
		if same >= 0 {
			terms[same].Values = append(terms[same].Values, t.Values...)
			continue
		}
		terms = append(terms, t)
	}
	slices.SortStableFunc(terms, func(a, b query.Term) int {
		return cmp.Or(strings.Compare(fmt.Sprint(a.Field, a.Not), fmt.Sprint(b.Field, b.Not)), strings.Compare(strings.Join(a.Values, "\x00"), strings.Join(b.Values, "\x00")))
	})
	return []any{q.Since.UnixNano(), terms, q.Limit, q.Cursor, q.Oldest, q.Raw, cmp.Or(q.Unit, query.Records)}
}

// A tail goes on behind its last record when the collector comes back.
func TestTailOutlivesItsConnections(t *testing.T) {
	m, records := model(100)
	at, stop := listen(t, m, "127.0.0.1:0")
	c := client.New("http://"+at, token)
	defer c.Close()
	var got []uint64
	restarts := 0
	err := c.Tail(t.Context(), query.TailQuery{Last: 5}, func(e *query.Entry) bool {
		got = append(got, e.Seq)
		if n := len(got); n%5 == 0 && n <= 15 {
			stop()
			next := records[len(records)-1]
			next.Seq += uint64(n)
			next.Timestamp = next.Timestamp.Add(time.Duration(n) * time.Second)
			for range 5 {
				next.Seq++
				next.Timestamp = next.Timestamp.Add(time.Millisecond)
				m.Add(next)
			}
			restarts++
			_, stop = listen(t, m, at)
		}
		return len(got) < 20
	})
	stop()
	if err != nil || len(got) != 20 || restarts != 3 {
		t.Fatalf("%v, %v after %d restarts", got, err, restarts)
	}
	for i := 1; i < len(got); i++ {
		if got[i] <= got[i-1] {
			t.Errorf("%v: twice, or out of order", got)
		}
	}
}

// sharing is an engine that tells of three calls by one record.
type sharing struct{ query.Engine }

func (sharing) Tail(ctx context.Context, q query.TailQuery, yield func(*query.Entry) bool) error {
	for _, e := range []query.Entry{{Journal: "j", Seq: 4}, {Journal: "j", Seq: 5, Sub: 1}, {Journal: "j", Seq: 5, Sub: 2}, {Journal: "j", Seq: 5, Sub: 3}, {Journal: "j", Seq: 6}} {
		if e.Seq > q.After.Seq && !yield(&e) {
			return nil
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

func TestTailHandsOnEachCallOnce(t *testing.T) {
	at, stop := listen(t, sharing{}, "127.0.0.1:0")
	c := client.New("http://"+at, token)
	defer c.Close()
	var got []int
	err := c.Tail(t.Context(), query.TailQuery{After: query.Key{Journal: "j", Seq: 3}}, func(e *query.Entry) bool {
		got = append(got, int(e.Seq)*10+e.Sub)
		if len(got) == 3 { // in the middle
			stop()
			_, stop = listen(t, sharing{}, at)
		}
		return e.Seq < 6
	})
	stop()
	if want := []int{40, 51, 52, 53, 60}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
}

func TestTailEndsWithItsContext(t *testing.T) {
	m, _ := model(10)
	c := over(t, m)
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Tail(ctx, query.TailQuery{Last: 1}, func(*query.Entry) bool { cancel(); return true })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := c.Tail(t.Context(), query.TailQuery{Last: 3}, func(*query.Entry) bool { return false }); err != nil {
		t.Error(err)
	}
	nobody := client.New("http://127.0.0.1:1", token)
	if err := nobody.Tail(t.Context(), query.TailQuery{}, func(*query.Entry) bool { return true }); err == nil {
		t.Error("a tail of nobody")
	}
}
