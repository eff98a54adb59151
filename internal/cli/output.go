package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/event"

	"github.com/spf13/cobra"
)

// output is a form of showing records.
type output string

const (
	asTable output = "table"
	asJSONL output = "jsonl"
	asJSON  output = "json"
	asCSV   output = "csv"
)

func outputFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVarP(to, "output", "o", "", "table, jsonl, json or csv (default table for a terminal, jsonl for a pipe)")
}

// outputOf reads the flag; without it the destination decides.
func (a *app) outputOf(flag string) (output, error) {
	switch o := output(flag); o {
	case asTable, asJSONL, asJSON, asCSV:
		return o, nil
	case "":
		if _, ok := terminal(a.out); ok {
			return asTable, nil
		}
		return asJSONL, nil
	}
	return "", usageError{fmt.Errorf("--output %s: write table, jsonl, json or csv", flag)}
}

// sink shows records one by one.
type sink interface {
	put(c chosen) error
	idle(now time.Time) error // nothing has come for a moment
	end() error
}

// patient is a sink to which waiting means nothing.
type patient struct{}

func (patient) idle(time.Time) error { return nil }

func (a *app) sink(o output, all bool) sink {
	switch o {
	case asJSONL:
		return &jsonlSink{w: a.out}
	case asJSON:
		return &jsonSink{jsonList: jsonList{w: a.out}}
	case asCSV:
		return &csvSink{w: csv.NewWriter(a.out)}
	}
	return newTable(a.out, a.now().Location(), a.colour(), all)
}

// jsonlSink writes the journal's own bytes, so that hashes can be checked.
type jsonlSink struct {
	patient
	w io.Writer
}

func (s *jsonlSink) put(c chosen) error {
	_, err := s.w.Write(append(c.line[:len(c.line):len(c.line)], '\n'))
	return err
}

func (s *jsonlSink) end() error { return nil }

// jsonSink writes a list of the journal's own lines.
type jsonSink struct {
	patient
	jsonList
}

func (s *jsonSink) put(c chosen) error { return s.add(json.RawMessage(c.line)) }

var csvColumns = []string{
	"seq", "timestamp", "level", "event_type", "hook_event", "session_id", "agent_id", "project_name", "tool_name",
	"outcome", "duration_ms", "outside_project_scope", "scope_reason", "file_path", "command", "search_pattern", "search_path", "url", "query",
	"tool_use_id", "host", "user_id", "journal",
}

type csvSink struct {
	patient
	w       *csv.Writer
	started bool
}

func (s *csvSink) put(c chosen) error {
	if !s.started {
		s.started = true
		if err := s.w.Write(csvColumns); err != nil {
			return err
		}
	}
	if len(c.refused) == 0 {
		return s.row(c.record)
	}
	for _, r := range c.refused {
		if err := s.row(r.Record); err != nil {
			return err
		}
	}
	return nil
}

func (s *csvSink) row(r *event.Record) error {
	a, duration := &r.Action, ""
	if r.DurationMS != nil {
		duration = strconv.FormatInt(*r.DurationMS, 10)
	}
	row := []string{
		strconv.FormatUint(r.Seq, 10), r.Timestamp.Format(event.TimeFormat), string(r.Level), string(r.EventType), r.HookEvent,
		r.SessionID, r.AgentID, r.ProjectName, r.ToolName, string(r.Outcome), duration, strconv.FormatBool(a.OutsideProjectScope),
		a.ScopeReason, a.FilePath, a.Command, a.SearchPattern, a.SearchPath, a.URL, a.Query, r.ToolUseID, r.Metadata.Host, r.Metadata.UserID, r.Metadata.Journal,
	}
	if err := s.w.Write(inertRow(row)); err != nil {
		return err
	}
	s.w.Flush()
	return s.w.Error()
}

func (s *csvSink) end() error {
	s.w.Flush()
	return s.w.Error()
}

// inertRow makes a row's cells inert.
func inertRow(row []string) []string {
	for i := range row {
		row[i] = inert(row[i])
	}
	return row
}

// inert keeps a spreadsheet from taking a cell for a formula.
func inert(cell string) string {
	if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "-") || strings.HasPrefix(cell, "@") || strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") {
		return "'" + cell
	}
	return cell
}

// encode is a value as one line of JSON, with <, > and & as they are.
func encode(v any) ([]byte, error) {
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode as JSON: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func parseRecord(line []byte) (*event.Record, error) {
	r := new(event.Record)
	return r, json.Unmarshal(line, r)
}
