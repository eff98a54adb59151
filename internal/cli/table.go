package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

const defaultWidth = 100 // where the terminal does not say

// table shows records as lines, one for a tool call: its Pre record is left out
// unless nothing else comes of it.
type table struct {
	w     io.Writer
	zone  *time.Location
	paint painter
	all   bool
	one   bool // all rows are of one session: leave its column out
	width int
	day   string
	open  []*event.Record // Pre records of which nothing has come yet
	shown map[*query.Action]bool
}

func newTable(w io.Writer, zone *time.Location, paint painter, all bool) *table {
	t := &table{w: w, zone: zone, paint: paint, all: all, width: defaultWidth, shown: map[*query.Action]bool{}}
	if width, ok := terminal(w); ok && width >= 60 {
		t.width = width
	}
	return t
}

func (t *table) put(c chosen) error {
	if t.all {
		return t.line(rowOf(c.record), "")
	}
	switch c.record.HookEvent {
	case "PreToolUse": // what comes of it follows
		t.open = append(t.open, c.record)
		return nil
	case "UserPromptExpansion": // the prompt itself follows
		return nil
	case "PostToolBatch":
		for i := range c.record.Action.Calls {
			t.close(c.record.Action.Calls[i].ToolUseID)
		}
		return t.batch(c.refused)
	}
	t.close(c.record.ToolUseID)
	return t.line(rowOf(c.record), "")
}

// batch shows the calls that only a batch tells of: those that never ran.
func (t *table) batch(refused []query.Refused) error {
	for _, r := range refused {
		if err := t.line(actionRow(r.Action), ""); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) end() error { return nil }

// close notes that something came of a call.
func (t *table) close(id string) {
	t.open = slices.DeleteFunc(t.open, func(r *event.Record) bool { return r.ToolUseID == id })
}

// longCall is how long a call may take before its beginning is shown as well.
const longCall = 3 * time.Second

// idle shows the calls that have been running for a while, each once.
func (t *table) idle(now time.Time) error {
	var err error
	t.open = slices.DeleteFunc(t.open, func(r *event.Record) bool {
		if err != nil || now.Sub(r.Timestamp) < longCall {
			return false
		}
		err = t.line(rowOf(r), "")
		return true
	})
	return err
}

// line lays one row out: time, session, verb, what, outcome, duration, mark.
func (t *table) line(w row, indent string) error {
	if err := t.dayLine(w.time); err != nil {
		return err
	}
	at := w.time.In(t.zone).Format("15:04:05")
	verb := pad(clip(clean(w.verb), 11, false), 11)
	mark, outcome := " ", outcomeWord(w.outcome)
	if w.outside {
		mark = "⚠"
	}
	lane := indent
	if w.agent != "" && indent == "" {
		lane = "└ "
	}
	session := pad(columnsOf(clean(w.session), 8), 8) + "  "
	if t.one {
		session = ""
	}
	// time 8, verb 11, outcome 9, duration 8, mark 1, and the gaps.
	room := t.width - 8 - 11 - 9 - 8 - 1 - 5 - columns(session) - columns(lane)
	what := pad(clip(clean(w.what), room, w.path), room)
	if w.outside && !w.allowed {
		what, mark = t.paint.warn(what), t.paint.warn(mark)
	}
	switch w.outcome {
	case event.Failure, event.Denied, event.Interrupted:
		outcome = t.paint.bad(pad(outcome, 9))
	default:
		outcome = t.paint.dim(pad(outcome, 9))
	}
	text := fmt.Sprintf("%s %s%s%s %s %s %8s %s", t.paint.dim(at), t.paint.dim(session), lane,
		t.paint.verb(verb, w.verb), what, outcome, shortDuration(w.duration), mark)
	_, err := fmt.Fprintln(t.w, strings.TrimRight(text, " "))
	return err
}

// columnsOf is the beginning of s, n columns at most.
func columnsOf(s string, n int) string {
	for columns(s) > n {
		_, last := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-last]
	}
	return s
}

// dayLine begins each day with its date.
func (t *table) dayLine(at time.Time) error {
	day := at.In(t.zone).Format("Monday, 2 January 2006")
	if day == t.day {
		return nil
	}
	t.day = day
	_, err := fmt.Fprintln(t.w, t.paint.dim("── "+day+" "+strings.Repeat("─", max(0, t.width-4-columns(day)))))
	return err
}

func outcomeWord(o event.Outcome) string {
	switch o {
	case event.Success:
		return "ok"
	case event.Failure:
		return "✗ failed"
	case event.Denied:
		return "⊘ denied"
	case event.Interrupted:
		return "✗ stopped"
	case event.Pending:
		return "…"
	case event.Unknown:
		return "?"
	}
	return ""
}

func shortDuration(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
}
