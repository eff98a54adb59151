package cli

import (
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// chosen is a record that a filter selects.
type chosen struct {
	line    []byte // as it stands in the journal
	record  *event.Record
	refused []query.Refused // of a batch: the calls that never ran, which only it tells of
}

// picker chooses from records that come in the journal's order. A batch is chosen
// for the calls that only it tells of, too: 'events --outcome denied' would find
// no denial else.
type picker struct {
	f      query.Filter
	joiner query.Joiner
}

// pick reports whether the filter selects a record. Every one must be given to it.
func (p *picker) pick(line []byte, r *event.Record) (chosen, bool) {
	c := chosen{line: line, record: r}
	p.joiner.Add(r)
	if r.HookEvent != "PostToolBatch" {
		return c, p.f.Match(r)
	}
	for _, call := range p.joiner.NeverRan(r) {
		if p.f.Match(call.Record) {
			c.refused = append(c.refused, call)
		}
	}
	for i := range r.Action.Calls { // nothing more will come of them
		p.joiner.Forget(r.Action.Calls[i].ToolUseID)
	}
	return c, len(c.refused) > 0 || p.f.Match(r)
}
