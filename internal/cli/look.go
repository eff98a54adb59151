package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
)

func (a *app) lookCommands() []*cobra.Command {
	return []*cobra.Command{a.tailCommand(), a.eventsCommand(), a.sessionCommand()}
}

const (
	pollEvery = 50 * time.Millisecond
	tailBytes = 1 << 20 // where a tail looks for its first lines
)

func (a *app) tailCommand() *cobra.Command {
	var flags filterFlags
	var format string
	var lines int
	var all bool
	cmd := &cobra.Command{
		Use:     "tail [TEXT]",
		Short:   "Watch records arrive",
		Long:    "Watch records arrive, after the last few that are there. Ctrl-C ends it.\n\n" + tableHelp,
		Example: "  agent-telemetry tail\n  agent-telemetry tail --project shop --tool Bash\n  agent-telemetry tail --outside -o jsonl | jq .action_details.command",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := flags.filter(args, a.now())
			if err != nil {
				return err
			}
			o, err := a.outputOf(format)
			if err != nil {
				return err
			}
			s := a.sink(o, all)
			if err := a.follow(cmd.Context(), a.journalFolder(), f, s, lines); err != nil {
				return err
			}
			return s.end()
		},
	}
	flags.add(cmd)
	outputFlag(cmd, &format)
	cmd.Flags().IntVarP(&lines, "lines", "n", 10, "how many of the last records to begin with")
	cmd.Flags().BoolVar(&all, "all", false, "one line a record, also before a call and for a batch")
	return cmd
}

// follow shows the last records that the filter selects, then those that come,
// until ctx ends.
func (a *app) follow(ctx context.Context, data string, f query.Filter, s sink, lines int) error {
	r, err := journal.NewTailReader(data, tailBytes)
	if err != nil {
		return fmt.Errorf("read the journal in %s: %w", data, err)
	}
	defer r.Close()
	if err := showLast(r, f, s, lines); err != nil {
		return err
	}
	var failed error
	err = r.Follow(ctx, pollEvery, func(l *journal.Line) bool {
		failed = showLine(l, &f, s)
		return failed == nil
	})
	return errors.Join(err, failed)
}

// showLast shows the last lines of what there is.
func showLast(r *journal.Reader, f query.Filter, s sink, lines int) error {
	var kept [][]byte
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if rec, err := parseRecord(l.Bytes); err == nil && f.Match(rec) {
			kept = append(kept, append([]byte(nil), l.Bytes...))
		}
		if len(kept) > 2*lines+100 {
			kept = append(kept[:0], kept[len(kept)-lines:]...)
		}
	}
	for _, line := range kept[max(0, len(kept)-lines):] {
		if err := showLine(&journal.Line{Bytes: line}, &f, s); err != nil {
			return err
		}
	}
	return nil
}

// showLine shows a line if it is a record that the filter selects.
func showLine(l *journal.Line, f *query.Filter, s sink) error {
	r, err := parseRecord(l.Bytes)
	if err != nil || !f.Match(r) {
		return nil // a torn line; verify names those
	}
	return s.put(l.Bytes, r)
}

func (a *app) eventsCommand() *cobra.Command {
	var flags filterFlags
	var format string
	var limit int
	var all bool
	cmd := &cobra.Command{
		Use:     "events [TEXT]",
		Short:   "Show what was recorded",
		Long:    "Show what was recorded, oldest first: the newest records that the filters select.\n\n" + tableHelp,
		Example: "  agent-telemetry events --since 24h --outside\n  agent-telemetry events --session 9e43 --tool Bash 'rm -rf'\n  agent-telemetry events --since 7d --outcome denied -o csv > denied.csv",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := flags.filter(args, a.now())
			if err != nil {
				return err
			}
			o, err := a.outputOf(format)
			if err != nil {
				return err
			}
			return a.events(cmd.Context(), f, a.sink(o, all), limit)
		},
	}
	flags.add(cmd)
	outputFlag(cmd, &format)
	cmd.Flags().IntVarP(&limit, "limit", "n", 1000, "how many records at most, the newest; 0 for all")
	cmd.Flags().BoolVar(&all, "all", false, "one line a record, also before a call and for a batch")
	return cmd
}

func (a *app) events(ctx context.Context, f query.Filter, s sink, limit int) error {
	found := 0
	var kept [][]byte // the newest, if only some are wanted
	err := a.scan(ctx, f, func(line []byte, r *event.Record) error {
		found++
		if limit == 0 {
			return s.put(line, r)
		}
		kept = append(kept, append([]byte(nil), line...))
		if len(kept) >= 2*limit+100 {
			kept = append(kept[:0], kept[len(kept)-limit:]...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, line := range kept[max(0, len(kept)-limit):] {
		r, err := parseRecord(line)
		if err == nil {
			err = s.put(line, r)
		}
		if err != nil {
			return err
		}
	}
	if err := s.end(); err != nil {
		return err
	}
	a.tellCount(found, limit)
	return nil
}

func (a *app) tellCount(found, limit int) {
	switch {
	case found == 0:
		fmt.Fprintf(a.err, "Nothing recorded in %s that these filters select.\n", a.journalFolder())
	case limit > 0 && found > limit:
		fmt.Fprintf(a.err, "The newest %s of %s; --limit 0 shows all.\n", thousands(int64(limit)), thousands(int64(found)))
	}
}

// scan hands every record that the filter selects to yield.
func (a *app) scan(ctx context.Context, f query.Filter, yield func(line []byte, r *event.Record) error) error {
	reader, err := journal.NewReaderSince(a.journalFolder(), f.Since)
	if err != nil {
		return fmt.Errorf("read the journal in %s: %w", a.journalFolder(), err)
	}
	defer reader.Close()
	for ctx.Err() == nil {
		l, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the journal in %s: %w", a.journalFolder(), err)
		}
		r, err := parseRecord(l.Bytes)
		if err != nil || !f.Match(r) {
			continue
		}
		if err := yield(l.Bytes, r); err != nil {
			return err
		}
	}
	return ctx.Err()
}

const tableHelp = `A table has a line for each tool call: local time, session, tool, what it touched,
how it ended, how long it took, and ⚠ where it touched something outside the
project.`
