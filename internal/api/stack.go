package api

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"

	"github.com/danielgtaylor/huma/v2"
)

// caught keeps one request's panic from being more than that request's. What a
// client that went away leaves behind is none.
func (s *Server) caught(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) && r.Context().Err() == nil && !gone(err) {
				s.log.Error("a request failed", "path", r.URL.Path, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			}
			panic(http.ErrAbortHandler) // the client notices that its answer is cut off
		}()
		next.ServeHTTP(w, r)
	})
}

// tellProblem answers with an error, outside of huma's own way.
func (s *Server) tellProblem(w http.ResponseWriter, err error) {
	err = s.problem(err)
	var headers huma.HeadersError
	if errors.As(err, &headers) {
		for name, values := range headers.GetHeaders() {
			w.Header()[name] = values
		}
	}
	var p *huma.ErrorModel
	if !errors.As(err, &p) {
		p = problem(http.StatusInternalServerError, "", "")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = marshal(w, p)
}

// gone tells errors of a connection from others.
func gone(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, os.ErrDeadlineExceeded)
}
