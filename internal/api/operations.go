package api

import (
	"context"
	"net/http"
	"slices"

	"agent-telemetry/internal/query"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// answer is an operation's body.
type answer[A any] struct{ Body *A }

// ask registers an operation that reads a question and has it answered.
func ask[Q, A any](s *Server, op huma.Operation, read func(*args) Q, do func(context.Context, Q) (*A, error)) {
	op.Method = http.MethodGet
	huma.Register(s.api, s.guarded(op), func(ctx context.Context, in *args) (*answer[A], error) {
		in.now = s.now()
		q := read(in)
		if in.err != nil {
			return nil, s.problem(in.err)
		}
		if !s.queries.wait(ctx) {
			return nil, s.problem(ctx.Err())
		}
		defer s.queries.leave()
		a, err := do(ctx, q)
		if err != nil {
			return nil, s.problem(err)
		}
		return &answer[A]{a}, nil
	})
}

// tell registers an operation that writes its answer itself. What is wrong with
// the question it has to be told before its first byte.
func tell(s *Server, op huma.Operation, do func(w http.ResponseWriter, r *http.Request, in *args) error) {
	op.Method = http.MethodGet
	huma.Register(s.api, op, func(_ context.Context, in *args) (*huma.StreamResponse, error) {
		in.now = s.now()
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			r, w := humago.Unwrap(ctx)
			err := in.err
			if err == nil {
				err = do(w, r, in)
			}
			if err != nil {
				s.tellProblem(w, err)
			}
		}}, nil
	})
}

// guarded says what every operation that needs the token may answer.
func (s *Server) guarded(op huma.Operation) huma.Operation {
	op.Security = []map[string][]string{{"token": {}}}
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusMisdirectedRequest, http.StatusServiceUnavailable)
	return op
}

func (s *Server) questions() {
	e := s.cfg.Engine
	ask(s, huma.Operation{
		OperationID: "events", Path: "/api/v1/events", Tags: []string{"record"}, Summary: "Records, or concluded tool calls, in order of time",
		Parameters: slices.Concat(ofFilter(), ofPage(), []*huma.Param{ofUnit(), ofRaw()}),
	}, (*args).events, tidied(e.Events, tidyEvents))
	ask(s, huma.Operation{
		OperationID: "event", Path: "/api/v1/events/{key}", Tags: []string{"record"}, Summary: "One record, with its line",
		Parameters: inPath("key", "The record's key: JOURNAL.SEQ."), Errors: []int{http.StatusNotFound},
	}, func(a *args) query.Key { return a.key("key", a.path) }, s.event)
	ask(s, huma.Operation{
		OperationID: "actions", Path: "/api/v1/actions", Tags: []string{"record"}, Summary: "Tool calls, joined from their records",
		Parameters: slices.Concat(ofFilter(), ofPage(), []*huma.Param{text("pending", "The calls under way, too, before the others on the first page.", "false", "true")}),
	}, (*args).actions, tidied(e.Actions, tidyActions))
	ask(s, huma.Operation{
		OperationID: "sessions", Path: "/api/v1/sessions", Tags: []string{"record"}, Summary: "Sessions with a record that the filter selects",
		Parameters: slices.Concat(ofFilter(), ofPage()),
	}, (*args).sessions, tidied(e.Sessions, func(p *query.SessionsPage) { some(&p.Sessions) }))
	ask(s, huma.Operation{
		OperationID: "session", Path: "/api/v1/sessions/{id}", Tags: []string{"record"}, Summary: "One session, told as a story",
		Parameters: slices.Concat(inPath("id", "The session's id, or its beginning; latest is the latest session."), ofPage()),
		Errors:     []int{http.StatusNotFound, http.StatusConflict},
	}, (*args).session, tidied(e.Session, tidyTimeline))
	ask(s, huma.Operation{
		OperationID: "stats", Path: "/api/v1/stats", Tags: []string{"numbers"}, Summary: "How much there was over time",
		Parameters: slices.Concat(ofFilter(), []*huma.Param{
			ofUnit(), ofGroup("by", "Split by this field."), ofGroup("distinct", "Count this field's distinct values instead."),
			text("bucket", "Width of a bucket: 5m, 1h, 1d; without it, one over everything."),
			text("zone", "Time zone whose days and hours buckets begin with: Europe/Berlin, +02:00."),
			number("series", "At most so many values of by, the most frequent; 0 is 20.", query.MaxLimit),
		}),
	}, (*args).counts, tidied(e.Count, tidyCounts))
	ask(s, huma.Operation{
		OperationID: "top", Path: "/api/v1/top", Tags: []string{"numbers"}, Summary: "A field's most frequent values",
		Parameters: slices.Concat(ofFilter(), []*huma.Param{ofUnit(), ofGroup("by", "The field."), number("limit", "How many values; 0 is 20.", query.MaxLimit)}),
	}, (*args).top, tidied(e.Top, func(l *query.TopList) { some(&l.Values) }))
	ask(s, huma.Operation{
		OperationID: "facets", Path: "/api/v1/facets", Tags: []string{"numbers"}, Summary: "What a further filter could select, field by field",
		Parameters: slices.Concat(ofFilter(), []*huma.Param{
			ofUnit(), list("fields", "The fields; without it, all but session and path.", groups()...), number("limit", "Values of each field; 0 is 10.", query.MaxLimit),
		}),
	}, (*args).facets, tidied(e.Facets, tidyFacets))
}

func (s *Server) aboutItself() {
	nothing := func(*args) struct{} { return struct{}{} }
	ask(s, huma.Operation{
		OperationID: "health", Path: "/api/v1/health", Tags: []string{"collector"}, Summary: "How the collector is",
	}, nothing, func(ctx context.Context, _ struct{}) (*Health, error) { return s.health(ctx), nil })
	ask(s, huma.Operation{
		OperationID: "integrity", Path: "/api/v1/integrity", Tags: []string{"collector"}, Summary: "Whether the journal's chain is whole, as far as it was read",
	}, nothing, func(ctx context.Context, _ struct{}) (*Integrity, error) {
		h := s.health(ctx)
		return &Integrity{Journal: h.Journal, Chain: h.Chain}, nil
	})
	tell(s, s.guarded(huma.Operation{
		OperationID: "metrics", Path: "/metrics", Tags: []string{"collector"}, Summary: "Prometheus metrics", Responses: written("text/plain"),
	}), func(w http.ResponseWriter, r *http.Request, _ *args) error {
		s.metrics.serve(w, r)
		return nil
	})
	tell(s, huma.Operation{
		OperationID: "healthz", Path: "/healthz", Tags: []string{"collector"}, Summary: "Whether the process answers",
		Responses: written("text/plain"), Errors: []int{http.StatusMisdirectedRequest},
	}, func(w http.ResponseWriter, _ *http.Request, _ *args) error {
		return plain(w, http.StatusOK, "ok\n")
	})
	tell(s, huma.Operation{
		OperationID: "readyz", Path: "/readyz", Tags: []string{"collector"}, Summary: "Whether the index has caught up with the journal",
		Responses: written("text/plain"), Errors: []int{http.StatusMisdirectedRequest, http.StatusServiceUnavailable},
	}, func(w http.ResponseWriter, r *http.Request, _ *args) error {
		if !s.cfg.Health(r.Context()).Ready {
			return plain(w, http.StatusServiceUnavailable, "starting\n")
		}
		return plain(w, http.StatusOK, "ready\n")
	})
}

// written documents an answer that is not JSON.
func written(contentType string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {
		Description: "OK",
		Content:     map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
}

func plain(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write([]byte(text))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}
