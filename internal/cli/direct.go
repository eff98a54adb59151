package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/service"

	"github.com/spf13/cobra"
)

// openIndex opens the index of the data folder in this process, once it has what
// the journal has. The error is a *noIndexError where it cannot be had.
func (a *app) openIndex(ctx context.Context, data string) (*collector.Alone, error) {
	if othersData(data) {
		// What one made there, its owner's collector could not write.
		return nil, &noIndexError{errors.New("the data folder is another user's")}
	}
	progress := a.catchingUp()
	x, err := collector.OpenAlone(ctx, data, progress.show)
	progress.clear()
	if err != nil && ctx.Err() == nil {
		err = &noIndexError{err}
	}
	return x, err
}

// readIn makes an index of the journal in another folder.
func (a *app) readIn(ctx context.Context, data, folder string) (*collector.Alone, error) {
	progress := a.catchingUp()
	defer progress.clear()
	return collector.OpenBeside(ctx, data, folder, progress.show)
}

// catchingUp shows how far the index is, if that takes longer than a second.
func (a *app) catchingUp() *progress {
	p := newProgress(a.err, a.now)
	p.unit, p.after = " records read", time.Second
	return p
}

// othersData reports whether the data folder is another user's.
func othersData(data string) bool {
	uid, _, ok := ownerOf(data)
	return ok && uid != effectiveUser()
}

// mine refuses to write into another user's data folder: that user could not use
// what would be made there.
func mine(data string) error {
	if !othersData(data) {
		return nil
	}
	uid, name := personOf(data)
	if name == "" {
		name = fmt.Sprint("number ", uid)
	}
	return fmt.Errorf("%s belongs to another user, %s: run this as that user", data, name)
}

func (a *app) reindexCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Make the index anew from the journal",
		Long: `Make the index anew from the journal. The index holds nothing that the journal does
not; a damaged one is made anew by itself. The collector must not run meanwhile.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.reindex(cmd.Context()) },
	}
}

func (a *app) reindex(ctx context.Context) error {
	data := a.journalFolder()
	if err := mine(data); err != nil {
		return err
	}
	found, err := service.Find(data)
	if err != nil {
		return err
	}
	if found != nil {
		return fmt.Errorf("the collector uses the index (%s): end it by 'agent-telemetry down' first", a.whoRuns(found))
	}
	start := a.now()
	progress := newProgress(a.err, a.now)
	progress.unit = " records"
	x, err := collector.Rebuild(ctx, data, progress.show)
	progress.clear()
	if err != nil {
		return fmt.Errorf("make the index anew: %w", err)
	}
	stats := x.Stats()
	if err := x.Close(); err != nil {
		return fmt.Errorf("close the index: %w", err)
	}
	took := a.now().Sub(start)
	_, err = fmt.Fprintf(a.out, "%s records indexed in %s.\n", thousands(stats.Records), took.Round(time.Millisecond))
	return err
}
