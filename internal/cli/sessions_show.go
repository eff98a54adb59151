package cli

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// sessionSink shows sessions one by one.
type sessionSink interface {
	put(s *query.SessionInfo) error
	end() error
}

func (a *app) sessionSink(o output) sessionSink {
	switch o {
	case asCSV:
		return &sessionCSV{w: csv.NewWriter(a.out)}
	case asTable:
		t := &sessionTable{table: newTable(a.out, a.now().Location(), a.colour(), false)}
		t.year = a.now().In(t.zone).Year()
		return t
	}
	return &sessionJSON{jsonList{w: a.out, lines: o == asJSONL}}
}

// sessionTable has a line for each session.
type sessionTable struct {
	*table
	year    int
	started bool
}

func (t *sessionTable) put(s *query.SessionInfo) error {
	if !t.started {
		t.started = true
		fmt.Fprintln(t.w, t.paint.dim(strings.Join([]string{pad("started", 13), pad("session", 8), "   lasted", "prompts", "  calls", pad("project", 7)}, "  ")))
	}
	start := s.Start.In(t.zone)
	at := start.Format("2 Jan 15:04")
	if start.Year() != t.year {
		at = start.Format("2 Jan 2006")
	}
	lasting := "0 s"
	if d := s.End.Sub(s.Start); d > 0 {
		lasting = shortDuration(d)
	}
	if !s.Ended {
		lasting += "…" // it has not said that it ended
	}
	room := min(40, max(16, t.width-13-8-9-7-7-10-30))
	text := fmt.Sprintf("%s  %s  %9s  %7s  %7s  %s  %s", t.paint.dim(pad(at, 13)), pad(columnsOf(clean(s.ID), 8), 8), lasting,
		thousands(s.Prompts), thousands(s.Actions+s.Pending), pad(clip(clean(s.Project), room, true), room), t.notes(s))
	_, err := fmt.Fprintln(t.w, strings.TrimRight(text, " "))
	return err
}

func (t *sessionTable) end() error { return nil }

// notes are what of a session deserves a look.
func (t *sessionTable) notes(s *query.SessionInfo) string {
	var parts []string
	for _, c := range []struct {
		n     int64
		word  string
		paint func(string) string
	}{
		{s.Pending, "running", t.paint.dim}, {s.Failures, "failed", t.paint.bad}, {s.Denied, "denied", t.paint.bad}, {s.Outside, "outside", t.paint.warn},
	} {
		if c.n > 0 {
			parts = append(parts, c.paint(thousands(c.n)+" "+c.word))
		}
	}
	return strings.Join(parts, " · ")
}

// sessionJSON writes a list or lines of JSON.
type sessionJSON struct{ jsonList }

func (s *sessionJSON) put(i *query.SessionInfo) error { return s.add(i) }

type sessionCSV struct {
	w       *csv.Writer
	started bool
}

func (s *sessionCSV) put(i *query.SessionInfo) error {
	if !s.started {
		s.started = true
		if err := s.w.Write([]string{
			"session_id", "project_path", "host", "agent", "agent_version", "model", "start", "end", "ended",
			"records", "prompts", "actions", "pending", "failures", "denied", "outside", "subagents",
		}); err != nil {
			return err
		}
	}
	row := []string{
		i.ID, i.Project, i.Host, i.Agent, i.AgentVersion, i.Model, i.Start.Format(event.TimeFormat), i.End.Format(event.TimeFormat),
		strconv.FormatBool(i.Ended),
	}
	for _, n := range [...]int64{i.Records, i.Prompts, i.Actions, i.Pending, i.Failures, i.Denied, i.Outside, i.Subagents} {
		row = append(row, strconv.FormatInt(n, 10))
	}
	return s.w.Write(inertRow(row))
}

func (s *sessionCSV) end() error {
	s.w.Flush()
	return s.w.Error()
}
