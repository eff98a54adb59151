package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// session is what the index knows of one session, apart from its rows.
type session struct {
	Info    query.SessionInfo `json:"info"`
	Agents  []string          `json:"agents,omitempty"` // ids of its subagents
	First   query.Order       `json:"first"`            // its first record
	Last    query.Order       `json:"last"`
	Agent   latest            `json:"agent"`
	Version latest            `json:"version"`
	Model   latest            `json:"model"`
	Prompts []query.Order     `json:"prompts,omitempty"` // each that a person typed, in order
	Lanes   map[string]lane   `json:"lanes,omitempty"`   // by the subagent's id
	Notices []notice          `json:"notices,omitempty"`

	dirty bool // changed since the database has it
}

// lane is where a subagent comes from.
type lane struct {
	Call  string `json:"call"`            // tool_use_id of the call that started it
	Agent string `json:"agent,omitempty"` // whose call that was
}

// notice is a record that tells how a background call ended.
type notice struct {
	Call   string    `json:"call"` // its tool_use_id
	Record query.Key `json:"record"`
}

// maxSessions bounds the sessions held in memory beyond those that changed since
// the last block was sealed.
const maxSessions = 256

// session returns a session's state for the writer to change.
func (x *Index) session(ctx context.Context, id uint32, text string) (*session, error) {
	if s := x.sessions[id]; s != nil {
		return s, nil
	}
	s := &session{}
	if int(id) < len(x.starts) {
		if err := loadSession(ctx, x.db, id, s); err != nil {
			return nil, err
		}
	}
	s.Info.ID = text
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sessions[id] = s
	return s, nil
}

func loadSession(ctx context.Context, db *sql.DB, id uint32, s *session) error {
	var data []byte
	err := db.QueryRowContext(ctx, `SELECT data FROM session WHERE id=?`, id).Scan(&data)
	if err == sql.ErrNoRows {
		return damaged("session %d is missing", id)
	}
	if err != nil {
		return fmt.Errorf("read a session: %w", err)
	}
	if err := json.Unmarshal(data, s); err != nil {
		return damaged("session %d: %v", id, err)
	}
	return nil
}

// take adds a record to its session's sums.
func (s *session) take(r *event.Record) {
	i, at := &s.Info, query.Order{Time: r.Timestamp, Host: r.Metadata.Host, Seq: r.Seq}
	if i.Records == 0 || at.Compare(s.First) < 0 {
		s.First, i.Start, i.Project, i.Host = at, r.Timestamp, r.ProjectPath, r.Metadata.Host
	}
	if i.Records == 0 || at.Compare(s.Last) > 0 {
		s.Last, i.End, i.Ended = at, r.Timestamp, r.EventType == event.SessionEnd
	}
	i.Records++
	s.Agent.set(&i.Agent, r.Metadata.Agent, at)
	s.Version.set(&i.AgentVersion, r.Metadata.AgentVersion, at)
	if r.ToolName != "Agent" && r.ToolName != "Task" {
		s.Model.set(&i.Model, r.Action.Model, at)
	}
	if isPrompt(r) {
		n := sort.Search(len(s.Prompts), func(i int) bool { return s.Prompts[i].Compare(at) > 0 })
		s.Prompts = slices.Insert(slices.Clip(s.Prompts), n, at)
		i.Prompts++
	}
	if r.Action.RefersTo != "" {
		s.Notices = append(s.Notices, notice{r.Action.RefersTo, query.Key{Journal: r.Metadata.Journal, Seq: r.Seq}})
	}
	if r.AgentID != "" && !slices.Contains(s.Agents, r.AgentID) {
		s.Agents = append(s.Agents, r.AgentID)
		i.Subagents = int64(len(s.Agents))
	}
	s.dirty = true
}

func isPrompt(r *event.Record) bool {
	return r.HookEvent == "UserPromptSubmit" && !r.Action.Synthetic
}

// latest is where the latest record stands that named a value.
type latest query.Order

// set takes a value from a record at a place, unless a later one had one.
func (l *latest) set(value *string, v string, at query.Order) {
	if v != "" && (*value == "" || at.Compare(query.Order(*l)) > 0) {
		*value, *l = v, latest(at)
	}
}

// conclude adds a concluded call.
func (s *session) conclude(c *query.Conclusion) {
	s.Info.Actions++
	switch c.Record.Outcome {
	case event.Failure:
		s.Info.Failures++
	case event.Denied:
		s.Info.Denied++
	}
	if c.Action.Details.OutsideProjectScope {
		s.Info.Outside++
	}
	if id := c.Record.Action.SubagentID; id != "" && c.Record.ToolUseID != "" && strings.HasPrefix(c.Record.HookEvent, "PostToolUse") {
		if _, known := s.Lanes[id]; !known {
			if s.Lanes == nil {
				s.Lanes = map[string]lane{}
			}
			s.Lanes[id] = lane{c.Record.ToolUseID, c.Action.AgentID}
		}
	}
	s.dirty = true
}

// saveSessions writes the changed sessions.
func (x *Index) saveSessions(ctx context.Context, tx *sql.Tx) error {
	for id, s := range x.sessions {
		if !s.dirty {
			continue
		}
		data, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("encode a session: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO session(id, start, data) VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET start=excluded.start, data=excluded.data`,
			id, s.Info.Start.UnixNano(), string(data)); err != nil {
			return fmt.Errorf("write a session: %w", err)
		}
	}
	return nil
}

// sessionsSaved forgets what the database now has, but for the latest. The lock
// is held.
func (x *Index) sessionsSaved() {
	var newest time.Time
	for _, s := range x.sessions {
		s.dirty = false
		if s.Info.End.After(newest) {
			newest = s.Info.End
		}
	}
	if len(x.sessions) > maxSessions {
		for id, s := range x.sessions {
			if s.Info.Ended || newest.Sub(s.Info.End) > time.Hour {
				delete(x.sessions, id)
			}
		}
	}
}

// loadStarts reads when each session began, which is what they are ordered by.
func (x *Index) loadStarts(ctx context.Context) error {
	rows, err := x.db.QueryContext(ctx, `SELECT id, start FROM session ORDER BY id`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, start int64
		if err := rows.Scan(&id, &start); err != nil {
			return err
		}
		for int64(len(x.starts)) < id {
			x.starts = append(x.starts, noStart)
		}
		x.starts = append(x.starts, start)
	}
	return rows.Err()
}

// noStart stands for an id of a value that is no session: the empty one.
const noStart = -1 << 63
