package api_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"agent-telemetry/internal/api"
)

// direct asks a handler without a connection.
func direct(t *testing.T, s *api.Server, path, raw string) int {
	t.Helper()
	at := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 7070}
	r := &http.Request{
		Method: http.MethodGet, Host: at.String(), URL: &url.URL{Path: "/api/v1/" + path, RawQuery: raw}, Body: http.NoBody,
		Header: http.Header{"Authorization": {"Bearer " + token}},
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r.WithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, at)))
	return w.Code
}
