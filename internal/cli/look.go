package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
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

// lookFlags are what tail and events have in common.
type lookFlags struct {
	filterFlags
	format string
	all    bool
}

func (x *lookFlags) add(cmd *cobra.Command) {
	x.filterFlags.add(cmd)
	outputFlag(cmd, &x.format)
	cmd.Flags().BoolVar(&x.all, "all", false, "one line a record, also before a call and for a batch")
}

// open reads the flags: what to choose, and where to show it.
func (x *lookFlags) open(a *app, args []string) (query.Filter, sink, error) {
	f, err := x.filter(args, a.now())
	if err != nil {
		return f, nil, err
	}
	o, err := a.outputOf(x.format)
	if err != nil {
		return f, nil, err
	}
	return f, a.sink(o, x.all), nil
}

func (a *app) tailCommand() *cobra.Command {
	var flags lookFlags
	var lines int
	cmd := &cobra.Command{
		Use:     "tail [TEXT]",
		Short:   "Watch records arrive",
		Long:    "Watch records arrive, after the last few that are there. Ctrl-C ends it.\n\n" + tableHelp + "\nA call that takes longer than three seconds shows while it runs, and again at its end.",
		Example: "  agent-telemetry tail\n  agent-telemetry tail --project shop --tool Bash\n  agent-telemetry tail --outside -o jsonl | jq .action_details.command",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, s, err := flags.open(a, args)
			if err == nil {
				err = a.follow(cmd.Context(), a.journalFolder(), f, s, lines)
			}
			if err == nil {
				err = s.end()
			}
			return err
		},
	}
	flags.add(cmd)
	cmd.Flags().IntVarP(&lines, "lines", "n", 10, "how many of the last records to begin with")
	return cmd
}

// follow shows the last records that the filter selects, then those that come,
// until ctx ends.
func (a *app) follow(ctx context.Context, data string, f query.Filter, s sink, lines int) error {
	r, err := journal.NewTailReader(data, tailBytes, archive.Open)
	if err != nil {
		return fmt.Errorf("read the journal in %s: %w", data, err)
	}
	defer r.Close()
	p := &picker{f: f}
	if err := showLast(r, p, s, lines); err != nil {
		return err
	}
	var failed error
	err = r.Follow(ctx, pollEvery, func(l *journal.Line) bool {
		if c, ok := pickLine(p, l); ok {
			failed = s.put(c)
		}
		return failed == nil
	}, func() bool {
		failed = s.idle(a.now())
		return failed == nil
	})
	return errors.Join(err, failed)
}

// showLast shows the last few of what there is.
func showLast(r *journal.Reader, p *picker, s sink, n int) error {
	last := newest{n: n}
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			return last.each(s.put)
		}
		if err != nil {
			return err
		}
		if c, ok := pickLine(p, l); ok {
			last.add(c)
		}
	}
}

// pickLine picks a line that is a record. Others are torn; verify names those.
func pickLine(p *picker, l *journal.Line) (chosen, bool) {
	r, err := parseRecord(l.Bytes)
	if err != nil {
		return chosen{}, false
	}
	return p.pick(l.Bytes, r)
}

// newest keeps the last n of what is added.
type newest struct {
	n    int
	kept []chosen
}

func (x *newest) add(c chosen) {
	if len(x.kept) >= 2*x.n+100 {
		x.kept = append(x.kept[:0], x.kept[len(x.kept)-x.n:]...)
	}
	c.line = bytes.Clone(c.line)
	x.kept = append(x.kept, c)
}

func (x *newest) each(yield func(chosen) error) error {
	for _, c := range x.kept[max(0, len(x.kept)-x.n):] {
		if err := yield(c); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) eventsCommand() *cobra.Command {
	var flags lookFlags
	var limit int
	cmd := &cobra.Command{
		Use:     "events [TEXT]",
		Short:   "Show what was recorded",
		Long:    "Show what was recorded, oldest first: the newest records that the filters select.\n\n" + tableHelp,
		Example: "  agent-telemetry events --since 24h --outside\n  agent-telemetry events --session 9e43 --tool Bash 'rm -rf'\n  agent-telemetry events --since 7d --outcome denied -o csv > denied.csv",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, s, err := flags.open(a, args)
			if err != nil {
				return err
			}
			return a.events(cmd.Context(), f, s, limit)
		},
	}
	flags.add(cmd)
	cmd.Flags().IntVarP(&limit, "limit", "n", 1000, "how many records at most, the newest; 0 for all")
	return cmd
}

func (a *app) events(ctx context.Context, f query.Filter, s sink, limit int) error {
	found := 0
	last := newest{n: limit}
	err := a.scan(ctx, f, func(c chosen) error {
		found++
		if limit == 0 {
			return s.put(c)
		}
		last.add(c)
		return nil
	})
	if err == nil {
		err = last.each(s.put)
	}
	if err == nil {
		err = s.end()
	}
	if err == nil {
		a.tellCount(found, limit)
	}
	return err
}

func (a *app) tellCount(found, limit int) {
	switch {
	case found == 0:
		fmt.Fprintf(a.err, "Nothing recorded in %s that these filters select.\n", a.journalFolder())
	case limit > 0 && found > limit:
		fmt.Fprintf(a.err, "The newest %s of %s; --limit 0 shows all.\n", thousands(int64(limit)), thousands(int64(found)))
	}
}

// scan hands every record that the filter selects to yield, with its line, which
// is valid until yield returns.
func (a *app) scan(ctx context.Context, f query.Filter, yield func(chosen) error) error {
	data := a.journalFolder()
	reader, err := journal.NewReaderSince(data, f.Since, archive.Open)
	if err != nil {
		return fmt.Errorf("read the journal in %s: %w", data, err)
	}
	defer reader.Close()
	p := &picker{f: f}
	for ctx.Err() == nil {
		l, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the journal in %s: %w", data, err)
		}
		if c, ok := pickLine(p, l); ok {
			if err := yield(c); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

const tableHelp = `A table has a line for each tool call: local time, session, tool, what it touched,
how it ended, how long it took, and ⚠ where it touched something outside the
project.`
