package enginetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"agent-telemetry/internal/query"
)

// mute is a test that notes whether it failed.
type mute struct{ first string }

func (m *mute) Helper()             {}
func (m *mute) Logf(string, ...any) {}
func (m *mute) Errorf(format string, args ...any) {
	if m.first == "" {
		m.first = fmt.Sprintf(format, args...)
	}
}

// broken is an engine that gets one thing wrong.
type broken struct {
	query.Engine
	events  func(*query.EventsQuery, *query.EventsPage)
	actions func(*query.Action)
	info    func(*query.SessionInfo)
	item    func(*query.Item)
	counts  func(*query.Counts)
	top     func(*query.TopList)
	ask     func(*query.Filter)
	tail    func(*query.Entry) bool // whether it is handed on
}

func (b *broken) filter(f *query.Filter) {
	if b.ask != nil {
		b.ask(f)
	}
}

func (b *broken) Events(ctx context.Context, q query.EventsQuery) (*query.EventsPage, error) {
	b.filter(&q.Filter)
	p, err := b.Engine.Events(ctx, q)
	if err == nil && b.events != nil {
		b.events(&q, p)
	}
	return p, err
}

func (b *broken) Actions(ctx context.Context, q query.ActionsQuery) (*query.ActionsPage, error) {
	p, err := b.Engine.Actions(ctx, q)
	if err == nil && b.actions != nil {
		for i := range p.Actions {
			b.actions(&p.Actions[i])
		}
	}
	return p, err
}

func (b *broken) Session(ctx context.Context, q query.SessionQuery) (*query.Timeline, error) {
	p, err := b.Engine.Session(ctx, q)
	if err == nil && b.info != nil {
		b.info(&p.Session)
	}
	if err == nil && b.item != nil {
		for i := range p.Items {
			b.item(&p.Items[i])
		}
	}
	return p, err
}

func (b *broken) Count(ctx context.Context, q query.CountQuery) (*query.Counts, error) {
	b.filter(&q.Filter)
	p, err := b.Engine.Count(ctx, q)
	if err == nil && b.counts != nil {
		b.counts(p)
	}
	return p, err
}

func (b *broken) Top(ctx context.Context, q query.TopQuery) (*query.TopList, error) {
	p, err := b.Engine.Top(ctx, q)
	if err == nil && b.top != nil {
		b.top(p)
	}
	return p, err
}

func (b *broken) Tail(ctx context.Context, q query.TailQuery, yield func(*query.Entry) bool) error {
	return b.Engine.Tail(ctx, q, func(e *query.Entry) bool { return b.tail != nil && !b.tail(e) || yield(e) })
}

// The suite finds what is wrong with an engine, whatever it is.
func TestSuiteFinds(t *testing.T) {
	corners := Corners()
	corner := func(name string) Set {
		i := slices.IndexFunc(corners, func(s Set) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("no set %q", name)
		}
		return corners[i]
	}
	made := Set{"made up", Slice(1, 400, Options{})}
	for name, c := range map[string]struct {
		set Set
		b   broken
	}{
		"an entry twice": {made, broken{events: func(_ *query.EventsQuery, p *query.EventsPage) {
			if n := len(p.Entries); n > 3 {
				p.Entries[2] = p.Entries[1]
			}
		}}},
		"an entry that is missing": {made, broken{events: func(q *query.EventsQuery, p *query.EventsPage) {
			if p.Next != "" && q.Cursor != "" {
				p.Entries = p.Entries[1:]
			}
		}}},
		"a page that is too long": {made, broken{events: func(_ *query.EventsQuery, p *query.EventsPage) {
			if len(p.Entries) > 0 {
				p.Entries = append(p.Entries, p.Entries[0])
			}
		}}},
		"a list that never ends": {made, broken{events: func(q *query.EventsQuery, p *query.EventsPage) {
			if q.Cursor != "" {
				p.Next = q.Cursor
			}
		}}},
		"a list that ends early":                      {made, broken{events: func(q *query.EventsQuery, p *query.EventsPage) { p.Next = "" }}},
		"a part that does not say how far it reaches": {made, broken{events: func(q *query.EventsQuery, p *query.EventsPage) { p.Partial = true }}},
		"a line that nobody asked for": {made, broken{events: func(q *query.EventsQuery, p *query.EventsPage) {
			for i := range p.Entries {
				p.Entries[i].Record = []byte("{}")
			}
		}}},
		"wrong lines": {made, broken{events: func(q *query.EventsQuery, p *query.EventsPage) {
			if len(p.Entries) > 1 {
				p.Entries[0].Record = p.Entries[1].Record
			}
		}}},
		"a negation that is overlooked": {corner("a plain session"), broken{ask: func(f *query.Filter) {
			f.Terms = slices.Clone(f.Terms)
			for i := range f.Terms {
				f.Terms[i].Not = false
			}
		}}},
		"until that includes": {corner("equal times"), broken{ask: func(f *query.Filter) {
			if !f.Until.IsZero() && f.Until.After(f.Since) {
				f.Until = f.Until.Add(1)
			}
		}}},
		"times in milliseconds": {corner("equal times"), broken{events: func(_ *query.EventsQuery, p *query.EventsPage) {
			for i := range p.Entries {
				p.Entries[i].Timestamp = p.Entries[i].Timestamp.Truncate(time.Millisecond)
			}
		}}},
		"outcomes of later": {corner("what comes afterwards"), broken{actions: func(a *query.Action) { a.Outcome = "failure" }}},
		"a batch too many":  {corner("a plain session"), broken{actions: func(a *query.Action) { a.Records = append(a.Records, 6) }}},
		"a depth":           {corner("subagents"), broken{item: func(i *query.Item) { i.Depth = min(i.Depth, 1) }}},
		"a parent":          {corner("subagents"), broken{item: func(i *query.Item) { i.Parent = "" }}},
		"a chapter":         {corner("what comes afterwards"), broken{item: func(i *query.Item) { i.Chapter++ }}},
		"a session's sum":   {corner("under way"), broken{info: func(s *query.SessionInfo) { s.Pending = 0 }}},
		"a count":           {corner("ties"), broken{counts: func(c *query.Counts) { c.Total-- }}},
		"a count that is never whole": {corner("ties"), broken{counts: func(c *query.Counts) {
			at := time.Now()
			c.Partial, c.ScannedTo = true, &at
		}}},
		"an order of values": {corner("ties"), broken{top: func(l *query.TopList) { slices.Reverse(l.Values) }}},
		"a tail that skips":  {corner("ties"), broken{tail: func(e *query.Entry) bool { return e.Seq%9 != 0 }}},
	} {
		t.Run(name, func(t *testing.T) {
			m := NewModel()
			m.Add(c.set.Records...)
			c.b.Engine = m
			var noted mute
			k := newChecker(&noted, &c.b, c.set.Records)
			if c.b.tail == nil {
				k.listed()
				k.counted()
				k.told()
				k.completed()
			} else {
				k.patience = 50 * time.Millisecond // it waits for what never comes
				k.tail(query.TailQuery{Last: 100})
			}
			if noted.first == "" {
				t.Error("not found")
			}
			t.Logf("%.600s", noted.first)
		})
	}
}
