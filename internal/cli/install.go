package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/claude/settings"

	"github.com/spf13/cobra"
)

func (a *app) installCommands() []*cobra.Command {
	return []*cobra.Command{
		a.initCommand(), a.uninstallCommand(), a.enableCommand(), a.disableCommand(), a.doctorCommand(),
	}
}

// projectDir is the folder that a command is about, as Claude Code would name
// it: absolute, links resolved.
func projectDir(args []string) (string, error) {
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the folder %s: %w", clean(dir), err)
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return "", fmt.Errorf("find the project folder: %w", err)
	}
	if info, err := os.Stat(real); err != nil || !info.IsDir() {
		return "", fmt.Errorf("%s is not a folder: name the folder that Claude Code is started in", clean(real))
	}
	return real, nil
}

func (a *app) settingsEnv() settings.Env {
	return settings.Env{Getenv: a.getenv, ManagedRoot: a.managedRoot}
}

// levelNames are the values of --settings.
const levelNames = "project, local, user or managed"

// parseLevel reads --settings; "" stays.
func parseLevel(name string) (settings.Level, error) {
	switch l := settings.Level(name); l {
	case "", settings.Project, settings.Local, settings.User, settings.Managed:
		return l, nil
	}
	return "", usageError{fmt.Errorf("--settings %s: write %s", clean(name), levelNames)}
}

// folderAsked reports whether the person said which data folder is meant.
func (a *app) folderAsked() bool {
	return a.dataFlag != "" || filepath.IsAbs(a.getenv("AGENT_TELEMETRY_DATA"))
}

// folder is the data folder of a project: the one that was asked for, else the
// one that an installed hook has pinned, else the default.
func (a *app) folder(installed []settings.Installed) (string, error) {
	if !a.folderAsked() {
		for i := len(installed) - 1; i >= 0; i-- {
			if dir := capture.Pinned(installed[i].Args); filepath.IsAbs(dir) {
				return filepath.Clean(dir), nil
			}
		}
	}
	dir, err := filepath.Abs(a.data())
	if err != nil {
		return "", fmt.Errorf("find the data folder %s: %w", clean(a.data()), err)
	}
	return dir, nil
}

// otherCommand is a command line for the person to type. It names the data
// folder where the command would not find it by itself.
func (a *app) otherCommand(words, data string) string {
	if data != capture.DataDir("", a.getenv) {
		words += " --data " + quote(data)
	}
	return "agent-telemetry " + words
}

// withRemedy adds what to do to an error for want of permission.
func withRemedy(err error, level settings.Level, command string) error {
	if level == settings.Managed && errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("%w\nManaged settings are the administrator's; type: sudo %s", err, command)
	}
	return err
}

// wordsOf lists what was said on a command line, to be typed again.
func wordsOf(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = quote(arg)
	}
	return strings.Join(quoted, " ")
}
