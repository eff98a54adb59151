package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/api/client"
	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/query"
)

// attendant is a collector that runs within this process, beside the demo.
type attendant struct {
	url    string
	client *client.Client
	stop   context.CancelFunc
	ended  chan error
}

// attend starts a collector for a data folder, on a port that is free.
func (a *app) attend(ctx context.Context, data string) (*attendant, error) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	x := &attendant{stop: stop, ended: make(chan error, 1)}
	listening := make(chan string, 1)
	go func() {
		x.ended <- collector.Run(ctx, collector.Config{
			Data: data, Addr: "127.0.0.1:0", Version: Version, Log: slog.New(slog.DiscardHandler),
			Listening: func(url string) { listening <- url },
		})
	}()
	select {
	case x.url = <-listening:
	case err := <-x.ended:
		stop()
		return nil, fmt.Errorf("start a collector: %w", err)
	}
	token, err := api.ReadToken(collector.TokenPath(data))
	if err != nil {
		return nil, errors.Join(err, x.end())
	}
	x.client = client.New(x.url, token)
	return x, nil
}

// end stops the collector and waits until it has ended.
func (x *attendant) end() error {
	if x.client != nil {
		x.client.Close()
	}
	x.stop()
	return <-x.ended
}

// sums tells in a line what the index has, once it has record last.
func (x *attendant) sums(ctx context.Context, last uint64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		h, err := x.client.Health(ctx)
		if err != nil {
			return "", err
		}
		if h.Index.Seq >= last {
			break
		}
		time.Sleep(pollEvery)
	}
	sessions, err := x.client.Top(ctx, query.TopQuery{By: query.Session, Unit: query.Actions})
	if err != nil {
		return "", err
	}
	outcomes, err := x.client.Top(ctx, query.TopQuery{By: query.Outcome, Unit: query.Actions})
	if err != nil {
		return "", err
	}
	tools, err := x.client.Top(ctx, query.TopQuery{By: query.Tool, Unit: query.Actions, Limit: 5})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s calls in %d sessions: %s. Mostly %s.", thousands(outcomes.Total), sessions.Distinct, counted(outcomes.Values), counted(tools.Values)), nil
}

// counted lists values with how often they occur.
func counted(values []query.ValueCount) string {
	var list []string
	for _, v := range values {
		list = append(list, fmt.Sprintf("%s %s", thousands(v.Count), clean(v.Value)))
	}
	return strings.Join(list, ", ")
}
