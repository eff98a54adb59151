package enginetest

import (
	"context"
	"errors"

	"agent-telemetry/internal/query"
)

// all is more pages than any list has.
const all = 1 << 20

// both asks engine and model for pages of a list, at most so many.
func both[T any](c *checker, question string, limit, pages, first int, key func(*T) string, ask func(context.Context, query.Engine, query.Cursor) (part[T], error)) []T {
	c.tb.Helper()
	ctx, cancel := c.ctx()
	defer cancel()
	if limit == 0 {
		limit = query.DefaultLimit
	}
	got, done, err := walk(limit, pages, first, func(at query.Cursor) (part[T], error) { return ask(ctx, c.engine, at) })
	want, _, wantErr := walk(limit, pages+1, first, func(at query.Cursor) (part[T], error) { return ask(ctx, c.model, at) })
	if !c.bothFail(question, err, wantErr) {
		compareLists(c, question, got, want, done, key)
	}
	return got
}

func (c *checker) events(q query.EventsQuery, pages int) {
	c.tb.Helper()
	begin := q.Cursor
	list := both(c, asked(q), q.Limit, pages, 0, entryKey, func(ctx context.Context, e query.Engine, at query.Cursor) (part[query.Entry], error) {
		q := q
		if q.Cursor = at; at == "" {
			q.Cursor = begin
		}
		p, err := e.Events(ctx, q)
		if err != nil {
			return part[query.Entry]{}, err
		}
		return part[query.Entry]{p.Entries, p.Scan}, nil
	})
	if len(list) < 200 {
		c.lines(asked(q), q.Raw, list)
	}
}

func (c *checker) actions(q query.ActionsQuery, pages int) {
	c.tb.Helper()
	begin, first := q.Cursor, 0
	if q.Pending {
		if first = q.Limit; first == 0 {
			first = query.DefaultLimit
		}
	}
	both(c, asked(q), q.Limit, pages, first, actionKey, func(ctx context.Context, e query.Engine, at query.Cursor) (part[query.Action], error) {
		q := q
		if q.Cursor = at; at == "" {
			q.Cursor = begin
		}
		p, err := e.Actions(ctx, q)
		if err != nil {
			return part[query.Action]{}, err
		}
		return part[query.Action]{p.Actions, p.Scan}, nil
	})
}

func (c *checker) sessions(q query.SessionsQuery, pages int) {
	c.tb.Helper()
	begin := q.Cursor
	both(c, asked(q), q.Limit, pages, 0, sessionKey, func(ctx context.Context, e query.Engine, at query.Cursor) (part[query.SessionInfo], error) {
		q := q
		if q.Cursor = at; at == "" {
			q.Cursor = begin
		}
		p, err := e.Sessions(ctx, q)
		if err != nil {
			return part[query.SessionInfo]{}, err
		}
		return part[query.SessionInfo]{p.Sessions, p.Scan}, nil
	})
}

func (c *checker) session(q query.SessionQuery, pages int) {
	c.tb.Helper()
	begin := q.Cursor
	infos := map[query.Engine]string{}
	both(c, asked(q), q.Limit, pages, 0, itemKey, func(ctx context.Context, e query.Engine, at query.Cursor) (part[query.Item], error) {
		q := q
		if q.Cursor = at; at == "" {
			q.Cursor = begin
		}
		p, err := e.Session(ctx, q)
		if err != nil {
			return part[query.Item]{}, err
		}
		infos[e] = sessionKey(&p.Session)
		return part[query.Item]{p.Items, p.Scan}, nil
	})
	if got, want := infos[c.engine], infos[c.model]; got != want {
		c.tb.Errorf("%s\nis of\n%s\nfor the model\n%s", asked(q), got, want)
	}
}

// incomplete checks a partial answer that is no list: it may fall short, but says so.
func (c *checker) incomplete(question string, scan query.Scan, got, want int64) bool {
	c.tb.Helper()
	if scan.Next != "" {
		c.tb.Errorf("%s\nis no list, and has a next", question)
	}
	if !scan.Partial {
		c.said.complete++
		return false
	}
	c.said.partial++
	if scan.ScannedTo == nil || got > want {
		c.tb.Errorf("%s\npartial: %d of %d, scanned to %v", question, got, want, scan.ScannedTo)
	}
	return true
}

func (c *checker) count(q query.CountQuery) {
	c.tb.Helper()
	ctx, cancel := c.ctx()
	defer cancel()
	got, err := c.engine.Count(ctx, q)
	want, wantErr := c.model.Count(ctx, q)
	if c.bothFail(asked(q), err, wantErr) || c.incomplete(asked(q), got.Scan, got.Total, want.Total) {
		return
	}
	c.compare(asked(q), got, want)
}

func (c *checker) top(q query.TopQuery) {
	c.tb.Helper()
	ctx, cancel := c.ctx()
	defer cancel()
	got, err := c.engine.Top(ctx, q)
	want, wantErr := c.model.Top(ctx, q)
	if c.bothFail(asked(q), err, wantErr) || c.incomplete(asked(q), got.Scan, got.Total, want.Total) {
		return
	}
	c.compare(asked(q), got, want)
}

func (c *checker) facets(q query.FacetsQuery) {
	c.tb.Helper()
	ctx, cancel := c.ctx()
	defer cancel()
	got, err := c.engine.Facets(ctx, q)
	want, wantErr := c.model.Facets(ctx, q)
	if c.bothFail(asked(q), err, wantErr) || c.incomplete(asked(q), got.Scan, 0, 0) {
		return
	}
	c.compare(asked(q), got, want)
}

// tail asks for what is known to come, and then wants no more.
func (c *checker) tail(q query.TailQuery) {
	c.tb.Helper()
	take := func(e query.Engine, n int) (list []query.Entry, err error) {
		ctx, cancel := c.ctx()
		defer cancel()
		err = e.Tail(ctx, q, func(e *query.Entry) bool {
			list = append(list, *e)
			return len(list) < n
		})
		return list, err
	}
	want, wantErr := c.model.known(q)
	var got []query.Entry
	var err error
	if len(want) > 0 || wantErr != nil {
		got, err = take(c.engine, len(want))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		c.tb.Errorf("%s\nwaits after %d of %d", asked(q), len(got), len(want))
	} else if c.bothFail(asked(q), err, wantErr) {
		return
	}
	compareLists(c, asked(q), got, want, true, entryKey)
	c.lines(asked(q), q.Raw, got)
}
