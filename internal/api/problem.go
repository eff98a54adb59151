package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"agent-telemetry/internal/query"

	"github.com/danielgtaylor/huma/v2"
)

// Kinds of problem, as the type member of application/problem+json. A client
// tells by it which error of package query it has before it.
const (
	ProblemBadQuery     = "urn:agent-telemetry:bad-query"
	ProblemNoSession    = "urn:agent-telemetry:no-such-session"
	ProblemManySessions = "urn:agent-telemetry:many-sessions"
	ProblemTimeout      = "urn:agent-telemetry:timeout"
)

// Location is where a problem of a question's parameter is said to be: the
// prefix of its name.
const Location = "query."

// problem makes of an error what a client is told: of what is not its doing,
// nothing but that it happened.
func (s *Server) problem(err error) error {
	var bad *query.BadQuery
	var told huma.StatusError
	switch {
	case errors.As(err, &bad):
		p := problem(http.StatusBadRequest, ProblemBadQuery, bad.Error())
		p.Errors = []*huma.ErrorDetail{{Message: bad.Problem, Location: Location + bad.Field}}
		return p
	case errors.Is(err, query.ErrNoSession):
		return problem(http.StatusNotFound, ProblemNoSession, err.Error())
	case errors.Is(err, query.ErrManySessions):
		return problem(http.StatusConflict, ProblemManySessions, err.Error())
	case errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, ProblemTimeout, "the answer took too long: narrow the time or the filter")
	case errors.Is(err, context.Canceled):
		return problem(http.StatusServiceUnavailable, "", "the question was withdrawn")
	case errors.As(err, &told):
		return err
	}
	s.log.Error("a question could not be answered", "error", err)
	return problem(http.StatusInternalServerError, "", "the question could not be answered; the collector's log says why")
}

func problem(status int, kind, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Type: kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

// busy is a problem that time may solve.
func busy(status int, after time.Duration, detail string) error {
	seconds := strconv.Itoa(int(after.Round(time.Second) / time.Second))
	return huma.ErrorWithHeaders(problem(status, "", detail), http.Header{"Retry-After": {seconds}})
}

// refuse answers a request that reaches no operation.
func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem(status, "", detail))
}
