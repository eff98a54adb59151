package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/gitexclude"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/privacy"
)

// installation is everything init is about to do.
type installation struct {
	dir, data string
	program   string          // the hook's
	shared    bool            // many users' hooks, each with a data folder of its own
	plugin    string          // brings the hook already, so no settings are edited
	plan      settings.Plan   // unless plugin is set
	config    *hookConfig     // nil if shared
	marker    bool            // is to be written
	newData   bool            // the data folder is to be created
	hides     []string        // what git status would show
	list      gitexclude.List // where it is hidden, unless hides is empty
	notHidden error           // why it is not
	changes   bool            // a person would call it a change
	options   initOptions
}

// planInit works everything out and changes nothing.
func (a *app) planInit(args []string, o initOptions) (*installation, error) {
	level, err := parseLevel(o.level)
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	i := &installation{options: o}
	if i.dir, err = projectDir(args); err != nil {
		return nil, err
	}
	installed := settings.Inspect(i.dir, a.settingsEnv(), settings.Hook{}).Installed
	level = i.choose(level, installed)
	if i.data, err = a.folder(append(installed, at(level, installed)...)); err != nil {
		return nil, err
	}
	i.shared = level == settings.Managed && !a.folderAsked() && !pins(at(level, installed))
	if i.plugin == "" {
		if err := a.planSettings(i, level); err != nil {
			return nil, err
		}
	}
	if err := i.planRest(); err != nil {
		return nil, err
	}
	if list, inGit := excludeList(i.dir); inGit {
		i.list, i.hides = list, i.creates()
	}
	i.changes = i.plugin == "" && !i.plan.Unchanged() || i.marker || i.newData || i.config != nil && i.config.changed
	return i, nil
}

func (o *initOptions) check() error {
	if o.durability != "" && o.durability != "fsync" && o.durability != "os" {
		return usageError{fmt.Errorf("--durability %s: write fsync or os", clean(o.durability))}
	}
	levels := map[string]string{}
	for name, level := range o.privacy {
		kind, ok := kindOf(name)
		if !ok {
			return usageError{fmt.Errorf("--privacy %s=%s: there are contents, prompts, outputs and paths_and_commands", clean(name), clean(level))}
		}
		if _, err := privacy.ParseLevel(kind, level); err != nil {
			return usageError{fmt.Errorf("--privacy: %w", err)}
		}
		levels[kind.String()] = level
	}
	o.privacy = levels
	return nil
}

func kindOf(name string) (privacy.Kind, bool) {
	name = strings.ReplaceAll(name, "-", "_")
	for _, k := range []privacy.Kind{privacy.Contents, privacy.Prompts, privacy.Outputs, privacy.PathsAndCommands} {
		if k.String() == name {
			return k, true
		}
	}
	return 0, false
}

// choose settles the level. Where the hook serves the project already, another
// copy would be of no use.
func (i *installation) choose(level settings.Level, installed []settings.Installed) settings.Level {
	if level != "" {
		return level
	}
	for n := len(installed) - 1; n >= 0; n-- {
		in := installed[n]
		switch in.File.Level {
		case settings.Plugin:
			i.plugin = in.Plugin
			return settings.Plugin
		case settings.User, settings.Managed:
			return in.File.Level
		}
		if !i.options.allProjects {
			return in.File.Level
		}
	}
	if i.options.allProjects {
		return settings.User
	}
	return settings.Local
}

// at are the installations of a level.
func at(level settings.Level, installed []settings.Installed) (some []settings.Installed) {
	for _, i := range installed {
		if i.File.Level == level {
			some = append(some, i)
		}
	}
	return some
}

func pins(installed []settings.Installed) bool {
	for _, i := range installed {
		if capture.Pinned(i.Args) != "" {
			return true
		}
	}
	return false
}

func (a *app) planSettings(i *installation, level settings.Level) error {
	program, err := hookProgram(i.options.hook)
	if err != nil {
		return err
	}
	file, err := settings.Locate(level, i.dir, a.settingsEnv())
	if err != nil {
		return err
	}
	i.program = program
	hook := settings.Hook{Command: program, Timeout: settings.DefaultTimeout}
	if !i.shared {
		hook.Args = []string{"--data", i.data}
	}
	i.plan, err = settings.PlanInstall(file, hook)
	return err
}

// planRest works out what is to be done beside the settings.
func (i *installation) planRest() error {
	o := i.options
	if i.shared {
		if o.allProjects || o.durability != "" || len(o.privacy) > 0 {
			return usageError{errors.New("with --settings managed every user has a data folder of their own, which also keeps --all-projects, --privacy and --durability: leave these out, or name one data folder for all with --data")}
		}
		i.marker = hasMarker(i.dir) == ""
		return nil
	}
	if err := checkData(i.data); err != nil {
		return err
	}
	_, err := os.Stat(i.data)
	i.newData = errors.Is(err, fs.ErrNotExist)
	if i.config, err = openHookConfig(i.data); err != nil {
		return err
	}
	if o.allProjects {
		err = errors.Join(err, i.config.set("all_projects", true))
	}
	if o.durability != "" {
		err = errors.Join(err, i.config.set("durability", o.durability))
	}
	_, offErr := i.config.switchOn(i.dir)
	err = errors.Join(err, offErr, i.config.setLevels(o.privacy))
	i.marker = !i.config.allProjects() && hasMarker(i.dir) == ""
	return err
}

// logFile is where the records of the installation go.
func (i *installation) logFile() string {
	if i.shared {
		return "~/.local/state/agent-telemetry of each user (or where $AGENT_TELEMETRY_DATA says)"
	}
	return filepath.Clean(journal.ActivePath(i.data))
}
