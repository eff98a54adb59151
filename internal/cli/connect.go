package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/api/client"
	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/service"
)

// addr is where the collector is to listen, and whom to ask where --addr says so.
func (a *app) addr() string {
	for _, addr := range [...]string{a.addrFlag, a.getenv("AGENT_TELEMETRY_ADDR")} {
		if addr != "" {
			return addr
		}
	}
	return api.DefaultAddr
}

// answerWithin is how long a collector may take to show that it is alive.
const answerWithin = 5 * time.Second

// collector connects to the collector that runs for the data folder, or to the one
// that --addr names; nil if there is none. One that does not answer is told, and
// done without.
func (a *app) collector(ctx context.Context) (*client.Client, error) {
	c, err := a.dial()
	if c == nil || err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	health, err := c.Health(ctx)
	switch {
	case err == nil && !health.Ready:
		fmt.Fprintf(a.err, "The collector is still reading the journal: it is at record %s of %s, and answers know no later ones yet.\n",
			thousands(int64(health.Index.Seq)), thousands(int64(health.Journal.Seq)))
	case err == nil:
	case a.addrFlag != "":
		c.Close()
		return nil, fmt.Errorf("ask the collector at %s: %w", a.addrFlag, err)
	default:
		c.Close()
		fmt.Fprintf(a.err, "The collector runs, but does not answer (%s).\n", cleanLines(err.Error()))
		return nil, nil
	}
	return c, nil
}

// dial is dialTo without the address.
func (a *app) dial() (*client.Client, error) {
	c, _, err := a.dialTo()
	return c, err
}

// dialTo makes a client, and says of which address, without connecting to anything.
func (a *app) dialTo() (*client.Client, string, error) {
	data, addr := a.journalFolder(), a.addrFlag
	if addr == "" {
		c, err := service.Find(data)
		if errors.Is(err, fs.ErrPermission) {
			return nil, "", nil // somebody else's collector, whose token could not be read either
		}
		if err != nil || c == nil || c.Address == "" {
			return nil, "", err
		}
		addr = c.Address
	}
	token, err := api.ReadToken(collector.TokenPath(data))
	if err != nil {
		return nil, "", fmt.Errorf("read the collector's token: %w", err)
	}
	return client.New("http://"+addr, token), addr, nil
}

// source opens what commands read records from: the collector; else the index, in
// this process; else the journal itself.
func (a *app) source(ctx context.Context) (source, error) {
	engine, ended, err := a.engine(ctx)
	if err == nil {
		return &asked{engine: engine, ended: ended}, nil
	}
	var no *noIndexError
	if errors.As(err, &no) {
		return scanned{data: a.journalFolder()}, nil
	}
	return nil, err
}

// engine opens what answers questions: the collector, else the index in this
// process. What it returns has to be called at the end.
func (a *app) engine(ctx context.Context) (query.Engine, func() error, error) {
	c, err := a.collector(ctx)
	if err != nil {
		return nil, nil, err
	}
	if c != nil {
		return c, func() error { c.Close(); return nil }, nil
	}
	x, err := a.openIndex(ctx, a.journalFolder())
	if err != nil {
		return nil, nil, err
	}
	return x, x.Close, nil
}

// noIndexError says that the index cannot be had here.
type noIndexError struct{ error }

func (e *noIndexError) Unwrap() error { return e.error }

// anEngine is engine for questions that only an index can answer: where the data
// folder's cannot be had, one is made for the occasion and removed again.
func (a *app) anEngine(ctx context.Context) (query.Engine, func() error, error) {
	engine, ended, err := a.engine(ctx)
	var no *noIndexError
	if !errors.As(err, &no) {
		return engine, ended, err
	}
	dir, err := os.MkdirTemp("", "agent-telemetry-index-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder for an index: %w", err)
	}
	x, err := a.readIn(ctx, a.journalFolder(), dir)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return x, func() error { return errors.Join(x.Close(), os.RemoveAll(dir)) }, nil
}
