package query

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"agent-telemetry/internal/event"
)

// Engine answers questions about the record. Every method is safe for concurrent
// use, returns soon after ctx ends, and is bounded: what takes longer than the
// engine allows comes back as a partial answer. A question that makes no sense
// is a *BadQuery, which its Check finds; one whose ctx has ended is ctx's error.
//
// Package enginetest holds engines to one meaning, by a model that can be read.
// The order of all answers is Order's; first, last, latest and where something
// began are meant in it. Only calls join in the order of arrival: each by the
// Joiner of its session, so that an id in two sessions is two calls. Records
// without a session id belong to no session, but join among themselves. Times in
// answers are instants, in any zone.
type Engine interface {
	// Events lists records in order of time.
	Events(ctx context.Context, q EventsQuery) (*EventsPage, error)
	// Actions lists tool calls in order of when they were concluded.
	Actions(ctx context.Context, q ActionsQuery) (*ActionsPage, error)
	// Sessions lists the sessions with a record that the filter selects.
	Sessions(ctx context.Context, q SessionsQuery) (*SessionsPage, error)
	// Session tells one session as a story. ErrNoSession, ErrManySessions.
	Session(ctx context.Context, q SessionQuery) (*Timeline, error)
	// Count counts over time.
	Count(ctx context.Context, q CountQuery) (*Counts, error)
	// Top lists a field's most frequent values.
	Top(ctx context.Context, q TopQuery) (*TopList, error)
	// Facets lists, for several fields at once, their most frequent values.
	Facets(ctx context.Context, q FacetsQuery) (*FacetList, error)
	// Tail hands records to yield as they arrive, in the journal's order, until
	// ctx ends, which is its error, or yield returns false, which is none.
	Tail(ctx context.Context, q TailQuery, yield func(*Entry) bool) error
}

// Errors of Session, for errors.Is.
var (
	ErrNoSession    = errors.New("no such session")
	ErrManySessions = errors.New("more than one session")
)

// Unit is what is listed or counted.
type Unit string

// A tool call has one record before it, one after it and a share in a batch's:
// counted as records that is three, counted as actions one. The entries of Actions
// are what Joiner.Concluded tells of each record: the record after a call, and for
// a batch each of its calls that never ran. Filters see, and fields group, such a
// call as the record it would have had: the batch's, with the call's id, tool,
// event type, outcome and details.
const (
	Records Unit = "records"
	Actions Unit = "actions" // concluded tool calls
)

// Page says which part of a list is wanted. A page begins behind its cursor,
// which may be any place, also one where nothing stands; in either direction.
type Page struct {
	Limit  int    // 0: the default of 100; at most MaxLimit
	Cursor Cursor // Next of the page before; "" for the first
	Oldest bool   // oldest first; else newest first
}

// The bounds of a page.
const (
	DefaultLimit = 100
	MaxLimit     = 1000
)

// Scan says how far an answer has looked.
type Scan struct {
	// Next is the cursor of what follows; "" at the end. A partial page has one,
	// too, even if it is empty. A full page may have one though nothing follows.
	// Answers that are not lists have none.
	Next Cursor `json:"next,omitempty"`
	// Partial says that the engine stopped before it had seen everything, or
	// before the page was full: what it has seen reaches to ScannedTo.
	Partial   bool       `json:"partial,omitempty"`
	ScannedTo *time.Time `json:"scanned_to,omitempty"`
}

// EventsQuery asks for records.
type EventsQuery struct {
	Filter
	Page
	Unit Unit // Records, the default, or Actions: one entry a concluded call
	Raw  bool // with each record's line
}

// EventsPage is a list of entries.
type EventsPage struct {
	Entries []Entry `json:"events"`
	Scan
}

// Entry is a record as lists show it, or with Unit Actions what concluded a call.
type Entry struct {
	Journal   string        `json:"journal"`
	Seq       uint64        `json:"seq"`
	Sub       int           `json:"sub,omitempty"` // 1, 2, …: a call that never ran, as its batch tells
	Timestamp time.Time     `json:"timestamp"`
	Host      string        `json:"host"`
	Level     event.Level   `json:"level"`
	EventType event.Type    `json:"event_type"`
	HookEvent string        `json:"hook_event"`
	SessionID string        `json:"session_id"`
	Project   string        `json:"project_path"`
	ToolName  string        `json:"tool_name"`
	ToolUseID string        `json:"tool_use_id,omitempty"`
	PromptID  string        `json:"prompt_id,omitempty"`
	AgentID   string        `json:"agent_id,omitempty"`
	AgentType string        `json:"agent_type,omitempty"`
	Outcome   event.Outcome `json:"outcome,omitempty"`
	Duration  *int64        `json:"duration_ms,omitempty"`
	Outside   bool          `json:"outside_project_scope"`
	Path      string        `json:"path,omitempty"`
	Command   string        `json:"command,omitempty"`
	Pattern   string        `json:"search_pattern,omitempty"`
	URL       string        `json:"url,omitempty"`
	Query     string        `json:"query,omitempty"`

	// Record is the record's line, where it was asked for and is still there.
	Record json.RawMessage `json:"record,omitempty"`
}

// Key is the entry's record's.
func (e *Entry) Key() Key { return Key{e.Journal, e.Seq} }

// Order is the entry's place in the order of answers.
func (e *Entry) Order() Order { return Order{e.Timestamp, e.Host, e.Seq, e.Sub} }

// EntryOf makes an entry of a record, without its line.
func EntryOf(r *event.Record) Entry {
	a := &r.Action
	return Entry{
		Journal: r.Metadata.Journal, Seq: r.Seq, Timestamp: r.Timestamp, Host: r.Metadata.Host, Level: r.Level,
		EventType: r.EventType, HookEvent: r.HookEvent, SessionID: r.SessionID, Project: r.ProjectPath,
		ToolName: r.ToolName, ToolUseID: r.ToolUseID, PromptID: r.PromptID, AgentID: r.AgentID, AgentType: r.AgentType,
		Outcome: r.Outcome, Duration: r.DurationMS, Outside: a.OutsideProjectScope,
		Path: PathOf(a), Command: a.Command, Pattern: a.SearchPattern, URL: a.URL, Query: a.Query,
	}
}

// ActionsQuery asks for tool calls: concluded ones, newest conclusion first
// unless Oldest, and with Pending those under way before them. A call that was
// concluded twice is listed twice.
type ActionsQuery struct {
	Filter // holds of the record that concluded the call, or began it if pending
	Page
	// Pending asks for the calls under way, too: on the first page, before the
	// others, by their first records, newest first in either direction, at most
	// Limit of them, which take no other's place.
	Pending bool
}

// ActionsPage is a list of tool calls, each as it stood when it was concluded:
// of the records that it is made of, those up to then. One under way is as it
// stands.
type ActionsPage struct {
	Actions []Action `json:"actions"`
	Scan
}

// SessionsQuery asks for sessions, latest start first unless Oldest: they stand
// where their first records do.
type SessionsQuery struct {
	Filter
	Page
}

// SessionsPage is a list of sessions.
type SessionsPage struct {
	Sessions []SessionInfo `json:"sessions"`
	Scan
}

// SessionInfo sums a session up, whatever filter found it. Actions, Failures,
// Denied and Outside count its entries of Unit Actions, by what they say; Outside
// those whose call, joined so far, was outside.
type SessionInfo struct {
	ID           string    `json:"session_id"`
	Project      string    `json:"project_path"` // of its first record
	Host         string    `json:"host"`         // of its first record
	Agent        string    `json:"agent"`        // claude-code; of the latest record that has one, as is AgentVersion
	AgentVersion string    `json:"agent_version,omitempty"`
	Model        string    `json:"model,omitempty"` // of the latest record that names one and is no call of a subagent
	Start        time.Time `json:"start"`           // of its first record
	End          time.Time `json:"end"`             // of its last record so far
	Ended        bool      `json:"ended"`           // its last record is of type session_end
	Records      int64     `json:"records"`
	Prompts      int64     `json:"prompts"` // UserPromptSubmit records that are not synthetic
	Actions      int64     `json:"actions"` // concluded calls
	Pending      int64     `json:"pending"` // calls under way
	Failures     int64     `json:"failures"`
	Denied       int64     `json:"denied"`
	Outside      int64     `json:"outside"`   // calls that touched something outside the project
	Subagents    int64     `json:"subagents"` // distinct agent ids
}

// SessionQuery asks for one session's story, newest first unless Oldest.
type SessionQuery struct {
	ID string // or its beginning, if no session is named so; "" is the one with the latest record
	Page
}

// Timeline is a page of a session's story.
type Timeline struct {
	Session SessionInfo `json:"session"`
	Items   []Item      `json:"items"`
	Scan
}

// Item is a step of a session's story: a tool call, where its first record is and
// as it stands, or a record that is about no call. The records that a Joiner makes
// calls of, PermissionRequest and UserPromptExpansion are not steps of their own.
// Calls that begin with their batch stand there as Sub 1, 2, … in its order.
type Item struct {
	Order   Cursor    `json:"cursor"`
	Time    time.Time `json:"time"`
	Chapter int       `json:"chapter"`            // how many prompts that are not synthetic came so far, this one included
	AgentID string    `json:"agent_id,omitempty"` // the lane; "" is the main agent's
	Parent  string    `json:"parent,omitempty"`   // tool_use_id of the first call that says it started this lane; "" while unknown
	Depth   int       `json:"depth"`              // how many lanes up to the main agent's, as far as is known; 0 for its own
	Action  *Action   `json:"action,omitempty"`
	Event   *Entry    `json:"event,omitempty"`
}

// CountQuery asks how much there was over time.
type CountQuery struct {
	Filter
	Unit     Unit
	By       Field          // split by this field, entries that have nothing there as "" like others; "" not at all
	Distinct Field          // count this field's distinct values instead, "" not being one; "" counts entries
	Bucket   time.Duration  // width: whole seconds up to a day, then whole days; 0: one bucket over everything
	Zone     *time.Location // nil: UTC; see BucketOf
	Series   int            // at most so many values of By, those with the most entries; the rest is Other. 0: 20; at most MaxLimit
}

// MaxBuckets is how many buckets an answer may have; more is a *BadQuery.
const MaxBuckets = 10_000

// Counts is a table of numbers: one row a bucket in which any is not 0, in order
// of time, one column a series.
type Counts struct {
	Series  []string `json:"series"` // values of By, by most entries, then by value; one "" without By
	Buckets []Bucket `json:"buckets"`
	Total   int64    `json:"total"` // of all entries, whatever bucket and series; with Distinct not the sum
	Scan
}

// Bucket is what fell into one stretch of time.
type Bucket struct {
	Start  time.Time `json:"start"`           // see BucketOf; zero for the bucket over everything
	Counts []int64   `json:"counts"`          // one per series
	Other  int64     `json:"other,omitempty"` // of all other values of By
}

// TopQuery asks for a field's most frequent values; "" does not count.
type TopQuery struct {
	Filter
	Unit  Unit
	By    Field
	Limit int // 0: 20; at most MaxLimit
}

// TopList is a field's most frequent values, most frequent first, then by value.
type TopList struct {
	Values   []ValueCount `json:"values"`
	Distinct int64        `json:"distinct"`
	Total    int64        `json:"total"` // entries with a value
	Scan
}

// ValueCount is how often a value occurs.
type ValueCount struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// FacetsQuery asks for the most frequent values of several fields.
type FacetsQuery struct {
	Filter
	Unit   Unit
	Fields []Field // none: all that group but session and path; each once
	Limit  int     // values per field; 0: 10; at most MaxLimit
}

// FacetList is, for each field asked for and in that order, what a further filter
// on it could select, as Top lists it. A field's own conditions, negated ones
// included, do not narrow its own values.
type FacetList struct {
	Facets []Facet `json:"facets"`
	Scan
}

// Facet is one field's values.
type Facet struct {
	Field    Field        `json:"field"`
	Values   []ValueCount `json:"values"`
	Distinct int64        `json:"distinct"`
}

// TailQuery asks for what arrives.
type TailQuery struct {
	Filter
	Unit Unit
	// After is the record to go on behind: the later ones of its journal, and all
	// of the journals after it. One that was removed serves; one of a journal that
	// the engine does not know is a *BadQuery. Zero: from what arrives next.
	After Key
	Raw   bool
	// Last gives so many of the newest first, in order of time, if After is zero; at
	// most MaxLimit.
	Last int
}
