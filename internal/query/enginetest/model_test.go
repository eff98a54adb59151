package enginetest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

// story is a session by hand: a prompt, a call, a denial, a call under way.
func story() []event.Record {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	var list []event.Record
	add := func(hook, id string, typ event.Type, outcome event.Outcome) *event.Record {
		r := event.Record{
			Seq: uint64(len(list) + 1), Timestamp: at.Add(time.Duration(len(list)) * time.Second), HookEvent: hook, ToolUseID: id,
			EventType: typ, Outcome: outcome, SessionID: "s1", ProjectPath: "/p", ProjectName: "p",
		}
		if id != "" {
			r.ToolName = "Bash"
		}
		r.Metadata.Journal, r.Metadata.Host, r.Metadata.Agent = "j", "h", "claude-code"
		list = append(list, r)
		return &list[len(list)-1]
	}
	add("SessionStart", "", event.SessionStart, "").Action.Model = "opus"
	add("UserPromptSubmit", "", event.UserPrompt, "")
	add("PreToolUse", "a", event.CommandExecution, event.Pending)
	add("PreToolUse", "b", event.CommandExecution, event.Pending).Action.OutsideProjectScope = true
	add("PostToolUse", "a", event.CommandExecution, event.Success)
	add("PostToolBatch", "", event.ToolBatch, "").Action.Calls = []event.Call{{ToolUseID: "a"}, {ToolUseID: "b"}}
	add("PreToolUse", "c", event.CommandExecution, event.Pending)
	return list
}

func TestModelTellsASession(t *testing.T) {
	m := enginetest.NewModel()
	m.Add(story()...)
	got, err := m.Session(t.Context(), query.SessionQuery{ID: "s"})
	if err != nil {
		t.Fatal(err)
	}
	s := got.Session
	if s.Records != 7 || s.Prompts != 1 || s.Actions != 2 || s.Pending != 1 || s.Denied != 1 || s.Outside != 1 || s.Failures != 0 || s.Model != "opus" || s.Ended {
		t.Errorf("%+v", s)
	}
	var steps []string
	for _, i := range got.Items {
		if i.Action != nil {
			steps = append(steps, i.Action.ToolUseID+" "+string(i.Action.Outcome))
		} else {
			steps = append(steps, i.Event.HookEvent)
		}
	}
	want := []string{"c pending", "b denied", "a success", "UserPromptSubmit", "SessionStart"}
	for i := range want {
		if len(steps) != len(want) || steps[i] != want[i] {
			t.Fatalf("%q, want %q", steps, want)
		}
	}
}

func TestModelListsCalls(t *testing.T) {
	m := enginetest.NewModel()
	m.Add(story()...)
	events, err := m.Events(t.Context(), query.EventsQuery{Unit: query.Actions})
	if err != nil || len(events.Entries) != 2 || events.Entries[0].Sub != 1 || events.Entries[0].ToolUseID != "b" || events.Entries[0].Seq != 6 {
		t.Fatalf("%+v, %v", events, err)
	}
	calls, err := m.Actions(t.Context(), query.ActionsQuery{Pending: true, Page: query.Page{Limit: 1}})
	if err != nil || len(calls.Actions) != 2 || calls.Actions[0].ToolUseID != "c" || calls.Actions[1].ToolUseID != "b" || calls.Next == "" {
		t.Fatalf("%+v, %v", calls, err)
	}
	calls, err = m.Actions(t.Context(), query.ActionsQuery{Pending: true, Page: query.Page{Limit: 1, Cursor: calls.Next}})
	if err != nil || len(calls.Actions) != 1 || len(calls.Actions[0].Records) != 2 || calls.Next != "" {
		t.Fatalf("%+v, %v", calls, err)
	}
}

func TestModelTails(t *testing.T) {
	m, list := enginetest.NewModel(), story()
	m.Add(list[:5]...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []uint64
	err := m.Tail(ctx, query.TailQuery{Last: 2}, func(e *query.Entry) bool {
		if got = append(got, e.Seq); e.Seq == 5 {
			go m.Add(list[5:]...)
		}
		if e.Seq == 7 {
			cancel()
		}
		return true
	})
	if !errors.Is(err, context.Canceled) || len(got) != 4 || got[0] != 4 || got[3] != 7 {
		t.Errorf("%v, %v", got, err)
	}
}
