// Package messagesapi is a scripted stand-in for Anthropic's Messages API.
// It serves loopback only, answers a conversation by the marker in its prompt
// and the number of assistant turns since, streams as the real API does, and
// keeps the body of every request for whoever wants to compare.
package messagesapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server answers one client process, or several in a row, from its scripts.
type Server struct {
	scripts map[string][]Turn
	http    *http.Server
	addr    string

	mu       sync.Mutex
	requests []Request
	faults   []string
}

// Start serves scripts, by their marker names, on a free loopback port.
func Start(scripts map[string][]Turn) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the scripted Messages API: %w", err)
	}
	s := &Server{scripts: scripts, addr: listener.Addr().String()}
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(listener) }()
	return s, nil
}

// URL is what a client takes as ANTHROPIC_BASE_URL.
func (s *Server) URL() string { return "http://" + s.addr }

// Close ends every connection.
func (s *Server) Close() error { return s.http.Close() }

// Requests returns what has been asked so far, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Faults returns what the client asked that no script foresaw.
func (s *Server) Faults() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.faults...)
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("HEAD /{$}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /v1/messages", s.messages)
	mux.HandleFunc("POST /v1/messages/count_tokens", s.countTokens)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fault("unforeseen request %s %s", r.Method, r.URL)
		http.NotFound(w, r)
	})
	return mux
}

func (s *Server) messages(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.fault("read a request: %v", err)
		return
	}
	request, err := parseRequest(body)
	if err != nil {
		refuse(w, s.fault("parse a request: %v", err))
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, request)
	s.mu.Unlock()

	turn, err := s.turnFor(request)
	if err != nil {
		refuse(w, s.fault("%v", err))
		return
	}
	if turn.Before != nil {
		turn.Before()
	}
	if turn.Error != "" {
		refuse(w, turn.Error)
		return
	}
	if err := stream(w, request, turn); err != nil {
		s.fault("stream turn %d of %s: %v", request.Turn, request.Scenario, err)
	}
	if turn.After != nil {
		go turn.After()
	}
}

// turnFor picks the scripted turn, or a fitting one for what Claude Code asks
// on its own account.
func (s *Server) turnFor(r Request) (Turn, error) {
	switch {
	case r.Kind == Compaction:
		if script, ok := s.scripts[CompactionScript]; ok {
			return script[0], nil
		}
		return Say("<summary>Nothing of note.</summary>"), nil
	case r.Kind == Side:
		return Say("Scripted"), nil
	case r.Scenario == "":
		return Turn{}, fmt.Errorf("a conversation without a SCENARIO marker: %.300s", r.lastText)
	}
	script, ok := s.scripts[r.Scenario]
	if !ok {
		return Turn{}, fmt.Errorf("no script is called %q", r.Scenario)
	}
	if r.Turn >= len(script) {
		return Turn{}, fmt.Errorf("script %q has %d turns and turn %d is asked: %.300s", r.Scenario, len(script), r.Turn, r.lastText)
	}
	return script[r.Turn], nil
}

func (s *Server) countTokens(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"input_tokens":100}`)
}

// refuse answers as the API does to a request that can never succeed, so that
// the client gives up at once instead of trying again.
func refuse(w http.ResponseWriter, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type":  "error",
		"error": map[string]string{"type": "invalid_request_error", "message": message},
	})
}

func (s *Server) fault(format string, args ...any) string {
	message := fmt.Sprintf(format, args...)
	s.mu.Lock()
	s.faults = append(s.faults, message)
	s.mu.Unlock()
	return message
}
