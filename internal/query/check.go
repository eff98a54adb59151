package query

import (
	"slices"
	"time"
)

// Every Check method fills in the defaults of a question and returns a *BadQuery
// if it cannot be answered. Engines call it first.

func (p *Page) check() error {
	if p.Limit < 0 || p.Limit > MaxLimit {
		return Bad("limit", "%d: write 1 to %d", p.Limit, MaxLimit)
	}
	if p.Limit == 0 {
		p.Limit = DefaultLimit
	}
	if p.Cursor != "" {
		_, err := p.Cursor.Order()
		return err
	}
	return nil
}

func (u *Unit) check() error {
	switch *u {
	case "":
		*u = Records
	case Records, Actions:
	default:
		return Bad("unit", "%q: write %s or %s", string(*u), Records, Actions)
	}
	return nil
}

func (f Field) checkGroup(name string) error {
	if !slices.Contains(GroupFields(), f) {
		return Bad(name, "%q: write one of %s", string(f), join(GroupFields()))
	}
	return nil
}

func checkCount(name string, n *int, otherwise int) error {
	if *n < 0 || *n > MaxLimit {
		return Bad(name, "%d: write 1 to %d", *n, MaxLimit)
	}
	if *n == 0 {
		*n = otherwise
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Check checks the question; see the note above.
func (q *EventsQuery) Check() error {
	return firstOf(q.Filter.Check(), q.Page.check(), q.Unit.check())
}

// Check checks the question; see the note above.
func (q *ActionsQuery) Check() error { return firstOf(q.Filter.Check(), q.Page.check()) }

// Check checks the question; see the note above.
func (q *SessionsQuery) Check() error { return firstOf(q.Filter.Check(), q.Page.check()) }

// Check checks the question; see the note above.
func (q *SessionQuery) Check() error {
	if len(q.ID) > MaxValue {
		return Bad("session", "a value of %d bytes; at most %d", len(q.ID), MaxValue)
	}
	return q.Page.check()
}

// Check checks the question; see the note above.
func (q *CountQuery) Check() error {
	if err := firstOf(q.Filter.Check(), q.Unit.check(), checkCount("series", &q.Series, 20)); err != nil {
		return err
	}
	if q.By != "" {
		if err := q.By.checkGroup("by"); err != nil {
			return err
		}
	}
	if q.Distinct != "" {
		if err := q.Distinct.checkGroup("distinct"); err != nil {
			return err
		}
	}
	switch {
	case q.Bucket < 0, q.Bucket%time.Second != 0:
		return Bad("bucket", "%s: write whole seconds", q.Bucket)
	case q.Bucket > day && q.Bucket%day != 0:
		return Bad("bucket", "%s: write whole days, if more than one", q.Bucket)
	}
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	return nil
}

// BucketOf is the start of the bucket that a time falls into. Buckets of less than
// a day are counted from each midnight in the zone, so that the last of a day may
// be cut off; those of several days so that seven begin on a Monday. A later time
// has no earlier bucket, and buckets do not overlap, however clocks change.
func (q *CountQuery) BucketOf(t time.Time) time.Time {
	if q.Bucket == 0 {
		return time.Time{}
	}
	y, m, d := t.In(q.Zone).Date()
	if q.Bucket < day {
		start := midnight(y, m, d, q.Zone)
		return start.Add(t.Sub(start) / q.Bucket * q.Bucket)
	}
	const monday = 4 // 5 January 1970, in days since the first
	days := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/int64(day/time.Second) - monday
	return midnight(y, m, d-int(mod(days, int64(q.Bucket/day))), q.Zone)
}

// midnight is the first moment of a day, which is not 0:00 where clocks skip that.
func midnight(y int, m time.Month, d int, zone *time.Location) time.Time {
	want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Day()
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for i := 0; i < 4 && t.Day() != want; i++ {
		t = t.Add(30 * time.Minute)
	}
	return t
}

const day = 24 * time.Hour

func mod(a, n int64) int64 { return (a%n + n) % n }

// Check checks the question; see the note above.
func (q *TopQuery) Check() error {
	return firstOf(q.Filter.Check(), q.Unit.check(), q.By.checkGroup("by"), checkCount("limit", &q.Limit, 20))
}

// Check checks the question; see the note above.
func (q *FacetsQuery) Check() error {
	if err := firstOf(q.Filter.Check(), q.Unit.check(), checkCount("limit", &q.Limit, 10)); err != nil {
		return err
	}
	for i, f := range q.Fields {
		if err := f.checkGroup("fields"); err != nil {
			return err
		}
		if slices.Contains(q.Fields[:i], f) {
			return Bad("fields", "%s twice", f)
		}
	}
	if len(q.Fields) == 0 {
		q.Fields = FacetFields()
	}
	return nil
}

// FacetFields are the fields that facets are made of unless others are named:
// all that have few values.
func FacetFields() []Field {
	return slices.DeleteFunc(GroupFields(), func(f Field) bool { return f == Session || f == Path })
}

// Check checks the question; see the note above.
func (q *TailQuery) Check() error {
	if q.After.Journal == "" && q.After.Seq != 0 {
		return Bad("after", "record %d of no journal", q.After.Seq)
	}
	if q.Last < 0 || q.Last > MaxLimit {
		return Bad("last", "%d: write 0 to %d", q.Last, MaxLimit)
	}
	return firstOf(q.Filter.Check(), q.Unit.check())
}
