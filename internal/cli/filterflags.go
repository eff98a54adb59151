package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
)

// filterFlags are the same for every command that shows records.
type filterFlags struct {
	since, until string
	values       []fieldFlag
	outside      bool
	not          []string
	cmd          *cobra.Command
}

type fieldFlag struct {
	field  query.Field
	values *[]string
}

func (x *filterFlags) add(cmd *cobra.Command) {
	x.cmd = cmd
	flags := cmd.Flags()
	flags.StringVar(&x.since, "since", "", "from this time on: 15m, 24h, 7d, 2026-07-01, RFC 3339")
	flags.StringVar(&x.until, "until", "", "before this time")
	for _, f := range []struct {
		field query.Field
		usage string
	}{
		{query.Session, "session id, or its beginning"},
		{query.Project, "project's name, or its path"},
		{query.Tool, "tool: Bash, Read, mcp__server__tool, …"},
		{query.Event, "event type: file_read, command_execution, …"},
		{query.Hook, "hook event: PreToolUse, Stop, …"},
		{query.Outcome, "pending, success, failure, denied or interrupted"},
		{query.Level, "info, warn or error"},
		{query.Agent, "subagent's type or the beginning of its id; main for the main agent"},
		{query.Path, "glob over paths; * stands for anything, slashes too: '*.env'"},
	} {
		x.values = append(x.values, fieldFlag{f.field, flags.StringSlice(string(f.field), nil, f.usage)})
	}
	flags.BoolVar(&x.outside, "outside", false, "only what touched something outside the project (=false: only what did not)")
	flags.StringArrayVar(&x.not, "not", nil, "leave out what has this `field=value`: tool=Read, path='*.md', text=…")
}

// filter reads the flags and the free text.
func (x *filterFlags) filter(args []string, now time.Time) (f query.Filter, err error) {
	if x.since != "" {
		if f.Since, err = query.ParseTime(x.since, now); err != nil {
			return f, usageError{fmt.Errorf("--since: %w", err)}
		}
	}
	if x.until != "" {
		if f.Until, err = query.ParseTime(x.until, now); err != nil {
			return f, usageError{fmt.Errorf("--until: %w", err)}
		}
	}
	for _, v := range x.values {
		f.Where(v.field, *v.values...)
	}
	if x.cmd.Flags().Changed("outside") {
		f.Where(query.Outside, fmt.Sprint(x.outside))
	}
	for _, not := range x.not {
		field, value, ok := strings.Cut(not, "=")
		if !ok {
			return f, usageError{fmt.Errorf("--not %s: write a field, =, and what to leave out: --not tool=Read", not)}
		}
		f.WhereNot(query.Field(field), value)
	}
	if len(args) > 0 && args[0] != "" {
		f.Where(query.Text, args[0])
	}
	return f, usage(f.Check())
}

// usage tells what the command line got wrong by the name of its flag.
func usage(err error) error {
	var bad *query.BadQuery
	if errors.As(err, &bad) {
		return usageError{fmt.Errorf("--%s: %s", bad.Field, bad.Problem)}
	}
	return err
}
