package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/query"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// args are a request's parameters. The first that makes no sense is kept in err;
// what is read after it is of no account.
type args struct {
	values url.Values
	path   string // value of the path's parameter
	resume string // Last-Event-ID
	now    time.Time
	err    error
}

// Resolve takes the parameters from the request and refuses those that the
// operation has not declared.
func (a *args) Resolve(ctx huma.Context) []error {
	r, _ := humago.Unwrap(ctx)
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		a.bad("query", "cannot be read: %v", err)
		return nil
	}
	a.values, a.resume = values, r.Header.Get("Last-Event-ID")
	declared := names(ctx.Operation().Parameters, "query")
	for name, given := range values {
		if !slices.Contains(declared, name) {
			a.unknown(name, declared)
		} else if len(given) > 1 && !repeats(name) {
			a.bad(name, "given %d times; once is enough", len(given))
		}
	}
	if in := names(ctx.Operation().Parameters, "path"); len(in) > 0 {
		a.path = r.PathValue(in[0])
	}
	return nil
}

func names(params []*huma.Param, in string) (list []string) {
	for _, p := range params {
		if p.In == in {
			list = append(list, p.Name)
		}
	}
	return list
}

// check takes the error of a question's own Check.
func (a *args) check(err error) error {
	if a.err == nil {
		a.err = err
	}
	return a.err
}

func (a *args) bad(name, format string, args ...any) {
	if a.err == nil {
		a.err = query.Bad(name, format, args...)
	}
}

func (a *args) unknown(name string, declared []string) {
	if len(declared) == 0 {
		a.bad(clip(name), "there are no parameters here")
		return
	}
	best := slices.MinFunc(declared, func(x, y string) int { return distance(clip(name), x) - distance(clip(name), y) })
	a.bad(clip(name), "no such parameter; did you mean %s?", best)
}

// clip keeps what somebody else named short enough to repeat.
func clip(name string) string {
	if len(name) > 40 {
		return strings.ToValidUTF8(name[:40], "") + "…"
	}
	return name
}

// text is a parameter's only value, "" if it is absent.
func (a *args) text(name string) string { return a.values.Get(name) }

// choice is one of the values; the first if the parameter is absent.
func (a *args) choice(name string, values ...string) string {
	v := a.text(name)
	if v == "" {
		return values[0]
	}
	if !slices.Contains(values, v) {
		a.bad(name, "%q: write %s", clip(v), strings.Join(values, " or "))
	}
	return v
}

func (a *args) boolean(name string) bool { return a.choice(name, "false", "true") == "true" }

func (a *args) number(name string) int {
	v := a.text(name)
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		a.bad(name, "%q: write a whole number", clip(v))
	}
	return n
}

func (a *args) time(name string) time.Time {
	v := a.text(name)
	if v == "" {
		return time.Time{}
	}
	t, err := query.ParseTime(v, a.now)
	if err != nil {
		a.bad(name, "%v", err)
	}
	return t
}

// duration reads what time.ParseDuration does, and days and weeks.
func (a *args) duration(name string) time.Duration {
	v := a.text(name)
	if v == "" {
		return 0
	}
	unit := map[byte]time.Duration{'d': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[v[len(v)-1]]
	d, err := time.ParseDuration(v)
	if unit > 0 {
		var n uint64
		n, err = strconv.ParseUint(v[:len(v)-1], 10, 13) // no more than fits
		d = time.Duration(n) * unit
	}
	if err != nil {
		a.bad(name, "%q: write a length of time: 30s, 5m, 1h, 1d", clip(v))
	}
	return d
}

// zone reads the name of a time zone, or its distance from UTC.
func (a *args) zone(name string) *time.Location {
	v := a.text(name)
	if v == "" {
		return nil
	}
	if t, err := time.Parse("-07:00", v); err == nil {
		_, offset := t.Zone()
		return time.FixedZone(v, offset)
	}
	zone, err := time.LoadLocation(v)
	if err != nil {
		a.bad(name, "%q: write a time zone: Europe/Berlin, UTC, +02:00", clip(v))
	}
	return zone
}

// key reads a record's key, "" is the zero one.
func (a *args) key(name, v string) (k query.Key) {
	if v == "" {
		return k
	}
	k, err := query.ParseKey(v)
	if err != nil {
		a.bad(name, "%q is not a record's: write JOURNAL.SEQ", clip(v))
	}
	return k
}

// distance is how many letters have to be put in, taken out or changed to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0]++
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
