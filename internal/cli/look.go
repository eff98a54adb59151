package cli

import (
	"context"
	"fmt"

	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
)

func (a *app) lookCommands() []*cobra.Command {
	return []*cobra.Command{a.tailCommand(), a.eventsCommand(), a.sessionCommand(), a.sessionsCommand(), a.statsCommand(), a.exportCommand()}
}

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
				err = a.tail(cmd.Context(), f, s, lines)
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
	from, err := a.source(ctx)
	if err != nil {
		return err
	}
	defer from.close()
	found := int64(0)
	if limit == 0 {
		err = from.each(ctx, f, func(c chosen) error {
			found++
			return s.put(c)
		})
	} else {
		var list []chosen
		if list, found, err = from.newest(ctx, f, limit); err == nil {
			err = putAll(s, list)
		}
	}
	if err == nil {
		err = s.end()
	}
	if err == nil {
		a.tellCount(found, int64(limit))
	}
	return usage(err)
}

func putAll(s sink, list []chosen) error {
	for _, c := range list {
		if err := s.put(c); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) tellCount(found, limit int64) {
	switch {
	case found == 0:
		fmt.Fprintf(a.err, "Nothing recorded in %s that these filters select.\n", a.journalFolder())
	case limit > 0 && found < 0:
		fmt.Fprintf(a.err, "The newest %s; --limit 0 shows all.\n", thousands(limit))
	case limit > 0 && found > limit:
		fmt.Fprintf(a.err, "The newest %s of %s; --limit 0 shows all.\n", thousands(limit), thousands(found))
	}
}

const tableHelp = `A table has a line for each tool call: local time, session, tool, what it touched,
how it ended, how long it took, and ⚠ where it touched something outside the
project.`
