// Package api answers questions over HTTP: JSON, a live stream, exports, metrics
// and the page that shows them. It knows a query.Engine and what the collector
// says of its health; it listens on loopback, and answers only to who has the
// token.
package api

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"agent-telemetry/internal/query"
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
	cfg Config
}

// New makes a server.
func New(cfg Config) (*Server, error) {
	if cfg.Engine == nil || cfg.Health == nil {
		return nil, errors.New("an API needs an engine and a health to tell of")
	}
	return &Server{cfg: cfg}, nil
}

// Handler is everything the server answers.
func (s *Server) Handler() http.Handler { return http.NotFoundHandler() }
