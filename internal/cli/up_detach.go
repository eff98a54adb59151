package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/service"
)

// upDetached starts the collector in the background and waits until it is ready.
func (a *app) upDetached(ctx context.Context, cfg *collector.Config, flags *upFlags) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	args := []string{"up", "--data", cfg.Data, "--addr", cfg.Addr}
	if cfg.RetainFor > 0 {
		args = append(args, "--retention-age", flags.age)
	}
	if cfg.RetainBytes > 0 {
		args = append(args, "--retention-size", flags.bytes)
	}
	ctx, cancel := context.WithTimeout(ctx, flags.wait)
	defer cancel()
	progress := newProgress(a.err, a.now)
	progress.unit = " records"
	b, err := service.StartDetached(service.Start{
		Data: cfg.Data, Program: program, Args: args,
		Waiting: func(*service.Collector) { a.showCatchingUp(ctx, progress) },
	})
	if err != nil {
		return err
	}
	c, err := b.Wait(ctx)
	progress.clear()
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fmt.Errorf("the collector, process %d, is not ready yet; it goes on, and 'agent-telemetry status' tells how far it is", b.PID())
	case err != nil:
		return a.didNotStart(cfg.Data, err)
	}
	_, err = fmt.Fprintf(a.out, "The collector runs: %s.\n", a.whoRuns(c))
	return err
}

// didNotStart tells why, unless another command was quicker to start one.
func (a *app) didNotStart(data string, err error) error {
	var died *service.DiedError
	if !errors.As(err, &died) {
		return fmt.Errorf("start the collector: %w", err)
	}
	if found, err := service.Find(data); err == nil && found != nil {
		_, err := fmt.Fprintf(a.out, "The collector is running already: %s.\n", a.whoRuns(found))
		return err
	}
	return fmt.Errorf("the collector did not start: %s", strings.TrimPrefix(died.Error(), "agent-telemetry: "))
}

// showCatchingUp shows on a terminal how far a starting collector has read.
func (a *app) showCatchingUp(ctx context.Context, p *progress) {
	if !p.due() {
		return
	}
	c, err := a.dial()
	if err != nil || c == nil {
		return
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if h, err := c.Health(ctx); err == nil {
		p.show(int64(h.Index.Seq), int64(h.Journal.Seq))
	}
}
