//go:build e2e

package e2e

import "agent-telemetry/internal/event"

type action struct {
	ToolUseID, ToolName, AgentID string
	Outcome                      event.Outcome
}

func actions(records []event.Record) []action {
	byID := map[string]*action{}
	var order []*action
	get := func(id, tool, agent string) *action {
		a, ok := byID[id]
		if !ok {
			a = &action{ToolUseID: id, ToolName: tool, AgentID: agent, Outcome: event.Unknown}
			byID[id], order = a, append(order, a)
		}
		return a
	}
	pre := map[string]bool{}
	for _, r := range records {
		if r.ToolUseID != "" {
			a := get(r.ToolUseID, r.ToolName, r.AgentID)
			a.Outcome = r.Outcome
			pre[r.ToolUseID] = true
		}
		for _, c := range r.Action.Calls {
			a := get(c.ToolUseID, c.ToolName, r.AgentID)
			switch {
			case a.Outcome == event.Success || a.Outcome == event.Failure:
			case pre[c.ToolUseID] || c.Response == event.ResponseDenied:
				a.Outcome = event.Denied
			default:
				a.Outcome = event.Failure
			}
		}
	}
	var all []action
	for _, a := range order {
		all = append(all, *a)
	}
	return all
}
