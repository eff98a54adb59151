package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// initOptions are the flags of init.
type initOptions struct {
	level       string
	hook        string
	durability  string
	privacy     map[string]string
	allProjects bool
	dryRun      bool
}

func (a *app) initCommand() *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Install the hook and switch recording on",
		Long: `Install the hook into Claude Code's settings and switch recording on for the
project in DIR: the folder that Claude Code is started in, by default this one.

What is in the settings stays, and a copy is kept beside them. Run again, it
changes nothing, or brings an older installation up to date.

--settings says into which settings the hook goes:
  local    DIR/.claude/settings.local.json: yours alone, for this project. The
           default, unless the hook is installed for DIR already.
  project  DIR/.claude/settings.json: usually shared through git. It will name
           paths of this machine, so it serves teams with machines alike.
  user     ~/.claude/settings.json: yours, for all projects. The default with
           --all-projects. Without that, only projects with a marker are recorded.
  managed  the administrator's settings (use sudo), which neither users nor agents
           can switch off. Each user's records go to a data folder of their own,
           unless --data names one.

The marker is DIR/` + ".telemetry-enabled" + `; 'disable' removes it and 'enable' puts it back.
In a git repository, what init creates for you alone goes on its list of files that
git status does not show (.git/info/exclude), so that the model hears nothing of it.

--privacy sets how much is recorded of contents, prompts, outputs and
paths_and_commands: digest, redacted, full, or of contents also diff. Secrets are
redacted at any level. --durability os is faster than fsync, but a power cut may
take the last records.`,
		Example: `  agent-telemetry init
  agent-telemetry init ~/src/shop --dry-run
  agent-telemetry init --all-projects
  agent-telemetry init --privacy contents=diff,prompts=full
  sudo agent-telemetry init --settings managed`,
		Args: atMost(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.init(args, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.level, "settings", "", "install into these settings: "+levelNames)
	f.BoolVar(&o.allProjects, "all-projects", false, "record in every project, marker or not")
	f.BoolVar(&o.dryRun, "dry-run", false, "only say what would be done")
	f.StringVar(&o.durability, "durability", "", "wait until a record is on the disk (fsync, the default) or until the system has it (os)")
	f.StringToStringVar(&o.privacy, "privacy", nil, "how much to record, `KIND=LEVEL`,…")
	f.Lookup("privacy").DefValue = "" // not "[]"
	f.StringVar(&o.hook, "hook", "", "`PATH` of agent-telemetry-hook (default: the one beside agent-telemetry)")
	return cmd
}

func (a *app) init(args []string, o initOptions) error {
	i, err := a.planInit(args, o)
	if err != nil {
		return err
	}
	if o.dryRun {
		a.tellInit(i)
		fmt.Fprintln(a.out, "\nNothing was done, as --dry-run asks.")
		return nil
	}
	if err := i.apply(); err != nil {
		command := "agent-telemetry init " + wordsOf(args) + " --settings managed"
		return withRemedy(err, i.plan.File.Level, strings.Join(strings.Fields(command), " "))
	}
	a.tellInit(i)
	a.tellNext(i)
	return nil
}

// apply does it. The settings come last but for the marker, so that no hook runs
// before everything it needs is there. That git status shows what is created keeps
// nothing from being recorded, so it is only told.
func (i *installation) apply() error {
	if !i.shared {
		if err := prepareData(i.data); err != nil {
			return err
		}
		uid, name := personOf(i.data)
		if err := errors.Join(i.config.set("uid", uid), i.config.set("user", name)); err != nil {
			return err
		}
		if err := errors.Join(i.config.save(), ignoreData(i.data)); err != nil {
			return err
		}
	}
	if len(i.hides) > 0 {
		i.notHidden = hide(i.list, i.dir, i.hides)
	}
	if i.plugin == "" {
		if err := i.plan.Apply(); err != nil {
			return err
		}
	}
	if i.marker {
		return writeMarker(i.dir)
	}
	return nil
}
