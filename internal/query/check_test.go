package query_test

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata" // not every system has zones

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"

	"pgregory.net/rapid"
)

func TestBucketOf(t *testing.T) {
	for _, c := range []struct {
		zone       string
		width      time.Duration
		time, want string
	}{
		{"UTC", time.Minute, "2026-07-01T12:34:56Z", "2026-07-01T12:34:00Z"},
		{"UTC", 7 * time.Hour, "2026-07-01T23:00:00Z", "2026-07-01T21:00:00Z"},
		{"UTC", 7 * 24 * time.Hour, "2026-07-01T12:00:00Z", "2026-06-29T00:00:00Z"},
		{"UTC", 7 * 24 * time.Hour, "1969-12-28T12:00:00Z", "1969-12-22T00:00:00Z"},
		{"Asia/Kolkata", time.Hour, "2026-07-01T12:34:56Z", "2026-07-01T12:30:00Z"},
		{"Europe/Berlin", 24 * time.Hour, "2026-07-01T22:30:00Z", "2026-07-01T22:00:00Z"},
		{"Europe/Berlin", 24 * time.Hour, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z"},
		{"Europe/Berlin", time.Hour, "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z"}, // 2:30 for the first time
		{"Europe/Berlin", time.Hour, "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z"}, // and for the second
		{"Europe/Berlin", 6 * time.Hour, "2026-03-29T04:30:00Z", "2026-03-28T23:00:00Z"},
		{"America/Sao_Paulo", 24 * time.Hour, "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z"}, // began at 1:00
	} {
		q := query.CountQuery{Bucket: c.width, Zone: zone(t, c.zone)}
		if got := q.BucketOf(at(t, c.time)); !got.Equal(at(t, c.want)) {
			t.Errorf("%s, %s: %s is in the bucket of %s, want %s", c.zone, c.width, c.time, got.UTC().Format(time.RFC3339), c.want)
		}
	}
}

// However clocks change, a bucket begins in itself, not behind what is in it, and a
// later time has no earlier bucket.
func TestBucketsAreInOrder(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana"}
	rapid.Check(t, func(t *rapid.T) {
		q := query.CountQuery{Zone: zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))}
		q.Bucket = rapid.SampledFrom([]time.Duration{1, 60, 300, 3600, 7 * 3600, 86400, 3 * 86400, 7 * 86400}).Draw(t, "s") * time.Second
		one := time.Unix(rapid.Int64Range(0, 2_000_000_000).Draw(t, "time"), 5)
		two := one.Add(time.Duration(rapid.Int64Range(0, 200_000).Draw(t, "later")) * time.Second)
		first, second := q.BucketOf(one), q.BucketOf(two)
		if first.After(one) || second.Before(first) || !q.BucketOf(first).Equal(first) {
			t.Fatalf("%s is in %s, which is in %s; %s in %s", one, first, q.BucketOf(first), two, second)
		}
	})
}

type failer interface{ Fatal(args ...any) }

func zone(t failer, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t failer, text string) time.Time {
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestQuestionsThatMakeNoSense(t *testing.T) {
	type checker interface{ Check() error }
	for name, c := range map[string]struct {
		q     checker
		field string
	}{
		"limit too high":      {&query.EventsQuery{Page: query.Page{Limit: query.MaxLimit + 1}}, "limit"},
		"limit too low":       {&query.ActionsQuery{Page: query.Page{Limit: -1}}, "limit"},
		"cursor":              {&query.SessionsQuery{Page: query.Page{Cursor: "x"}}, "cursor"},
		"unit":                {&query.EventsQuery{Unit: "pounds"}, "unit"},
		"session":             {&query.SessionQuery{ID: string(make([]byte, query.MaxValue+1))}, "session"},
		"by text":             {&query.CountQuery{By: query.Text}, "by"},
		"distinct text":       {&query.CountQuery{Distinct: query.Text}, "distinct"},
		"series":              {&query.CountQuery{Series: -1}, "series"},
		"narrow bucket":       {&query.CountQuery{Bucket: time.Millisecond}, "bucket"},
		"part of a second":    {&query.CountQuery{Bucket: 1500 * time.Millisecond}, "bucket"},
		"part of a day":       {&query.CountQuery{Bucket: 36 * time.Hour}, "bucket"},
		"top of nothing":      {&query.TopQuery{}, "by"},
		"facet of text":       {&query.FacetsQuery{Fields: []query.Field{query.Text}}, "fields"},
		"facet twice":         {&query.FacetsQuery{Fields: []query.Field{query.Tool, query.Tool}}, "fields"},
		"last":                {&query.TailQuery{Last: query.MaxLimit + 1}, "last"},
		"after no journal":    {&query.TailQuery{After: query.Key{Seq: 1}}, "after"},
		"filter of an events": {&query.EventsQuery{Filter: *new(query.Filter).Where("colour", "red")}, "colour"},
	} {
		var bad *query.BadQuery
		if err := c.q.Check(); !errors.As(err, &bad) || bad.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckFillsInDefaults(t *testing.T) {
	e, c, f := query.EventsQuery{}, query.CountQuery{}, query.FacetsQuery{Fields: []query.Field{}}
	for _, err := range []error{e.Check(), c.Check(), f.Check()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if e.Limit != query.DefaultLimit || e.Unit != query.Records || c.Series != 20 || c.Zone != time.UTC || f.Limit != 10 || len(f.Fields) == 0 {
		t.Errorf("%+v %+v %+v", e, c, f)
	}
}

// What concludes a call is told as the call stood then, whatever comes later.
func TestConcluded(t *testing.T) {
	r := records([]step{{"PreToolUse", "a", ""}, {"PreToolUse", "b", ""}, {"PostToolUse", "a", ""}, {"PostToolBatch", "a", "result"}, {"UserPromptSubmit", "a", "failed"}, {"PostToolUse", "", ""}})
	r[3].Action.Calls = append(r[3].Action.Calls, event.Call{ToolUseID: "b", ToolName: "Bash"}, event.Call{ToolName: "Bash"})
	var j query.Joiner
	var list []query.Conclusion
	for i := range r {
		j.Add(&r[i])
		list = append(list, j.Concluded(&r[i])...)
	}
	if len(list) != 3 {
		t.Fatalf("%+v", list)
	}
	if c := list[0]; c.Sub != 0 || c.Action.ToolUseID != "a" || c.Action.Outcome != event.Success || len(c.Action.Records) != 2 {
		t.Errorf("%+v", c)
	}
	if c := list[1]; c.Sub != 1 || c.Record.ToolUseID != "b" || c.Record.Seq != 4 || c.Record.Outcome != event.Denied {
		t.Errorf("%+v", c)
	}
	if c := list[2]; c.Action.ToolUseID != "" || len(c.Action.Records) != 1 {
		t.Errorf("%+v", c)
	}
}
