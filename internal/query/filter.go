// Package query says what can be asked of the record and what an answer looks
// like, so that the command line, the API and every engine mean the same.
package query

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"agent-telemetry/internal/event"
)

// Filter selects records: those of its time to which every term applies. The
// zero Filter selects all.
type Filter struct {
	Since, Until time.Time // from Since on, before Until; zero: unbounded
	Terms        []Term
}

// Term is a condition on one field: that it has any of the values, or, with Not,
// none of them. Case does not matter but in sessions, projects and paths.
type Term struct {
	Field  Field
	Values []string
	Not    bool
}

// Where adds the condition that a field has any of the values. No values, no
// condition.
func (f *Filter) Where(field Field, values ...string) *Filter {
	return f.add(Term{Field: field, Values: values})
}

// WhereNot adds the condition that a field has none of the values.
func (f *Filter) WhereNot(field Field, values ...string) *Filter {
	return f.add(Term{Field: field, Values: values, Not: true})
}

func (f *Filter) add(t Term) *Filter {
	if len(t.Values) > 0 {
		f.Terms = append(f.Terms[:len(f.Terms):len(f.Terms)], t)
	}
	return f
}

// Match reports whether the filter selects r.
func (f *Filter) Match(r *event.Record) bool {
	if !f.Within(r.Timestamp) {
		return false
	}
	for i := range f.Terms {
		if !f.Terms[i].Match(r) {
			return false
		}
	}
	return true
}

// Within reports whether a time is one the filter selects.
func (f *Filter) Within(t time.Time) bool {
	return (f.Since.IsZero() || !t.Before(f.Since)) && (f.Until.IsZero() || t.Before(f.Until))
}

// Match reports whether the term applies to r.
func (t *Term) Match(r *event.Record) bool {
	for _, want := range t.Values {
		if t.Field.matches(r, want) {
			return !t.Not
		}
	}
	return t.Not
}

// What a filter may hold at most, so that no question costs without bound.
const (
	MaxTerms  = 64
	MaxValues = 256
	MaxValue  = 4096 // bytes
)

// Check returns a *BadQuery if the filter cannot mean anything.
func (f *Filter) Check() error {
	if !f.Since.IsZero() && !f.Until.IsZero() && f.Until.Before(f.Since) {
		return Bad("until", "%s is before since, %s", f.Until.Format(time.RFC3339), f.Since.Format(time.RFC3339))
	}
	if len(f.Terms) > MaxTerms {
		return Bad("filter", "%d conditions; at most %d", len(f.Terms), MaxTerms)
	}
	for i := range f.Terms {
		if err := f.Terms[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (t *Term) check() error {
	name := string(t.Field)
	if !slices.Contains(Fields(), t.Field) {
		return Bad(name, "no such field; there are %s", join(Fields()))
	}
	if len(t.Values) == 0 || len(t.Values) > MaxValues {
		return Bad(name, "%d values; at least 1, at most %d", len(t.Values), MaxValues)
	}
	for _, v := range t.Values {
		if len(v) > MaxValue {
			return Bad(name, "a value of %d bytes; at most %d", len(v), MaxValue)
		}
		if v == "" && t.Field != Outcome {
			return Bad(name, "an empty value")
		}
		if known := knownValues(t.Field); known != nil && !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, v) }) {
			return Bad(name, "%q: write %s", v, strings.Join(known, ", "))
		}
	}
	return nil
}

// knownValues lists what a field can be, if that is known.
func knownValues(f Field) []string {
	switch f {
	case Outcome:
		return []string{string(event.Pending), string(event.Success), string(event.Failure), string(event.Denied), string(event.Interrupted), string(event.Unknown), ""}
	case Level:
		return []string{string(event.Info), string(event.Warn), string(event.Error)}
	case Outside:
		return []string{"true", "false"}
	}
	return nil
}

func join(fields []Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

// BadQuery is a question that cannot be answered as it stands. The API answers
// it with status 400, the command line with exit code 2.
type BadQuery struct {
	Field   string // the parameter
	Problem string
}

func (e *BadQuery) Error() string { return e.Field + ": " + e.Problem }

// Bad makes a *BadQuery.
func Bad(field, format string, args ...any) error {
	return &BadQuery{Field: field, Problem: fmt.Sprintf(format, args...)}
}
