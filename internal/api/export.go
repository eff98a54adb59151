package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"

	"github.com/danielgtaylor/huma/v2"
)

const pathExport = "/api/v1/export"

// Trailers that an export ends with: how many it wrote, and how many had a place
// in the index but no line any more.
const (
	TrailerRecords = "Agent-Telemetry-Records"
	TrailerMissing = "Agent-Telemetry-Missing"
)

// maxExport is the largest limit that an export takes.
const maxExport = 1 << 53

// exportPage is how many records an export holds at a time.
const exportPage = 200

func (s *Server) export() {
	responses := written("application/jsonl")
	responses["200"].Content["text/csv"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	tell(s, s.guarded(huma.Operation{
		OperationID: "export", Path: pathExport, Tags: []string{"record"}, Summary: "Every record that the filter selects, as a file",
		Description: "JSONL has the journal's own lines, byte for byte. An export that breaks off ends its connection without the last chunk; " +
			"one that is whole ends with the trailers " + TrailerRecords + " and " + TrailerMissing + ", records that retention has taken meanwhile.",
		Parameters: ofExport(), Responses: responses,
	}), s.exported)
}

func (a *args) exporting() (q query.EventsQuery, format string) {
	format = a.choice("format", "jsonl", "csv")
	q = query.EventsQuery{Filter: a.filter(), Unit: a.unit(), Raw: true}
	q.Limit, q.Oldest = a.number("limit"), a.choice("order", "oldest", "newest") == "oldest"
	return q, format
}

func (s *Server) exported(w http.ResponseWriter, r *http.Request, in *args) error {
	q, format := in.exporting()
	if err := in.check(q.Filter.Check()); err != nil {
		return err
	}
	if !s.exports.enter() {
		s.metrics.refused.WithLabelValues(pathExport).Inc()
		return busy(http.StatusServiceUnavailable, 10*time.Second, fmt.Sprintf("%d exports are under way already", s.cfg.Limits.Exports))
	}
	defer s.exports.leave()
	ctx, cancel := s.until(r)
	defer cancel()

	x := &exporting{s: s, out: newPatient(w, s.cfg.Limits.Write), left: q.Limit, all: q.Limit == 0}
	first, err := x.next(ctx, &q)
	if err != nil {
		return err // nothing is written yet: it can be told
	}
	name, kind := "agent-telemetry."+format, "application/jsonl"
	x.write = x.lines
	if format == "csv" {
		kind, x.write = "text/csv; charset=utf-8", x.rows
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Trailer", TrailerRecords+", "+TrailerMissing)
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	if err := x.run(ctx, q, first); err != nil {
		if x.out.slow {
			s.metrics.cut.Inc()
		} else if ctx.Err() == nil && !gone(err) {
			s.log.Error("an export broke off", "records", x.written, "error", err)
		}
		panic(http.ErrAbortHandler) // without a last chunk the client notices
	}
	h.Set(TrailerRecords, strconv.Itoa(x.written))
	h.Set(TrailerMissing, strconv.Itoa(x.missing))
	return nil
}

// exporting is one export under way.
type exporting struct {
	s                *Server
	out              *patient
	write            func(io.Writer, []query.Entry) error
	all              bool
	left             int // records, unless all
	written, missing int
	headed           bool
}

// next asks for a page and turns q to the one behind it.
func (x *exporting) next(ctx context.Context, q *query.EventsQuery) (*query.EventsPage, error) {
	q.Limit = exportPage
	if !x.all {
		q.Limit = min(exportPage, x.left)
	}
	page, err := x.s.cfg.Engine.Events(ctx, *q)
	if err != nil {
		return nil, err
	}
	if page.Next != "" && page.Next == q.Cursor {
		return nil, fmt.Errorf("the engine makes no progress beyond %s", page.Next)
	}
	q.Cursor = page.Next
	x.left -= len(page.Entries)
	return page, nil
}

func (x *exporting) run(ctx context.Context, q query.EventsQuery, page *query.EventsPage) error {
	var text bytes.Buffer
	for {
		text.Reset()
		if err := x.write(&text, page.Entries); err != nil {
			return err
		}
		if err := x.out.say(text.Bytes()); err != nil {
			return err
		}
		if q.Cursor == "" || !x.all && x.left <= 0 {
			return nil
		}
		var err error
		if page, err = x.next(ctx, &q); err != nil {
			return err
		}
	}
}

func (x *exporting) count(n int) {
	x.written += n
	x.s.metrics.sent.WithLabelValues(pathExport).Add(float64(n))
}

// lines writes the journal's own bytes, so that hashes can be checked.
func (x *exporting) lines(w io.Writer, entries []query.Entry) error {
	for i := range entries {
		if entries[i].Record == nil {
			x.missing++
			continue
		}
		if _, err := w.Write(append(entries[i].Record[:len(entries[i].Record):len(entries[i].Record)], '\n')); err != nil {
			return err
		}
		x.count(1)
	}
	return nil
}

// rows writes a table; what only the line knows stays empty where it is gone.
func (x *exporting) rows(w io.Writer, entries []query.Entry) error {
	c := csv.NewWriter(w)
	if !x.headed {
		x.headed = true
		if err := c.Write(columns()); err != nil {
			return err
		}
	}
	for i := range entries {
		if err := c.Write(row(&entries[i])); err != nil {
			return err
		}
		x.count(1)
	}
	c.Flush()
	return c.Error()
}

func columns() []string {
	return []string{
		"seq", "timestamp", "level", "event_type", "hook_event", "session_id", "agent_id", "project_name", "tool_name",
		"outcome", "duration_ms", "outside_project_scope", "scope_reason", "file_path", "command", "search_pattern", "search_path", "url", "query",
		"tool_use_id", "host", "user_id", "journal",
	}
}

func row(e *query.Entry) []string {
	var r event.Record
	_ = json.Unmarshal(e.Record, &r) // of a line that is gone, the entry tells what it knows
	duration := ""
	if e.Duration != nil {
		duration = strconv.FormatInt(*e.Duration, 10)
	}
	path, in := e.Path, ""
	if r.Action.FilePath != "" || r.Action.SearchPath != "" {
		path, in = r.Action.FilePath, r.Action.SearchPath
	}
	cells := []string{
		strconv.FormatUint(e.Seq, 10), e.Timestamp.Format(event.TimeFormat), string(e.Level), string(e.EventType), e.HookEvent,
		e.SessionID, e.AgentID, r.ProjectName, e.ToolName, string(e.Outcome), duration, strconv.FormatBool(e.Outside),
		r.Action.ScopeReason, path, e.Command, e.Pattern, in, e.URL, e.Query,
		e.ToolUseID, e.Host, r.Metadata.UserID, e.Journal,
	}
	for i := range cells {
		cells[i] = inert(cells[i])
	}
	return cells
}

// inert keeps a spreadsheet from taking a cell for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
