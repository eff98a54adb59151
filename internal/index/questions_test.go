package index_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

// questions read, together, every table of an index.
func questions(x query.Engine) []func(*testing.T) (string, error) {
	where := func(f query.Field, v ...string) query.Filter { return *new(query.Filter).Where(f, v...) }
	page := query.Page{Limit: query.MaxLimit}
	return []func(*testing.T) (string, error){
		ask(x.Events, query.EventsQuery{Filter: where(query.Text, enginetest.Needle), Page: page}),
		ask(x.Events, query.EventsQuery{Filter: where(query.Text, enginetest.Common), Page: page}),
		ask(x.Events, query.EventsQuery{Filter: where(query.Outside, "true"), Page: page}),
		ask(x.Events, query.EventsQuery{Filter: where(query.Path, "*.go"), Page: page}),
		ask(x.Events, query.EventsQuery{Unit: query.Actions, Page: query.Page{Limit: 300, Oldest: true}}),
		ask(x.Actions, query.ActionsQuery{Page: query.Page{Limit: 100}}),
		ask(x.Sessions, query.SessionsQuery{Page: page}),
		ask(x.Session, query.SessionQuery{Page: page}),
		ask(x.Count, query.CountQuery{By: query.Tool, Bucket: time.Hour}),
		ask(x.Count, query.CountQuery{Distinct: query.Session, Bucket: 24 * time.Hour}),
		ask(x.Top, query.TopQuery{By: query.Path}),
		ask(x.Facets, query.FacetsQuery{Filter: where(query.Tool, "Bash")}),
	}
}

func ask[Q, A any](f func(context.Context, Q) (A, error), q Q) func(*testing.T) (string, error) {
	return func(t *testing.T) (string, error) {
		a, err := f(t.Context(), q)
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(a)
		return string(text), err
	}
}
