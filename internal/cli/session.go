package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
)

func (a *app) sessionCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "session [ID]",
		Short: "Tell one session as a story",
		Long: `Tell one session as a story: each prompt, and what it led to. The beginning of an
id serves; without one it is the latest session. With --output json the actions
come joined, with jsonl the session's records as they stand in the journal.`,
		Example: "  agent-telemetry session\n  agent-telemetry session 9e43",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := a.outputOf(format)
			if err != nil {
				return err
			}
			prefix := ""
			if len(args) > 0 {
				prefix = args[0]
			}
			return a.session(cmd.Context(), prefix, o)
		},
	}
	outputFlag(cmd, &format)
	return cmd
}

// story is one session's records.
type story struct {
	id      string
	records []*event.Record
	lines   [][]byte
	joiner  query.Joiner
}

func (a *app) session(ctx context.Context, prefix string, o output) error {
	s, err := a.story(ctx, prefix)
	if err != nil {
		return err
	}
	switch o {
	case asJSON:
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(s.joiner.Actions())
	case asTable:
		return s.print(newTable(a.out, a.now().Location(), a.colour(), false))
	}
	out := a.sink(o, true)
	for i, r := range s.records {
		if err := out.put(chosen{line: s.lines[i], record: r}); err != nil {
			return err
		}
	}
	return out.end()
}

// story reads the session whose id begins with prefix, or the latest one.
func (a *app) story(ctx context.Context, prefix string) (*story, error) {
	from, err := a.source(ctx)
	if err != nil {
		return nil, err
	}
	defer from.close()
	id, err := from.session(ctx, prefix)
	if err != nil {
		return nil, a.noSession(prefix, err)
	}
	s := &story{id: id}
	err = from.each(ctx, sessionFilter(id), func(c chosen) error {
		if c.record.SessionID == id {
			s.records = append(s.records, c.record)
			s.lines = append(s.lines, bytes.Clone(c.line))
			s.joiner.Add(c.record)
		}
		return nil
	})
	return s, err
}

// noSession words why the session that was asked for is not to be had.
func (a *app) noSession(prefix string, err error) error {
	switch {
	case !errors.Is(err, errNone):
		return err
	case prefix == "":
		return fmt.Errorf("no session recorded in %s yet: 'agent-telemetry doctor' tells whether recording is on", a.journalFolder())
	}
	return fmt.Errorf("no session recorded in %s whose id begins with %q", a.journalFolder(), prefix)
}

func (s *story) print(t *table) error {
	t.one = true
	s.header(t)
	for _, r := range s.records {
		if r.EventType == event.UserPrompt && r.HookEvent == "UserPromptSubmit" && !r.Action.Synthetic {
			fmt.Fprintln(t.w) // a prompt begins a chapter
		}
		indent := ""
		if r.AgentID != "" {
			indent = "│ "
		}
		for _, w := range s.rows(r, t) {
			if err := t.line(w, indent); err != nil {
				return err
			}
		}
	}
	return nil
}

// rows tells what a record adds to the story: each action once, where it began.
func (s *story) rows(r *event.Record, t *table) []row {
	switch r.HookEvent {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionDenied":
		return s.action(r.ToolUseID, t)
	case "PostToolBatch":
		var rows []row
		for i := range r.Action.Calls {
			rows = append(rows, s.action(r.Action.Calls[i].ToolUseID, t)...)
		}
		return rows
	case "PermissionRequest", "UserPromptExpansion":
		return nil
	}
	return []row{rowOf(r)}
}

func (s *story) action(id string, t *table) []row {
	a := s.joiner.Action(id)
	if a == nil || t.shown[a] {
		return nil
	}
	t.shown[a] = true
	return []row{actionRow(a)}
}

func (s *story) header(t *table) {
	first, last := s.records[0], s.records[len(s.records)-1]
	counts := map[event.Outcome]int{}
	outside := 0
	for _, a := range s.joiner.Actions() {
		counts[a.Outcome]++
		if a.Details.OutsideProjectScope {
			outside++
		}
	}
	n := len(s.joiner.Actions())
	parts := []string{fmt.Sprintf("%d %s", n, plural(n, "action"))}
	for _, c := range []struct {
		n    int
		word string
	}{{counts[event.Failure], "failed"}, {counts[event.Denied], "denied"}, {counts[event.Interrupted], "stopped"}, {counts[event.Pending], "pending"}, {outside, "outside the project"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	fmt.Fprintf(t.w, "Session %s\n", t.paint.bold(clean(s.id)))
	fmt.Fprintf(t.w, "Project %s\n", clean(first.ProjectPath))
	fmt.Fprintf(t.w, "%s, %s, Claude Code %s\n", first.Timestamp.In(t.zone).Format("2 Jan 2006 15:04:05 MST"),
		lasted(last.Timestamp.Sub(first.Timestamp)), clean(first.Metadata.ClaudeVersion))
	fmt.Fprintf(t.w, "%s\n\n", strings.Join(parts, " · "))
}

func lasted(d time.Duration) string {
	if s := shortDuration(d.Round(time.Millisecond)); s != "" {
		return s
	}
	return "an instant"
}

func sessionFilter(prefix string) (f query.Filter) {
	if prefix != "" {
		f.Where(query.Session, prefix)
	}
	return f
}
