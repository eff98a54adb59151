// Package cli is the command line: it reads flags, calls the packages below and
// shows what they return. Exit codes: 0 done, 1 failed, 2 wrong usage.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/claude/settings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// Version is set by the linker (-X).
var Version = "dev"

// app is what all commands share: the world they run in and the global flags.
type app struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	now      func() time.Time

	dataFlag    string
	addrFlag    string
	folderFound string // see journalFolder
	managedRoot string // folder of managed settings; "" for the platform's
}

// usageError is a mistake on the command line.
type usageError struct{ error }

// errSaid fails a command that has already said why.
var errSaid = errors.New("failed")

// Main runs the command line and returns the exit code.
func Main(args []string, in io.Reader, out, errw io.Writer) int {
	a := &app{in: in, out: out, err: errw, getenv: os.Getenv, now: time.Now}
	return a.main(args)
}

func (a *app) main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := a.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	var usage usageError
	isUsage := errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command")
	if !errors.Is(err, errSaid) {
		fmt.Fprintf(a.err, "agent-telemetry: %s\n", cleanLines(err.Error()))
	}
	if isUsage {
		fmt.Fprintf(a.err, "See '%s --help'.\n", cmd.CommandPath())
		return 2
	}
	return 1
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "agent-telemetry",
		Short: "Know, and be able to prove, what AI coding agents did on your machines",
		Long: `Know, and be able to prove, what AI coding agents did on your machines.

A hook around every action of Claude Code writes one record into a journal that
loses nothing and shows tampering. These commands install it and look at what it
caught.`,
		Version:           Version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              noArgs,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().StringVar(&a.dataFlag, "data", "", "data folder (default: what the hook here has pinned, $AGENT_TELEMETRY_DATA, or ~/.local/state/agent-telemetry)")
	root.PersistentFlags().StringVar(&a.addrFlag, "addr", "", "address of the collector: where 'up' listens (default: $AGENT_TELEMETRY_ADDR or "+api.DefaultAddr+"), whom others ask (default: the one that runs for the data folder)")
	a.add(root, "Switch recording on and off:", a.installCommands()...)
	a.add(root, "Look at what was recorded:", a.lookCommands()...)
	a.add(root, "Prove it:", a.proveCommands()...)
	a.add(root, "Run:", a.runCommands()...)
	return root
}

func (a *app) add(root *cobra.Command, title string, commands ...*cobra.Command) {
	if len(commands) == 0 {
		return
	}
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, c := range commands {
		c.GroupID = title
		root.AddCommand(c)
	}
}

// data is the data folder that this call is about.
func (a *app) data() string { return capture.DataDir(a.dataFlag, a.getenv) }

// journalFolder is the data folder to look into: the one that was asked for,
// else the one that a hook installed for the current folder has pinned, else
// the default.
func (a *app) journalFolder() string {
	if a.folderFound == "" {
		a.folderFound = a.data()
		if dir, err := projectDir(nil); err == nil && !a.folderAsked() {
			if pinned, err := a.folder(settings.Inspect(dir, a.settingsEnv(), settings.Hook{}).Installed); err == nil {
				a.folderFound = pinned
			}
		}
	}
	return a.folderFound
}

// terminal reports whether w is one, and its width in columns.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	return width, err == nil
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%s takes no argument, but got %q", cmd.CommandPath(), args[0])}
	}
	return nil
}

// atMost limits a command's arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return usageError{fmt.Errorf("%s takes at most %d arguments, but got %d", cmd.CommandPath(), n, len(args))}
		}
		return nil
	}
}
