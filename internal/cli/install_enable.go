package cli

import (
	"fmt"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/scope"

	"github.com/spf13/cobra"
)

func (a *app) enableCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "enable [DIR]",
		Short: "Switch recording on for a project, by its marker",
		Long: `Switch recording on for the project in DIR (by default this folder), by the marker
.telemetry-enabled there. The hook has to be installed, which 'init' does.

Where 'init --all-projects' switched recording on everywhere, take back what
'disable' noted for this project.`,
		Args: atMost(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.enable(args) },
	}
}

func (a *app) disableCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "disable [DIR]",
		Short: "Switch recording off for a project; the hook stays installed",
		Long: `Switch recording off for the project in DIR (by default this folder) by removing
its marker .telemetry-enabled. The hook stays installed, and records nothing there.

Where 'init --all-projects' switched recording on everywhere, note in the hook's
configuration that this project is not to be recorded.`,
		Args: atMost(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.disable(args) },
	}
}

// project is what enable and disable work on.
func (a *app) project(args []string) (dir, data string, installed []settings.Installed, err error) {
	if dir, err = projectDir(args); err != nil {
		return dir, data, nil, err
	}
	installed = settings.Inspect(dir, a.settingsEnv(), settings.Hook{}).Installed
	data, err = a.folder(installed)
	return dir, data, installed, err
}

func (a *app) enable(args []string) error {
	dir, data, installed, err := a.project(args)
	if err != nil {
		return err
	}
	config, err := openHookConfig(data)
	if err != nil {
		return err
	}
	changed, err := config.switchOn(dir)
	if err != nil {
		return err
	}
	if err := config.save(); err != nil {
		return err
	}
	hidden, why := "", "as everywhere, by init --all-projects"
	if !config.allProjects() {
		why = "by the marker " + hasMarker(dir)
		if hasMarker(dir) == "" {
			hidden = hideMarker(dir)
			if err := writeMarker(dir); err != nil {
				return err
			}
			changed, why = true, "by the marker "+markerPath(dir)
		}
	}
	already := ""
	if !changed {
		already = "already "
	}
	fmt.Fprintf(a.out, "Recording is %son for %s, %s.\n", already, clean(dir), clean(why))
	if hidden != "" {
		fmt.Fprintln(a.out, clean(hidden))
	}
	if len(installed) == 0 {
		fmt.Fprintf(a.out, "But the hook is not installed there. To install it: %s\n", clean(a.otherCommand("init "+quote(dir), data)))
	}
	return nil
}

// hideMarker keeps the marker that is about to be written out of git status. It
// tells what becomes of that, "" outside repositories.
func hideMarker(dir string) string {
	list, inGit := excludeList(dir)
	if !inGit {
		return ""
	}
	if err := hide(list, dir, []string{scope.MarkerName}); err != nil {
		return "But git status shows the marker: " + err.Error()
	}
	return list.Path + " hides the marker from git status."
}

func (a *app) disable(args []string) error {
	dir, data, _, err := a.project(args)
	if err != nil {
		return err
	}
	config, err := openHookConfig(data)
	if err != nil {
		return err
	}
	removed, err := removeMarkers(dir, false)
	for _, path := range removed {
		fmt.Fprintf(a.out, "Removed the marker %s.\n", clean(path))
	}
	if err != nil {
		return err
	}
	changed := len(removed) > 0
	if config.allProjects() {
		if changed, err = config.switchOff(dir); err != nil {
			return err
		}
		if err := config.save(); err != nil {
			return err
		}
		if changed {
			fmt.Fprintf(a.out, "Noted in %s that it is not to be recorded.\n", clean(capture.ConfigPath(data)))
		}
	}
	if !changed {
		fmt.Fprintf(a.out, "Recording is already off for %s.\n", clean(dir))
		return nil
	}
	fmt.Fprintf(a.out, "Recording is off for %s. To switch it on again: agent-telemetry enable %s\n", clean(dir), clean(quote(dir)))
	return nil
}
