package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
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

// printState shows the state to a person.
func (a *app) printState(s *state) error {
	paint := a.colour()
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(a.out, "%s %s\n", paint.dim(pad(name, 10)), text)
		}
	}
	h := s.Health
	line("collector", a.collectorLine(s))
	line("records", clean(s.Data))
	line("journal", a.journalLine(&h.Journal))
	line("chain", a.chainLine(h))
	line("index", a.indexLine(h, s.Running && s.problem == nil))
	for i := range h.Sinks {
		line("sink", a.sinkLine(&h.Sinks[i]))
	}
	if h.Disk.Total > 0 {
		line("disk", fmt.Sprintf("%s free of %s", size(int64(h.Disk.Free)), size(int64(h.Disk.Total))))
	}
	fmt.Fprintln(a.out)
	for _, p := range h.Problems {
		fmt.Fprintln(a.out, paint.bad("✗ ")+clean(p))
	}
	if len(h.Problems) == 0 {
		text := "All is well."
		if !h.Ready {
			text = "All is well; the index is catching up."
		}
		fmt.Fprintln(a.out, text)
	}
	return nil
}

func (a *app) collectorLine(s *state) string {
	c := s.Collector
	switch {
	case !s.Running:
		return a.colour().bad("down")
	case c == nil:
		return "starting"
	}
	parts := []string{"up for " + lasted(time.Duration(c.Uptime*float64(time.Second)).Round(time.Second)), clean(c.URL)}
	if c.PID > 0 {
		parts = append(parts, fmt.Sprintf("process %d", c.PID))
	}
	if c.Memory > 0 {
		parts = append(parts, size(c.Memory)+" of memory")
	}
	if n := s.Health.Streams; n > 0 {
		parts = append(parts, fmt.Sprintf("%d live %s", n, plural(n, "stream")))
	}
	if c.Version != Version {
		parts = append(parts, "version "+clean(c.Version)+" (this is "+Version+")")
	}
	return strings.Join(parts, ", ")
}

func (a *app) journalLine(j *api.JournalHealth) string {
	if j.Seq == 0 {
		return "no records yet"
	}
	parts := []string{fmt.Sprintf("records %s to %s", thousands(int64(j.First)), thousands(int64(j.Seq)))}
	files := fmt.Sprintf("%s in %d %s", size(j.Bytes), j.Segments, plural(j.Segments, "segment"))
	if j.Compressed > 0 {
		files += fmt.Sprintf(" (%d compressed)", j.Compressed)
	}
	parts = append(parts, files)
	if j.LastEvent != nil {
		parts = append(parts, "the last "+since(a.now(), *j.LastEvent))
	}
	return strings.Join(parts, ", ")
}

func (a *app) chainLine(h *api.Health) string {
	switch h.Chain.State {
	case api.Broken:
		text := fmt.Sprintf("BROKEN in %d %s", h.Chain.Breaks, plural(int(min(h.Chain.Breaks, 2)), "place"))
		if len(h.Chain.Last) > 0 {
			text += ": " + clean(h.Chain.Last[0].Problem)
		}
		return a.colour().bad(text)
	case api.Whole:
		return fmt.Sprintf("whole, checked to record %s", thousands(int64(h.Chain.Seq)))
	}
	if h.Journal.Seq == 0 {
		return ""
	}
	return "not checked; 'agent-telemetry verify' does"
}

func (a *app) indexLine(h *api.Health, asked bool) string {
	x := &h.Index
	switch {
	case !asked && x.Bytes == 0:
		return "none yet"
	case !asked:
		return size(x.Bytes)
	}
	text := fmt.Sprintf("%s records, %s", thousands(x.Records), size(x.Bytes))
	if x.Records > 0 {
		text += fmt.Sprintf(" (%d bytes each)", x.Bytes/x.Records)
	}
	switch lag := int64(h.Journal.Seq) - int64(x.Seq); {
	case x.Rebuilding:
		text += fmt.Sprintf(", being made again: at record %s", thousands(int64(x.Seq)))
	case lag > 0:
		text += fmt.Sprintf(", %s %s behind", thousands(lag), plural(int(min(lag, 2)), "record"))
	}
	return text
}

func (a *app) sinkLine(s *api.SinkHealth) string {
	text := clean(s.Name) + " " + string(s.State)
	if s.Seq > 0 {
		text += fmt.Sprintf(", at record %s", thousands(int64(s.Seq)))
	}
	if s.Lag > 0 {
		text += fmt.Sprintf(", %s behind (%s)", thousands(int64(s.Lag)), lasted(time.Duration(s.LagSeconds*float64(time.Second)).Round(time.Millisecond)))
	}
	if s.DeadLetters > 0 {
		text += fmt.Sprintf(", %d refused for good", s.DeadLetters)
	}
	return text
}
