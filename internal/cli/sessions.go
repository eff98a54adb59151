package cli

import (
	"context"
	"fmt"

	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
)

func (a *app) sessionsCommand() *cobra.Command {
	var flags filterFlags
	var format string
	var limit int
	cmd := &cobra.Command{
		Use:   "sessions [TEXT]",
		Short: "List sessions, the latest first",
		Long: `List sessions, the latest first: when each began, how long it lasted so far, where,
and what came of its tool calls. The filters choose sessions that have a record of
that kind; the figures are of the whole session.`,
		Example: "  agent-telemetry sessions\n  agent-telemetry sessions --since 7d --outside\n  agent-telemetry sessions --outcome denied -o csv",
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
			return a.sessions(cmd.Context(), f, o, limit)
		},
	}
	flags.add(cmd)
	outputFlag(cmd, &format)
	cmd.Flags().IntVarP(&limit, "limit", "n", 50, "how many sessions at most, the latest; 0 for all")
	return cmd
}

func (a *app) sessions(ctx context.Context, f query.Filter, o output, limit int) error {
	engine, ended, err := a.anEngine(ctx)
	if err != nil {
		return err
	}
	defer ended()
	shown, out := 0, a.sessionSink(o)
	q := query.SessionsQuery{Filter: f}
	for {
		q.Limit = query.MaxLimit
		if limit > 0 {
			q.Limit = min(limit-shown, query.MaxLimit)
		}
		page, err := engine.Sessions(ctx, q)
		if err != nil {
			return usage(err)
		}
		for i := range page.Sessions {
			if err := out.put(&page.Sessions[i]); err != nil {
				return err
			}
		}
		shown += len(page.Sessions)
		if page.Next == "" {
			break
		}
		if limit > 0 && shown >= limit {
			defer fmt.Fprintf(a.err, "The latest %s; --limit 0 shows all.\n", thousands(int64(limit)))
			break
		}
		q.Cursor = page.Next
	}
	if shown == 0 {
		fmt.Fprintf(a.err, "No session recorded in %s that these filters select.\n", a.journalFolder())
	}
	return out.end()
}
