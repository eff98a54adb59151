package cli

import (
	"fmt"
	"strings"
	"time"

	"agent-telemetry/internal/api"
)

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
	text := clean(s.Name) + " " + clean(string(s.State))
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
