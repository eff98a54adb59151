// Package api answers questions over HTTP: JSON, a live stream, exports, metrics
// and the page that shows them. It knows a query.Engine and what the collector
// says of its health; it listens on loopback, and answers only to who has the
// token.
package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"agent-telemetry/internal/query"

	"github.com/danielgtaylor/huma/v2"
)

// DefaultAddr is where the API listens unless told otherwise.
const DefaultAddr = "127.0.0.1:7070"

// Config is what a Server is made of. Engine, Health and Token are needed.
type Config struct {
	Engine  query.Engine
	Health  func(ctx context.Context) Health // called for each answer that tells of health; quick
	Token   string                           // of LoadToken
	Hosts   []string                         // further names that it may be reached by, besides loopback's
	Version string
	Logger  *slog.Logger
	Now     func() time.Time
	UI      fs.FS // what / serves; nil: a page that shows health
	Limits  Limits
}

// Limits bound what clients can make the server do. A zero field is the default.
type Limits struct {
	Streams   int           // open streams; 256
	Exports   int           // exports under way; 8
	Queries   int           // questions being answered; 32. Others wait for their turn
	Request   time.Duration // how long an answer may take; 30 s. Streams and exports are exempt
	Write     time.Duration // how long a client may take to read what it was sent; 10 s
	Heartbeat time.Duration // between signs of life on a stream that has nothing to say; 15 s
}

// Server is the API. It holds no goroutine unless it serves.
type Server struct {
	cfg     Config
	log     *slog.Logger
	now     func() time.Time
	api     huma.API
	mux     *http.ServeMux
	handler http.Handler
	access  *access
	metrics *metrics

	streams, exports, queries gate

	closing context.Context // ends streams and exports
	close   context.CancelFunc
}

// minToken is how long a token has to be, so that none is guessed.
const minToken = 16

// New makes a server.
func New(cfg Config) (*Server, error) {
	if cfg.Engine == nil || cfg.Health == nil {
		return nil, errors.New("an API needs an engine and a health to tell of")
	}
	if len(cfg.Token) < minToken {
		return nil, fmt.Errorf("the API's token has %d characters; at least %d", len(cfg.Token), minToken)
	}
	cfg.Limits.fill()
	s := &Server{cfg: cfg, log: cfg.Logger, now: cfg.Now, mux: http.NewServeMux()}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.closing, s.close = context.WithCancel(context.Background())
	s.access = newAccess(cfg.Token, s.now)
	s.streams, s.exports, s.queries = newGate(cfg.Limits.Streams), newGate(cfg.Limits.Exports), newGate(cfg.Limits.Queries)
	s.metrics = newMetrics(s)
	if err := s.routes(); err != nil {
		return nil, err
	}
	return s, nil
}

// Handler is everything the server answers. Requests have to come over TCP: by
// their local address it knows its own port.
func (s *Server) Handler() http.Handler { return s.handler }

// health is what the collector says, with what the server itself knows.
func (s *Server) health(ctx context.Context) *Health {
	h := s.cfg.Health(ctx)
	h.Version, h.Streams = cmp.Or(h.Version, s.cfg.Version), s.streams.inside()
	tidyHealth(&h)
	return &h
}

func (l *Limits) fill() {
	l.Streams, l.Exports, l.Queries = cmp.Or(l.Streams, 256), cmp.Or(l.Exports, 8), cmp.Or(l.Queries, 32)
	l.Request, l.Write, l.Heartbeat = cmp.Or(l.Request, 30*time.Second), cmp.Or(l.Write, 10*time.Second), cmp.Or(l.Heartbeat, 15*time.Second)
}
