package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// maxBody is how large a request's body may be.
const maxBody = 4096

type bearer struct {
	Authorization string `header:"Authorization" hidden:"true"`
}

func (b *bearer) token() string { return tokenOf(b.Authorization) }

func tokenOf(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

type exchange struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"128" doc:"Of the page's address, behind the #."`
	}
}

// signIn registers how a page comes by a token of its own without ever having
// the collector's.
func (s *Server) signIn() {
	huma.Register(s.api, s.guarded(huma.Operation{
		OperationID: "create-code", Method: http.MethodPost, Path: "/api/v1/codes", Tags: []string{"access"},
		Summary: "Makes a code that can be exchanged once, within a minute, for a session", Errors: []int{http.StatusTooManyRequests},
	}), func(_ context.Context, in *bearer) (*answer[Code], error) {
		if s.access.of(in.token()) != owns {
			return nil, problem(http.StatusForbidden, "", "a session makes no codes: that takes the collector's token")
		}
		code, ok := s.access.code()
		if !ok {
			return nil, busy(http.StatusTooManyRequests, codeLife, "too many codes are waiting to be used")
		}
		return &answer[Code]{&code}, nil
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "create-session", Method: http.MethodPost, Path: "/api/v1/session", Tags: []string{"access"},
		Summary: "Exchanges a code for a session's token, good for twelve hours", MaxBodyBytes: maxBody,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusMisdirectedRequest, http.StatusTooManyRequests},
	}, func(_ context.Context, in *exchange) (*answer[Session], error) {
		session, known, room := s.access.exchange(in.Body.Code)
		switch {
		case !room:
			return nil, busy(http.StatusTooManyRequests, time.Minute, "too many wrong codes, or too many sessions")
		case !known:
			return nil, problem(http.StatusUnauthorized, "", "this code is used or expired: agent-telemetry open makes another")
		}
		return &answer[Session]{&session}, nil
	})
	huma.Register(s.api, s.guarded(huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: "/api/v1/session", Tags: []string{"access"},
		Summary: "Ends the session whose token this is; the collector's token ends all",
	}), func(_ context.Context, in *bearer) (*struct{}, error) {
		s.access.revoke(in.token())
		return nil, nil
	})
}
