package client

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"
)

// params writes a question as the parameters of a request.
type params struct{ values url.Values }

// filter begins with the conditions. A field that has two conditions is named in
// a further set of conditions the second time.
func filter(f *query.Filter) *params {
	p := &params{url.Values{}}
	p.time("since", f.Since)
	p.time("until", f.Until)
	for i := range f.Terms {
		t := &f.Terms[i]
		name := string(t.Field)
		if t.Not {
			name = api.Not + name
		}
		switch {
		case t.Not || !p.values.Has(name): // none of these and none of those is none of either
			p.values[name] = append(p.values[name], t.Values...)
		default:
			p.values.Add(api.Also, url.Values{name: t.Values}.Encode())
		}
	}
	return p
}

func (p *params) text(name, value string) *params {
	if value != "" {
		p.values.Set(name, value)
	}
	return p
}

func (p *params) number(name string, n int) *params {
	if n != 0 {
		p.values.Set(name, strconv.Itoa(n))
	}
	return p
}

func (p *params) flag(name string, on bool) *params {
	if on {
		p.values.Set(name, "true")
	}
	return p
}

func (p *params) time(name string, t time.Time) {
	if !t.IsZero() {
		p.values.Set(name, t.Format(time.RFC3339Nano))
	}
}

func (p *params) unit(u query.Unit) *params { return p.text("unit", string(u)) }

func (p *params) page(q *query.Page) *params {
	if q.Oldest {
		p.values.Set("order", "oldest")
	}
	return p.number("limit", q.Limit).text("cursor", string(q.Cursor))
}

// zone writes a zone by its name where that means the same to everybody, else by
// its distance from UTC.
func (p *params) zone(z *time.Location) *params {
	if z == nil {
		return p
	}
	name := z.String()
	if known, err := time.LoadLocation(name); err != nil || known.String() != name || name == "" {
		name = time.Now().In(z).Format("-07:00")
	}
	return p.text("zone", name)
}

// segment writes a text as one segment of a path, whatever it is.
func segment(text string) string {
	return strings.ReplaceAll(url.PathEscape(text), ".", "%2E")
}
