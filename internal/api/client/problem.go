package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"
)

// Error is an answer that is none, and no error of package query either.
type Error struct {
	Status int
	Detail string
}

func (e *Error) Error() string {
	return fmt.Sprintf("the collector answered %d: %s", e.Status, e.Detail)
}

// retold is an error of package query in the server's words.
type retold struct {
	detail string
	error
}

func (e *retold) Error() string { return e.detail }
func (e *retold) Unwrap() error { return e.error }

type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
	} `json:"errors"`
}

// problemOf makes of an answer the error that the server had.
func problemOf(answer *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxProblem))
	var p problem
	if json.Unmarshal(text, &p) != nil || p.Status == 0 {
		p = problem{Status: answer.StatusCode, Detail: answer.Status}
	}
	return p.err()
}

func (p *problem) err() error {
	switch {
	case p.Type == api.ProblemBadQuery && len(p.Errors) > 0:
		return &query.BadQuery{Field: strings.TrimPrefix(p.Errors[0].Location, api.Location), Problem: p.Errors[0].Message}
	case p.Type == api.ProblemNoSession:
		return &retold{p.Detail, query.ErrNoSession}
	case p.Type == api.ProblemManySessions:
		return &retold{p.Detail, query.ErrManySessions}
	case p.Type == api.ProblemTimeout:
		return &retold{p.Detail, context.DeadlineExceeded}
	case p.Status == http.StatusRequestHeaderFieldsTooLarge:
		return query.Bad("filter", "too long to be asked in one request")
	}
	return &Error{Status: p.Status, Detail: p.Detail}
}
