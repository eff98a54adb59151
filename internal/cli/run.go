package cli

import (
	"errors"
	"fmt"
	"runtime"

	"agent-telemetry/internal/event"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (a *app) runCommands() []*cobra.Command {
	return []*cobra.Command{a.upCommand(), a.downCommand(), a.statusCommand(), a.openCommand(), a.reindexCommand(), a.versionCommand(), a.manCommand()}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.out, "agent-telemetry %s, records of schema %s, %s, %s/%s\n",
				Version, event.SchemaVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// manCommand is for make install and packagers.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the man pages of all commands into a folder",
		Hidden: true,
		Args:   atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("name the folder for the man pages")}
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			header := &doc.GenManHeader{Section: "1", Source: "agent-telemetry " + Version, Manual: "Agent Telemetry"}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return fmt.Errorf("write the man pages into %s: %w", args[0], err)
			}
			return nil
		},
	}
}
