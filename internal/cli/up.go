package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/service"

	"github.com/spf13/cobra"
)

// upFlags are the flags of up.
type upFlags struct {
	demo   bool
	play   demoFlags
	detach bool
	wait   time.Duration
	age    string
	bytes  string
}

func (a *app) upCommand() *cobra.Command {
	var flags upFlags
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Run the collector: index, HTTP API and live stream",
		Long: `Run the collector, which tails the journal, keeps the index and answers on
127.0.0.1:7070. It runs in the foreground until Ctrl-C; with --detach it goes on in
the background, and the command returns once it is ready. Records are written
whether it runs or not; when it starts it catches up.

By default nothing is ever removed. With --retention-age or --retention-size whole
older segments are, after a record in the chain that says so.

With --demo, a recorded day of three projects goes through the real hook at the pace
it happened, into a folder that is removed at the end; your own journal is not
touched. On a terminal the day begins again until Ctrl-C. Elsewhere it is played once.`,
		Example: "  agent-telemetry up --detach\n  agent-telemetry up --addr 127.0.0.1:7071 --retention-age 90d --retention-size 10GB\n  agent-telemetry up --demo --once --speed 20",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !flags.demo {
				return a.up(cmd.Context(), &flags)
			}
			if !(flags.play.speed > 0) {
				return usageError{fmt.Errorf("--speed %v: write a number above 0", flags.play.speed)}
			}
			if _, ok := terminal(a.out); !ok {
				flags.play.once = true
			}
			return a.demo(cmd.Context(), flags.play)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&flags.detach, "detach", "d", false, "run in the background, and return once it is ready")
	f.DurationVar(&flags.wait, "wait", 10*time.Minute, "with --detach: how long it may take to become ready")
	f.StringVar(&flags.age, "retention-age", "", "remove records older than this: 90d, 26w")
	f.StringVar(&flags.bytes, "retention-size", "", "keep the journal below this size: 500MB, 10GB")
	f.BoolVar(&flags.demo, "demo", false, "play a recorded session instead")
	f.Float64Var(&flags.play.speed, "speed", 1, "with --demo: play so many `times` as fast")
	f.BoolVar(&flags.play.once, "once", false, "with --demo: end with the session, without waiting for Ctrl-C")
	return cmd
}

func (a *app) up(ctx context.Context, flags *upFlags) error {
	data, err := filepath.Abs(a.journalFolder())
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	cfg := collector.Config{Data: data, Addr: a.addr(), Version: Version}
	if cfg.RetainFor, err = retentionAge(flags.age); err != nil {
		return err
	}
	if cfg.RetainBytes, err = retentionSize(flags.bytes); err != nil {
		return err
	}
	if err := mine(cfg.Data); err != nil {
		return err
	}
	found, err := service.Find(cfg.Data)
	if err != nil {
		return err
	}
	switch {
	case found != nil && flags.detach:
		_, err := fmt.Fprintf(a.out, "The collector is running already: %s.\n", a.whoRuns(found))
		return err
	case found != nil:
		return fmt.Errorf("the collector is running already: %s; 'agent-telemetry down' ends it", a.whoRuns(found))
	case flags.detach:
		return a.upDetached(ctx, &cfg, flags)
	}
	return a.upHere(ctx, cfg)
}

// whoRuns tells of a collector: its process, since when, and where.
func (a *app) whoRuns(c *service.Collector) string {
	if c.PID == 0 {
		return "it is just starting"
	}
	parts := []string{fmt.Sprintf("process %d", c.PID), "since " + c.Started.In(a.now().Location()).Format("2 Jan 15:04:05")}
	if c.Address != "" {
		parts = append(parts, "at "+c.URL())
	}
	return strings.Join(parts, ", ")
}

// The collector idles for months and then has to answer at once: it gives memory
// back early, and would rather collect garbage than grow.
const (
	collectorGC     = 50
	collectorMemory = 256 << 20
)

// upHere is the collector, until ctx ends.
func (a *app) upHere(ctx context.Context, cfg collector.Config) error {
	debug.SetGCPercent(collectorGC)
	debug.SetMemoryLimit(collectorMemory)
	out := a.err
	if f, ok := a.err.(*os.File); ok {
		out = service.BoundLog(cfg.Data, f)
	}
	cfg.Log = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelInfo}))
	cfg.Listening = func(url string) {
		fmt.Fprintf(a.out, "Collecting from %s, answering at %s\n", cfg.Data, url)
	}
	cfg.Ready = func(h api.Health) {
		hint := ""
		if _, ok := terminal(a.out); ok {
			hint = " Ctrl-C ends it."
		}
		fmt.Fprintf(a.out, "Ready: %s.%s\n", a.stateLine(&h), hint)
		debug.FreeOSMemory() // what catching up took
	}
	err := collector.Run(ctx, cfg)
	switch {
	case errors.Is(err, service.ErrRunning):
		return fmt.Errorf("the collector has just been started by another command: %w", err)
	case err == nil:
		fmt.Fprintln(a.out, "The collector has ended; the hook goes on recording.")
	}
	return err
}

// stateLine is how all is, in a line.
func (a *app) stateLine(h *api.Health) string {
	if h.Journal.Seq == 0 {
		return "no records yet"
	}
	chain := "chain " + string(h.Chain.State)
	if h.Chain.State == api.Broken {
		chain = "the chain is BROKEN"
	}
	return fmt.Sprintf("%s records, %s, index %s", thousands(h.Index.Records), chain, size(h.Index.Bytes))
}

func retentionAge(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := parseSpan(text)
	if err != nil || d < time.Hour {
		return 0, usageError{fmt.Errorf("--retention-age %s: write an hour or more: 90d, 26w, 720h", text)}
	}
	return d, nil
}

func retentionSize(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	for i, unit := range [...]string{"kB", "MB", "GB", "TB"} {
		digits, ok := strings.CutSuffix(strings.ToUpper(text), strings.ToUpper(unit))
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		for range i + 1 {
			n *= 1000
		}
		if err == nil && n >= 1e6 && n < 1e18 {
			return int64(n), nil
		}
	}
	return 0, usageError{fmt.Errorf("--retention-size %s: write 1MB or more: 500MB, 10GB", text)}
}
