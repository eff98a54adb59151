package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// policy is what pages of this origin may do: nothing but what it serves itself.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard stands before everything: headers that every answer has, then whether
// the request was meant for this server, then who asks.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !s.meant(r):
			refuse(w, http.StatusMisdirectedRequest, "this server does not go by that name: use 127.0.0.1, localhost, or a name it was configured with")
		case !sameOrigin(r):
			refuse(w, http.StatusForbidden, "pages of other origins may not ask")
		case private(r) && s.access.of(tokenOf(r.Header.Get("Authorization"))) == none:
			h.Set("WWW-Authenticate", `Bearer realm="agent-telemetry"`)
			refuse(w, http.StatusUnauthorized, "this takes the collector's token, as Authorization: Bearer")
		case unexpectedBody(r):
			h.Set("Connection", "close")
			refuse(w, http.StatusBadRequest, "this request takes no body of that size")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// private tells what takes a token: all that tells of records.
func private(r *http.Request) bool {
	switch {
	case r.URL.Path == "/metrics":
		return true
	case r.URL.Path == "/api/v1/session":
		return r.Method != http.MethodPost
	}
	return strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/api"
}

// meant reports whether Host names this server. A name that somebody else can
// make resolve to loopback does not.
func (s *Server) meant(r *http.Request) bool {
	for _, name := range s.cfg.Hosts {
		if strings.EqualFold(r.Host, name) {
			return true
		}
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = strings.Trim(r.Host, "[]"), "80"
		if r.TLS != nil {
			port = "443"
		}
	}
	if named := slices.ContainsFunc(s.cfg.Hosts, func(name string) bool { return strings.EqualFold(host, name) }); !named && !isLoopback(host) {
		return false
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && port == strconv.Itoa(local.Port)
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// sameOrigin reports whether a browser sent the request for a page of this very
// origin, or nobody says that it was a browser. Following a link to the page
// itself is no request of another page's.
func sameOrigin(r *http.Request) bool {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	if origin := r.Header.Values("Origin"); len(origin) > 0 && (len(origin) > 1 || !strings.EqualFold(origin[0], scheme+r.Host)) {
		return false
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none" || !private(r) && r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate"
}

// unexpectedBody tells requests that come with a body where none is read, or one
// too large: the server would have to read it before the next request.
func unexpectedBody(r *http.Request) bool {
	if r.Method == http.MethodPost {
		return r.ContentLength < 0 || r.ContentLength > maxBody
	}
	return r.ContentLength != 0
}

// bounded gives answers that are neither stream nor export a time to be ready
// and another to be read.
func (s *Server) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if endless(r) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.cfg.Limits.Request)
		defer cancel()
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.cfg.Limits.Request + s.cfg.Limits.Write))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func endless(r *http.Request) bool {
	return r.URL.Path == pathStream || r.URL.Path == pathExport
}
