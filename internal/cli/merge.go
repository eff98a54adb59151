package cli

import (
	"encoding/json"
	"fmt"
	"iter"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// merge joins records with the calls that batches tell of, in order of time.
func merge(some, others iter.Seq2[query.Entry, error], oldest bool) iter.Seq2[chosen, error] {
	return func(yield func(chosen, error) bool) {
		records, refused := ahead(some), ahead(others)
		defer records.stop()
		defer refused.stop()
		for records.ok || refused.ok {
			first := records.before(refused, oldest)
			e, err := first.e, first.err
			if err != nil {
				yield(chosen{}, err)
				return
			}
			c, err := choose(&e)
			if first == records {
				records.step()
			}
			for err == nil && refused.ok && refused.err == nil && refused.e.Key() == e.Key() {
				c.refuse(&refused.e)
				refused.step()
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// looking is a sequence of entries, of which the next is known.
type looking struct {
	e    query.Entry
	err  error
	ok   bool
	next func() (query.Entry, error, bool)
	stop func()
}

func ahead(s iter.Seq2[query.Entry, error]) *looking {
	l := new(looking)
	l.next, l.stop = iter.Pull2(s)
	l.step()
	return l
}

func (l *looking) step() { l.e, l.err, l.ok = l.next() }

// before returns which of two comes first; of the same record, l.
func (l *looking) before(other *looking, oldest bool) *looking {
	switch {
	case !other.ok || l.ok && l.err != nil:
		return l
	case !l.ok || other.err != nil:
		return other
	}
	mine, theirs := l.e.Order(), other.e.Order()
	mine.Sub, theirs.Sub = 0, 0
	if n := mine.Compare(theirs); n == 0 || (n < 0) == oldest {
		return l
	}
	return other
}

// choose makes a record of an entry: its own, or where that is gone for good what
// the entry has of it.
func choose(e *query.Entry) (chosen, error) {
	if len(e.Record) > 0 {
		r, err := parseRecord(e.Record)
		if err != nil {
			return chosen{}, fmt.Errorf("read record %d: %w", e.Seq, err)
		}
		return chosen{line: e.Record, record: r}, nil
	}
	r := &event.Record{
		Seq: e.Seq, Timestamp: e.Timestamp, Level: e.Level, EventType: e.EventType, HookEvent: e.HookEvent, SessionID: e.SessionID,
		ProjectPath: e.Project, ToolName: e.ToolName, ToolUseID: e.ToolUseID, AgentID: e.AgentID, AgentType: e.AgentType,
		PromptID: e.PromptID, Outcome: e.Outcome, DurationMS: e.Duration, Action: detailsOf(e),
	}
	r.Metadata.Journal, r.Metadata.Host = e.Journal, e.Host
	line, err := json.Marshal(e)
	if err != nil {
		return chosen{}, fmt.Errorf("show record %d: %w", e.Seq, err)
	}
	return chosen{line: line, record: r}, nil
}

// refuse adds a call that the batch c alone tells of.
func (c *chosen) refuse(e *query.Entry) {
	r := *c.record
	r.ToolUseID, r.ToolName, r.EventType, r.Outcome, r.Action = e.ToolUseID, e.ToolName, e.EventType, e.Outcome, detailsOf(e)
	c.refused = append(c.refused, query.Refused{Record: &r, Action: &query.Action{
		ToolUseID: r.ToolUseID, SessionID: r.SessionID, ProjectPath: r.ProjectPath, AgentID: r.AgentID, PromptID: r.PromptID,
		ToolName: r.ToolName, EventType: r.EventType, Start: r.Timestamp, Outcome: r.Outcome, Details: r.Action,
	}})
}

func detailsOf(e *query.Entry) event.ActionDetails {
	return event.ActionDetails{
		FilePath: e.Path, Command: e.Command, SearchPattern: e.Pattern, URL: e.URL, Query: e.Query, OutsideProjectScope: e.Outside,
	}
}
