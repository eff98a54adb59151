package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"agent-telemetry/internal/demo"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query"
)

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
func (a *app) play(ctx context.Context, stage *demo.Stage, flags demoFlags) (err error) {
	beside, err := a.attend(ctx, stage.Data())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, beside.end()) }()
	fmt.Fprintf(a.out, demoIntro, beside.url, stage.Data())
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
	return a.demoSummary(ctx, stage.Data(), beside)
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
Meanwhile a collector answers at %s: try 'agent-telemetry stats --data %s' in another terminal.
`

const demoOutro = `
For real: go to a project of yours, say 'agent-telemetry init' and use Claude Code there as ever;
'agent-telemetry tail' shows what arrives, 'agent-telemetry verify' that it is whole.
`

// demoSummary ends the demo with what verify says of its journal.
func (a *app) demoSummary(ctx context.Context, data string, beside *attendant) error {
	r, err := journal.Verify(context.Background(), data, journal.VerifyOptions{})
	if err != nil {
		return fmt.Errorf("verify the demo's journal: %w", err)
	}
	if !r.Intact() {
		return fmt.Errorf("the demo's journal has faults, of which the first is: %s", r.Faults[0].String())
	}
	asked, err := beside.sums(context.WithoutCancel(ctx), r.Last)
	if err != nil {
		return fmt.Errorf("ask the demo's collector: %w", err)
	}
	_, err = fmt.Fprintf(a.out, "\n%s records, from %d to %d without a gap, chain WHOLE.\n%s\n%s", thousands(r.Records), r.First, r.Last, asked, demoOutro)
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
