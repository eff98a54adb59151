// Package collector is the one process that tails the journal: it wires the
// pipeline, the index and the API together, and knows how all of them are. The
// journal needs it for nothing, so it may end, or be killed, at any moment.
package collector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/index"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
	"agent-telemetry/internal/pipeline"
	"agent-telemetry/internal/service"
)

// IndexPath is the index's file within a data folder.
func IndexPath(data string) string { return filepath.Join(data, "index", "index.db") }

// TokenPath is the file of the API's token.
func TokenPath(data string) string { return filepath.Join(data, "api-token") }

// Config says what to collect, and where to answer.
type Config struct {
	Data    string
	Addr    string // api.DefaultAddr
	Version string
	Log     *slog.Logger

	RetainFor     time.Duration // how old records may get; 0: any age
	RetainBytes   int64         // how much the journal may take up; 0: any size
	CompressAfter time.Duration // how old a segment is when it is compressed; 0: a day

	// Listening and Ready are told once: that the API answers, and that it knows
	// what was in the journal when the collector started. Both may be nil.
	Listening func(url string)
	Ready     func(h api.Health)
}

// running is a collector at work.
type running struct {
	Config
	lock   *service.Lock
	self   service.Collector
	index  *index.Index
	looker looker

	pipe    *pipeline.Pipeline
	head    journal.Head  // how far the index has to be to be ready
	rewound chan struct{} // the index was begun anew
}

// Run collects until ctx ends. It returns service.ErrRunning if another process
// does already.
func Run(ctx context.Context, cfg Config) (err error) {
	r := &running{Config: cfg, rewound: make(chan struct{}, 1)}
	if r.Addr == "" {
		r.Addr = api.DefaultAddr
	}
	if r.lock, err = service.Hold(ctx, r.Data); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.lock.Release()) }()
	r.self = service.Collector{Version: r.Version, Started: time.Now()}
	if err := r.lock.Announce(r.self); err != nil {
		return err
	}
	token, err := api.LoadToken(TokenPath(r.Data))
	if err != nil {
		return err
	}
	ln, err := listen(ctx, r.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = ln.Close() }()
	if err := r.aim(); err != nil {
		return err
	}
	lines := archive.NewLines(r.Data)
	defer lines.Close()
	if r.index, err = r.openIndex(ctx, lines); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.index.Close()) }()
	r.pipe = pipeline.New(r.options())
	server, err := api.New(api.Config{
		Engine: r.index, Health: r.health, Token: token, Version: r.Version, Logger: r.Log,
	})
	if err != nil {
		return err
	}
	r.self.Address = ln.Addr().String()
	if err := r.lock.Announce(r.self); err != nil {
		return err
	}
	return r.serve(ctx, server, ln)
}

// serve runs the pipeline and the API, and ends them in reverse order. When one
// ends by itself, so does the other.
func (r *running) serve(ctx context.Context, server *api.Server, ln net.Listener) error {
	asked, stopAsking := context.WithCancel(ctx)
	defer stopAsking()
	fed, stopFeeding := context.WithCancel(context.WithoutCancel(ctx))
	defer stopFeeding()
	var resting sync.WaitGroup
	defer resting.Wait()
	attending, stopAttending := context.WithCancel(ctx)
	defer stopAttending()
	resting.Go(func() { rest(attending) })
	piped, served := make(chan error, 1), make(chan error, 1)
	go func() {
		defer stopAsking()
		piped <- r.pipe.Run(fed)
	}()
	go func() {
		defer stopAsking()
		served <- server.Serve(asked, ln)
	}()
	if r.Listening != nil {
		r.Listening(r.self.URL())
	}
	err := r.watch(asked)
	stopAsking()
	err = errors.Join(err, <-served)
	stopFeeding()
	return errors.Join(err, <-piped)
}

func (r *running) options() pipeline.Options {
	config, err := capture.LoadConfig(r.Data)
	if err != nil {
		r.Log.Warn("the hook's configuration is not whole", "error", err)
	}
	return pipeline.Options{
		Data: r.Data, Sinks: []pipeline.Sink{&sink{Index: r.index, anew: r.begunAnew}},
		Journal: journal.New(r.Data, journal.Options{
			Durability: config.Durability, SegmentBytes: config.SegmentBytes, Metadata: metadata(config),
		}),
		CompressAfter: r.CompressAfter, RetainFor: r.RetainFor, RetainBytes: r.RetainBytes,
	}
}

// metadata is that of the records which the collector appends.
func metadata(config capture.Config) event.Metadata {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return event.Metadata{
		Host: host, UserID: config.User, Agent: "claude-code", TelemetryVersion: event.SchemaVersion, Scope: "user", Source: "collector",
	}
}

// listen opens the API's port.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	ln, err := api.Listen(ctx, addr, nil)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens at %s: name a port that is free, such as --addr 127.0.0.1:7071, or end that program: %w", addr, err)
	}
	return ln, err
}
