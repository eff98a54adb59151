package enginetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// asked words a question.
func asked(q any) string {
	text, err := json.Marshal(q)
	if err != nil {
		return fmt.Sprintf("%+v", q)
	}
	if count, ok := q.(query.CountQuery); ok && count.Zone != nil {
		return fmt.Sprintf("%T in %s %s", q, count.Zone, text)
	}
	return fmt.Sprintf("%T %s", q, text)
}

// part is a page of a list.
type part[T any] struct {
	list []T
	query.Scan
}

// walk follows a list from page to page, at most so many; done tells that it came to
// the end. first is how much more than limit the first page may hold.
func walk[T any](limit, pages, first int, ask func(query.Cursor) (part[T], error)) (all []T, done bool, err error) {
	at := query.Cursor("")
	for n := 0; n < pages; {
		p, err := ask(at)
		if err != nil {
			return all, false, err
		}
		most, least := limit, limit
		if at == "" && first > 0 {
			most, least = limit+first, 0
		}
		switch {
		case len(p.list) > most:
			return all, false, fmt.Errorf("page %d holds %d, asked for %d", n, len(p.list), limit)
		case p.Partial && (p.Next == "" || p.ScannedTo == nil):
			return all, false, fmt.Errorf("partial page %d does not say where it ended: %+v", n, p.Scan)
		case !p.Partial && len(p.list) < least && p.Next != "":
			return all, false, fmt.Errorf("page %d holds %d of %d, is not partial, and yet has a next", n, len(p.list), limit)
		case p.Next == at && at != "":
			return all, false, fmt.Errorf("page %d ends where it begins: %s", n, at)
		}
		all = append(all, p.list...)
		if at = p.Next; at == "" {
			return all, true, nil
		}
		if !p.Partial {
			n++
		}
	}
	return all, false, nil
}

// compareLists compares what an engine lists, to its end or its first part, with
// what the model lists.
func compareLists[T any](c *checker, question string, got, want []T, done bool, key func(*T) string) {
	c.tb.Helper()
	if !done {
		want = want[:min(len(want), len(got))]
	}
	for i := range max(len(got), len(want)) {
		a, b := "nothing", "nothing"
		if i < len(got) {
			a = key(&got[i])
		}
		if i < len(want) {
			b = key(&want[i])
		}
		if a != b {
			c.tb.Errorf("%s\nlists %d, the model %d; number %d is\n%s\nfor the model\n%s", question, len(got), len(want), i, a, b)
			return
		}
	}
}

// compare compares answers that are no lists.
func (c *checker) compare(question string, got, want any) {
	c.tb.Helper()
	diff := cmp.Diff(want, got, cmpopts.EquateEmpty())
	if diff != "" {
		c.tb.Errorf("%s\n- the model's, + the engine's\n%s", question, diff)
	}
}

// bothFail compares errors; it reports whether there is one.
func (c *checker) bothFail(question string, got, want error) bool {
	c.tb.Helper()
	if kind(got) != kind(want) {
		c.tb.Errorf("%s\nerror %v, the model's %v", question, got, want)
	}
	return got != nil || want != nil
}

// kind is which of the errors that engines tell apart an error is.
func kind(err error) string {
	var bad *query.BadQuery
	switch {
	case err == nil:
		return "none"
	case errors.As(err, &bad):
		return "bad query"
	case errors.Is(err, query.ErrNoSession):
		return "no session"
	case errors.Is(err, query.ErrManySessions):
		return "many sessions"
	}
	return err.Error()
}

// The keys: everything that there is to compare, as text.

func entryKey(e *query.Entry) string {
	out := *e
	out.Timestamp, out.Record = e.Timestamp.UTC(), nil
	return text(out)
}

func actionKey(a *query.Action) string {
	out := *a
	out.Start, out.Records = a.Start.UTC(), append([]uint64{}, a.Records...)
	return text(out)
}

func sessionKey(s *query.SessionInfo) string {
	out := *s
	out.Start, out.End = s.Start.UTC(), s.End.UTC()
	return text(out)
}

func itemKey(i *query.Item) string {
	out := *i
	out.Time, out.Action, out.Event = i.Time.UTC(), nil, nil
	key := text(out)
	if i.Action != nil {
		key += actionKey(i.Action)
	}
	if i.Event != nil {
		key += entryKey(i.Event)
	}
	return key
}

func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// sameLine reports whether a line is the record's.
func sameLine(line json.RawMessage, want *event.Record) string {
	var got event.Record
	if err := json.Unmarshal(line, &got); err != nil {
		return err.Error()
	}
	r := *want
	for _, r := range []*event.Record{&got, &r} {
		if r.Timestamp = r.Timestamp.UTC(); string(r.RawInput) == "null" {
			r.RawInput = nil
		}
	}
	return cmp.Diff(r, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }))
}

// lines checks the lines of entries that were asked for with them.
func (c *checker) lines(question string, raw bool, list []query.Entry) {
	c.tb.Helper()
	for i := range list {
		e := &list[i]
		r := c.byKey[e.Key()]
		switch {
		case !raw && e.Record != nil:
			c.tb.Errorf("%s\nentry %d has a line that nobody asked for", question, i)
			return
		case raw && r != nil:
			if diff := sameLine(e.Record, r); diff != "" {
				c.tb.Errorf("%s\nthe line of entry %d: - the record's, + the engine's\n%s", question, i, diff)
				return
			}
		}
	}
}
