package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
)

// filterFlags are the same for every command that shows records.
type filterFlags struct {
	since, until string
	f            query.Filter
	outside      bool
	cmd          *cobra.Command
}

func (x *filterFlags) add(cmd *cobra.Command) {
	x.cmd = cmd
	flags := cmd.Flags()
	flags.StringVar(&x.since, "since", "", "from this time on: 15m, 24h, 7d, 2026-07-01, RFC 3339")
	flags.StringVar(&x.until, "until", "", "before this time")
	flags.StringSliceVar(&x.f.Sessions, "session", nil, "session id, or its beginning")
	flags.StringSliceVar(&x.f.Projects, "project", nil, "project's name, or its path")
	flags.StringSliceVar(&x.f.Tools, "tool", nil, "tool: Bash, Read, mcp__server__tool, …")
	flags.StringSliceVar(&x.f.Events, "event", nil, "event type: file_read, command_execution, …")
	flags.StringSliceVar(&x.f.Hooks, "hook", nil, "hook event: PreToolUse, Stop, …")
	flags.StringSliceVar(&x.f.Outcomes, "outcome", nil, "pending, success, failure, denied or interrupted")
	flags.StringSliceVar(&x.f.Levels, "level", nil, "info, warn or error")
	flags.BoolVar(&x.outside, "outside", false, "only what touched something outside the project (=false: only what did not)")
	flags.StringVar(&x.f.Path, "path", "", "glob over paths; * stands for anything, slashes too: '*.env'")
}

// filter reads the flags and the free text.
func (x *filterFlags) filter(args []string, now time.Time) (query.Filter, error) {
	f := x.f
	var err error
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
	if x.cmd.Flags().Changed("outside") {
		f.Outside = &x.outside
	}
	if len(args) > 0 {
		f.Text = args[0]
	}
	if err := oneOf("--outcome", f.Outcomes, "pending", "success", "failure", "denied", "interrupted"); err != nil {
		return f, err
	}
	return f, oneOf("--level", f.Levels, "info", "warn", "error")
}

func oneOf(flag string, got []string, known ...string) error {
	for _, s := range got {
		if !slices.Contains(known, strings.ToLower(s)) {
			return usageError{fmt.Errorf("%s %s: write %s", flag, s, strings.Join(known, ", "))}
		}
	}
	return nil
}
