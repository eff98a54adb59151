package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/service"

	"github.com/spf13/cobra"
)

func (a *app) statusCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell how the collector, the journal and the index are",
		Long: `Tell how the collector, the journal and the index are, and what is wrong.

Exit code 1 if something is: also if no collector runs, though records are written
without one, and what can be told without one is told.`,
		Example: "  agent-telemetry status\n  agent-telemetry status --output json | jq .health.problems",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "" && output(format) != asTable && output(format) != asJSON {
				return usageError{fmt.Errorf("--output %s: write table or json", format)}
			}
			return a.status(cmd.Context(), output(format) == asJSON)
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "", "table or json (default table)")
	return cmd
}

// state is what status tells.
type state struct {
	OK        bool            `json:"ok"`
	Running   bool            `json:"running"`
	Data      string          `json:"data"`
	Collector *collectorState `json:"collector,omitempty"`
	Health    *api.Health     `json:"health"`
	problem   error           // why a collector that runs does not answer
}

// collectorState is the process.
type collectorState struct {
	PID     int       `json:"pid,omitempty"`
	URL     string    `json:"url"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	Uptime  float64   `json:"uptime_seconds"`
	Memory  int64     `json:"memory_bytes,omitempty"` // of its own; 0 where the system does not tell
}

func (a *app) status(ctx context.Context, asJSON bool) error {
	s, err := a.state(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(s)
	} else {
		err = a.printState(s)
	}
	if err == nil && !s.OK {
		return errSaid
	}
	return err
}

// state asks the collector, or looks by itself where there is none.
func (a *app) state(ctx context.Context) (*state, error) {
	s := &state{Data: a.journalFolder()}
	found, err := service.Find(s.Data)
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		return nil, err
	}
	if found != nil && found.PID > 0 {
		s.Collector = &collectorState{PID: found.PID, URL: found.URL(), Version: found.Version, Started: found.Started, Memory: service.RSS(found.PID)}
	}
	s.Running = found != nil || a.addrFlag != ""
	if h := a.askHealth(ctx, s); h != nil {
		s.Health = h
		if s.Collector == nil {
			s.Collector = &collectorState{URL: "http://" + a.addrFlag, Version: h.Version, Started: h.Started}
		}
	} else {
		alone := collector.LookAlone(s.Data)
		s.Health = &alone
	}
	if s.Collector != nil {
		s.Collector.Uptime = a.now().Sub(s.Collector.Started).Seconds()
	}
	if s.Running && s.problem != nil {
		s.Health.Problems = append([]string{"The collector runs, but does not answer: " + s.problem.Error() + "."}, s.Health.Problems...)
	}
	if !s.Running {
		s.Health.Problems = append([]string{"No collector runs: 'agent-telemetry up --detach' starts one. The hook records without it."}, s.Health.Problems...)
	}
	if len(s.Health.Problems) > 0 {
		s.Health.Status = api.Degraded
	}
	s.OK = len(s.Health.Problems) == 0
	return s, nil
}

// askHealth asks the collector that runs; nil if it cannot.
func (a *app) askHealth(ctx context.Context, s *state) *api.Health {
	if !s.Running {
		return nil
	}
	c, err := a.dial()
	if err != nil || c == nil {
		s.problem = err
		if err == nil {
			s.problem = errors.New("it is just starting")
		}
		return nil
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	h, err := c.Health(ctx)
	if err != nil {
		s.problem = err
		return nil
	}
	return h
}
