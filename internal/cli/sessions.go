package cli

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
)

func (a *app) sessionsCommand() *cobra.Command {
	var flags filterFlags
	var format string
	var limit int
	cmd := &cobra.Command{
		Use:   "sessions [TEXT]",
		Short: "List sessions, the latest first",
		Long: `List sessions, the latest first: when each began, how long it lasted so far, where,
and what came of its tool calls. The filters choose sessions that have a record of
that kind; the figures are of the whole session.`,
		Example: "  agent-telemetry sessions\n  agent-telemetry sessions --since 7d --outside\n  agent-telemetry sessions --outcome denied -o csv",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := flags.filter(args, a.now())
			if err != nil {
				return err
			}
			o, err := a.outputOf(format)
			if err != nil {
				return err
			}
			return a.sessions(cmd.Context(), f, o, limit)
		},
	}
	flags.add(cmd)
	outputFlag(cmd, &format)
	cmd.Flags().IntVarP(&limit, "limit", "n", 50, "how many sessions at most, the latest; 0 for all")
	return cmd
}

func (a *app) sessions(ctx context.Context, f query.Filter, o output, limit int) error {
	engine, ended, err := a.anEngine(ctx)
	if err != nil {
		return err
	}
	defer ended()
	shown, out := 0, a.sessionSink(o)
	q := query.SessionsQuery{Filter: f}
	for {
		q.Limit = query.MaxLimit
		if limit > 0 {
			q.Limit = min(limit-shown, query.MaxLimit)
		}
		page, err := engine.Sessions(ctx, q)
		if err != nil {
			return usage(err)
		}
		for i := range page.Sessions {
			if err := out.put(&page.Sessions[i]); err != nil {
				return err
			}
		}
		shown += len(page.Sessions)
		if page.Next == "" {
			break
		}
		if limit > 0 && shown >= limit {
			defer fmt.Fprintf(a.err, "The latest %s; --limit 0 shows all.\n", thousands(int64(limit)))
			break
		}
		q.Cursor = page.Next
	}
	if shown == 0 {
		fmt.Fprintf(a.err, "No session recorded in %s that these filters select.\n", a.journalFolder())
	}
	return out.end()
}

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

// jsonList writes values as one JSON list, or each on a line of its own.
type jsonList struct {
	w       io.Writer
	lines   bool
	started bool
}

func (l *jsonList) add(v any) error {
	text, err := encode(v)
	if err != nil {
		return err
	}
	if l.lines {
		_, err = fmt.Fprintf(l.w, "%s\n", text)
		return err
	}
	sep := ",\n"
	if !l.started {
		sep, l.started = "[\n", true
	}
	_, err = fmt.Fprintf(l.w, "%s%s", sep, text)
	return err
}

func (l *jsonList) end() error {
	text := "\n]\n"
	switch {
	case l.lines:
		return nil
	case !l.started:
		text = "[]\n"
	}
	_, err := io.WriteString(l.w, text)
	return err
}

// since is how long ago something was.
func since(now, at time.Time) string {
	d := now.Sub(at)
	switch {
	case d < time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours())/24)
}
