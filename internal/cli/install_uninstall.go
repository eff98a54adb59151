package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/journal"

	"github.com/spf13/cobra"
)

func (a *app) uninstallCommand() *cobra.Command {
	var level string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "uninstall [DIR]",
		Short: "Take the hook out again; the records stay",
		Long: `Take out of Claude Code's settings exactly what init put in, and remove the
project's marker if init or enable wrote it. So go the lines that hid these from
git status.

Without --settings, every settings file that serves DIR is looked at: the
project's two, the user's and the managed one (for which use sudo). The records
stay; the last lines say where they are.`,
		Example: "  agent-telemetry uninstall\n  agent-telemetry uninstall ~/src/shop --settings local",
		Args:    atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.uninstall(args, level, dryRun)
		},
	}
	cmd.Flags().StringVar(&level, "settings", "", "take it out of these settings only: "+levelNames)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be done")
	return cmd
}

func (a *app) uninstall(args []string, levelName string, dryRun bool) error {
	level, err := parseLevel(levelName)
	if err != nil {
		return err
	}
	dir, err := projectDir(args)
	if err != nil {
		return err
	}
	data, err := a.folder(settings.Inspect(dir, a.settingsEnv(), settings.Hook{}).Installed)
	if err != nil {
		return err
	}
	plans, failures := a.planUninstall(dir, level)
	if dryRun {
		a.tellUninstall(plans, "Would take")
		return failures
	}
	var done []settings.Plan
	for _, p := range plans {
		if err := p.Apply(); err != nil {
			failures = errors.Join(failures, withRemedy(err, p.File.Level, "agent-telemetry uninstall --settings managed"))
			continue
		}
		done = append(done, p)
	}
	a.tellUninstall(done, "Took")
	left, err := a.clearUp(dir, data, done)
	if len(plans) == 0 && !left && failures == nil && err == nil {
		fmt.Fprintf(a.out, "The hook is not installed for %s.\n", clean(dir))
	}
	a.tellRecords(data)
	return errors.Join(failures, err)
}

// planUninstall works out the edits of the settings files that have something of
// ours. A file it was not told to edit, which is not JSON and does not mention the
// hook, is none of its business.
func (a *app) planUninstall(dir string, level settings.Level) (plans []settings.Plan, failures error) {
	levels := []settings.Level{settings.Local, settings.Project, settings.User, settings.Managed}
	if level != "" {
		levels = []settings.Level{level}
	}
	seen := map[string]bool{}
	for _, l := range levels {
		file, err := settings.Locate(l, dir, a.settingsEnv())
		if err != nil {
			if level != "" {
				failures = errors.Join(failures, err)
			}
			continue
		}
		if seen[file.Path] {
			continue // a project in the home folder: one file is of two levels
		}
		seen[file.Path] = true
		plan, err := settings.PlanUninstall(file)
		if err != nil {
			text, readErr := os.ReadFile(file.Path)
			if level != "" || readErr == nil && bytes.Contains(text, []byte(settings.Name)) {
				failures = errors.Join(failures, err)
			}
			continue
		}
		if !plan.Unchanged() {
			plans = append(plans, plan)
		}
	}
	return plans, failures
}

func (a *app) tellUninstall(plans []settings.Plan, took string) {
	for _, p := range plans {
		n := p.Count(settings.Removed)
		end := "; the rest of the file is as it was"
		switch {
		case p.Action == settings.Delete:
			end = "; the file held nothing else, so it is gone"
		case p.DropBackup:
			end = "; the file is as it was before init"
		}
		fmt.Fprintf(a.out, "%s the hook out of %s (%d %s%s).\n", took, clean(p.File.Path), n, plural(n, "event"), end)
	}
}

// clearUp removes what init made beside the settings, once nothing of the hook
// is left for the project. It tells what is left.
func (a *app) clearUp(dir, data string, done []settings.Plan) (left bool, err error) {
	rest := settings.Inspect(dir, a.settingsEnv(), settings.Hook{}).Installed
	for _, i := range rest {
		left = true
		how := "agent-telemetry uninstall " + quote(dir) + " --settings " + string(i.File.Level)
		switch i.File.Level {
		case settings.Plugin:
			how = "claude plugin disable " + quote(i.Plugin)
		case settings.Managed:
			how = "sudo agent-telemetry uninstall --settings managed"
		}
		fmt.Fprintf(a.out, "The hook is still installed in %s (%s). To take it out: %s\n", clean(i.Place()), clean(i.File.Path), clean(how))
	}
	if left {
		_, err := a.showAgain(dir, false)
		return left, err
	}
	if err := a.forgetAllProjects(data, done); err != nil {
		return left, err
	}
	removed, err := removeMarkers(dir, true)
	for _, path := range removed {
		fmt.Fprintf(a.out, "Removed the marker %s.\n", clean(path))
	}
	shown, showErr := a.showAgain(dir, true)
	return shown || len(removed) > 0, errors.Join(err, showErr)
}

// showAgain takes back what hid files from git status.
func (a *app) showAgain(dir string, all bool) (changed bool, err error) {
	list, changed, err := show(dir, all)
	if changed {
		fmt.Fprintf(a.out, "Took the lines that hid this from git status out of %s.\n", clean(list.Path))
	}
	return changed, err
}

// forgetAllProjects takes back --all-projects with the settings that served all
// projects, lest a later init of one project records every other.
func (a *app) forgetAllProjects(data string, done []settings.Plan) error {
	for _, p := range done {
		if p.File.Level != settings.User && p.File.Level != settings.Managed {
			continue
		}
		config, err := openHookConfig(data)
		if err != nil {
			return err
		}
		config.remove("all_projects")
		return config.save()
	}
	return nil
}

// tellRecords says where the records are, and how to be rid of them.
func (a *app) tellRecords(data string) {
	if _, err := os.Stat(data); err != nil {
		return
	}
	segments, err := journal.Segments(data)
	if err == nil && len(segments) == 0 {
		fmt.Fprintf(a.out, "Nothing was recorded. The hook's configuration stays in %s; to delete it: rm -r %s\n", clean(data), quote(data))
	}
	if err != nil || len(segments) == 0 {
		return
	}
	var bytes int64
	for _, s := range segments {
		bytes += s.Bytes
	}
	end, err := journal.ReadEnd(data)
	if err != nil {
		return
	}
	fmt.Fprintf(a.out, "What was recorded stays in %s (up to record %s, %s).\nTo delete it for good: rm -r %s\n",
		clean(data), thousands(int64(end.Seq)), size(bytes), quote(data))
}
