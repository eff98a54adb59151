package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/doctor"

	"github.com/spf13/cobra"
)

func (a *app) doctorCommand() *cobra.Command {
	var full bool
	var form string
	cmd := &cobra.Command{
		Use:   "doctor [DIR]",
		Short: "Check that recording would happen, and say what to do if not",
		Long: `Check whether what Claude Code does in DIR (by default this folder) would be
recorded: its settings, the project's marker, the data folder, the journal. Also
run the installed hook once, into a folder that is thrown away.

  ok  is as it should be
  !   costs no record, or few; worth mending
  x   keeps actions from being recorded, or records from being safe

Each finding that is not ok comes with what to type. Exit code 1 if there is any x.
What a command line adds to Claude Code (--bare, --settings) is not judged.`,
		Example: "  agent-telemetry doctor\n  agent-telemetry doctor ~/src/shop --output json",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if form != "table" && form != "json" {
				return usageError{fmt.Errorf("--output %s: write table or json", clean(form))}
			}
			return a.doctor(cmd.Context(), args, full, form)
		},
	}
	cmd.Flags().BoolVar(&full, "full", false, "verify the whole journal, however long it is")
	cmd.Flags().StringVarP(&form, "output", "o", "table", "table or json")
	return cmd
}

func (a *app) doctor(ctx context.Context, args []string, full bool, form string) error {
	dir, data, _, err := a.project(args)
	if err != nil {
		return err
	}
	hook, _ := hookProgram("") // without one beside this program, what is installed may be all right
	r := doctor.Examine(ctx, doctor.Options{
		Project: dir, Data: data, Explicit: a.folderAsked(), Hook: hook, Full: full, Env: a.settingsEnv(), Now: a.now,
	})
	if form == "json" {
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		a.tellReport(r)
	}
	if err == nil && !r.Records {
		return errSaid
	}
	return err
}

// symbols do without colour.
func symbol(level settings.Severity) string {
	switch level {
	case settings.OK:
		return "ok"
	case settings.Warn:
		return "!"
	}
	return "x"
}

func (a *app) tellReport(r doctor.Report) {
	fmt.Fprintf(a.out, "project  %s\nrecords  %s\n\n", clean(r.Project), clean(filepath.Clean(r.Data)))
	count := map[settings.Severity]int{}
	for _, f := range r.Findings {
		count[f.Level]++
		fmt.Fprintf(a.out, "%-3s %s\n", symbol(f.Level), clean(f.Title))
		if f.Level == settings.OK {
			continue
		}
		for _, text := range []string{f.File, f.Detail} {
			if text != "" {
				fmt.Fprintf(a.out, "    %s\n", clean(text))
			}
		}
		fmt.Fprintf(a.out, "    type: %s\n", clean(f.Remedy))
	}
	warnings := ""
	if n := count[settings.Warn]; n > 0 {
		warnings = fmt.Sprintf(" %d %s to look at.", n, plural(n, "thing"))
	}
	if r.Records {
		fmt.Fprintf(a.out, "\nRecording works here.%s\n", warnings)
		return
	}
	n := count[settings.Fail]
	fmt.Fprintf(a.out, "\nNOT all right: %d %s to mend (x).%s\n", n, plural(n, "thing"), warnings)
}
