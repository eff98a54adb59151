package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"agent-telemetry/internal/demo"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (a *app) runCommands() []*cobra.Command {
	return []*cobra.Command{a.upCommand(), a.downCommand(), a.statusCommand(), a.openCommand(), a.reindexCommand(), a.versionCommand(), a.manCommand()}
}

// demoFlags are the flags of up --demo.
type demoFlags struct {
	speed float64
	once  bool
}

func (a *app) demo(ctx context.Context, flags demoFlags) error {
	hook, err := hookProgram("")
	if err != nil {
		return err
	}
	stage, err := demo.NewStage(os.TempDir(), hook)
	if err != nil {
		return err
	}
	err = a.play(ctx, stage, flags)
	return errors.Join(err, stage.Close())
}

// play shows the tail of the demo's journal while the script is played.
func (a *app) play(ctx context.Context, stage *demo.Stage, flags demoFlags) error {
	fmt.Fprint(a.out, demoIntro)
	if !flags.once {
		fmt.Fprint(a.out, "Ctrl-C ends it.\n")
	}
	fmt.Fprintln(a.out)
	watch, stopWatching := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWatching()
	shown := &lastSeen{sink: a.sink(asTable, false)}
	watching := make(chan error, 1)
	go func() { watching <- a.follow(watch, stage.Data(), query.Filter{}, shown, 0, 0) }()

	played := a.playOn(ctx, stage, flags)
	shown.waitFor(stage.Data())
	stopWatching()
	if err := errors.Join(played, <-watching); err != nil {
		return err
	}
	return a.demoSummary(stage.Data())
}

// idle is how long the end of the day is left on the screen before the next.
const idle = 10 * time.Second

// playOn plays the script once, or until ctx ends.
func (a *app) playOn(ctx context.Context, stage *demo.Stage, flags demoFlags) error {
	for run := 1; ; run++ {
		if err := stage.Play(ctx, run, flags.speed); err != nil || flags.once || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(idle):
		}
	}
}

const demoIntro = `A recorded day of three projects goes through the real hook into a throw-away journal.
Each line is an action: time, session, tool, what it touched, outcome, duration; ⚠ is outside the project.
`

const demoOutro = `
For real: go to a project of yours, say 'agent-telemetry init' and use Claude Code there as ever;
'agent-telemetry tail' shows what arrives, 'agent-telemetry verify' that it is whole.
`

// demoSummary ends the demo with what verify says of its journal.
func (a *app) demoSummary(data string) error {
	r, err := journal.Verify(context.Background(), data, journal.VerifyOptions{})
	if err != nil {
		return fmt.Errorf("verify the demo's journal: %w", err)
	}
	if !r.Intact() {
		return fmt.Errorf("the demo's journal has faults, of which the first is: %s", r.Faults[0].String())
	}
	_, err = fmt.Fprintf(a.out, "\n%s records, from %d to %d without a gap, chain WHOLE.\n%s", thousands(r.Records), r.First, r.Last, demoOutro)
	return err
}

// lastSeen remembers which record went through it last.
type lastSeen struct {
	sink
	seq atomic.Uint64
}

func (s *lastSeen) put(c chosen) error {
	err := s.sink.put(c)
	s.seq.Store(c.record.Seq)
	return err
}

// waitFor waits, not for ever, until the end of the journal went through.
func (s *lastSeen) waitFor(data string) {
	head, err := journal.ReadEnd(data)
	for range 100 {
		if err != nil || s.seq.Load() >= head.Seq {
			return
		}
		time.Sleep(pollEvery)
	}
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
