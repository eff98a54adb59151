package cli

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"

	"agent-telemetry/internal/service"

	"github.com/spf13/cobra"
)

func (a *app) downCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "End the collector",
		Long: `End the collector, and wait until it has ended. The hook goes on recording; when
the collector is started again, it goes on where it was.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.down(cmd.Context()) },
	}
}

func (a *app) down(ctx context.Context) error {
	c, killed, err := service.Stop(ctx, a.journalFolder(), service.Grace)
	switch {
	case err != nil:
		return err
	case c == nil:
		_, err = fmt.Fprintf(a.out, "No collector runs for %s.\n", a.journalFolder())
	case killed:
		_, err = fmt.Fprintf(a.out, "The collector, process %d, did not end within %s, and was killed. Nothing is lost by that.\n", c.PID, service.Grace)
	default:
		_, err = fmt.Fprintf(a.out, "The collector, process %d, has ended.\n", c.PID)
	}
	return err
}

func (a *app) openCommand() *cobra.Command {
	var only bool
	cmd := &cobra.Command{
		Use:   "open",
		Short: "Open the collector's page in a browser",
		Long: `Open the collector's page in a browser, already signed in. The address holds a code
that serves once, for a minute. Without a desktop, or with --print, it is only printed.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.open(cmd.Context(), only) },
	}
	cmd.Flags().BoolVar(&only, "print", false, "print the address, and open nothing")
	return cmd
}

func (a *app) open(ctx context.Context, only bool) error {
	c, addr, err := a.dialTo()
	if err != nil {
		return err
	}
	if c == nil {
		return fmt.Errorf("no collector runs for %s: 'agent-telemetry up --detach' starts one", a.journalFolder())
	}
	defer c.Close()
	code, err := c.Code(ctx)
	if err != nil {
		return fmt.Errorf("ask the collector at %s for a code: %w", addr, err)
	}
	url := "http://" + addr + "/#code=" + code.Code
	if _, err := fmt.Fprintln(a.out, url); err != nil || only {
		return err
	}
	if program := a.browser(); len(program) > 0 {
		// The address goes to a program as an argument, which other users of this
		// machine may see: it serves once, and the page spends it at once.
		cmd := exec.Command(program[0], append(program[1:], url)...) // outlives this command
		if err := cmd.Start(); err != nil {
			fmt.Fprintf(a.err, "No browser could be opened (%v): open the address yourself.\n", err)
			return nil
		}
		return cmd.Process.Release()
	}
	return nil
}

// browser is the command that opens an address, nil where there is no desktop.
func (a *app) browser() []string {
	switch {
	case runtime.GOOS == "darwin" && a.getenv("SSH_CONNECTION") == "":
		return []string{"open"}
	case runtime.GOOS == "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"}
	case a.getenv("DISPLAY") != "" || a.getenv("WAYLAND_DISPLAY") != "":
		return []string{"xdg-open"}
	}
	return nil
}
