package cli

import (
	"fmt"
	"os"
	"strings"

	"agent-telemetry/internal/claude/settings"
)

// tellInit says what init did, or in a dry run would do.
func (a *app) tellInit(i *installation) {
	if !i.changes {
		fmt.Fprintf(a.out, "The hook is installed in %s already, and recording is on for %s. Nothing changed.\n", clean(i.place()), clean(i.onFor()))
		return
	}
	fmt.Fprintln(a.out, i.headline())
	line := func(label, text string) { fmt.Fprintf(a.out, "  %-9s%s\n", label, clean(text)) }
	if i.plugin == "" {
		line("hook", i.program)
	}
	line("records", i.logFile())
	if i.plan.SaveBackup {
		line("copy", i.plan.Backup+" (the settings as they were)")
	}
	line("on for", i.onFor())
	if len(i.hides) > 0 {
		line("git", i.hidden())
	}
	if i.plan.File.Level == settings.Project && !i.plan.Unchanged() {
		fmt.Fprintln(a.out, "These settings are usually shared through git, and name paths of this machine.")
	}
}

func (i *installation) place() string {
	if i.plugin != "" {
		return "the plugin " + i.plugin
	}
	return i.plan.File.Path
}

// headline is what happens to the settings.
func (i *installation) headline() string {
	place := clean(i.place())
	installed, brought := "Installed", "Brought"
	if i.options.dryRun {
		installed, brought = "Would install", "Would bring"
	}
	added, updated, removed := i.plan.Count(settings.Added), i.plan.Count(settings.Updated), i.plan.Count(settings.Removed)
	switch {
	case i.plugin != "" || i.plan.Unchanged():
		return "The hook is installed in " + place + " already."
	case updated+removed+i.plan.Count(settings.Unchanged) == 0:
		return fmt.Sprintf("%s the hook in %s, for %d events.", installed, place, added)
	}
	var what []string
	for _, c := range []struct {
		n    int
		verb string
	}{{added, "added"}, {updated, "updated"}, {removed, "removed"}} {
		if c.n > 0 {
			what = append(what, fmt.Sprintf("%d %s %s", c.n, plural(c.n, "event"), c.verb))
		}
	}
	return fmt.Sprintf("%s the hook in %s up to date: %s.", brought, place, strings.Join(what, ", "))
}

func (i *installation) onFor() string {
	if i.config != nil && i.config.allProjects() {
		return "all projects"
	}
	if i.marker {
		return i.dir + " (by the marker " + markerPath(i.dir) + ")"
	}
	return i.dir
}

// hidden is what becomes of git status.
func (i *installation) hidden() string {
	files := strings.Join(i.hides, ", ")
	switch {
	case i.notHidden != nil:
		return "git status shows " + files + ": " + i.notHidden.Error()
	case i.options.dryRun:
		return i.list.Path + " would hide from git status: " + files
	}
	return i.list.Path + " hides from git status: " + files
}

// tellNext says what a person does after init.
func (a *app) tellNext(i *installation) {
	a.tellProblems(i)
	dir := ""
	if own, err := projectDir(nil); err != nil || own != i.dir {
		dir = " " + quote(i.dir)
	}
	if i.changes {
		fmt.Fprintln(a.out, "\nUse Claude Code as always; a session that is open already may have to be restarted. Then type:")
	} else {
		fmt.Fprintln(a.out)
	}
	uninstall := "agent-telemetry uninstall" + dir
	if i.plugin != "" {
		uninstall = "claude plugin disable " + quote(i.plugin)
	}
	for _, c := range [][2]string{
		{a.otherCommand("tail", i.data), "watch what is recorded"},
		{"agent-telemetry doctor" + dir, "check that all is well"},
		{uninstall, "undo this"},
	} {
		fmt.Fprintf(a.out, "  %-30s  # %s\n", c[0], c[1])
	}
}

// tellProblems says what else in the settings keeps records from being made,
// or makes too many.
func (a *app) tellProblems(i *installation) {
	for _, f := range settings.Inspect(i.dir, a.settingsEnv(), settings.Hook{}).Findings {
		if f.Level == settings.Fail || f.Code == settings.CodeTwice {
			fmt.Fprintf(a.err, "\nBut: %s. %s\n     %s\n", clean(f.Title), clean(f.Detail), clean(f.Remedy))
		}
	}
	if _, err := os.Stat(i.data); err != nil && !i.shared {
		fmt.Fprintf(a.err, "\nBut: the data folder cannot be used: %s\n", clean(err.Error()))
	}
}
