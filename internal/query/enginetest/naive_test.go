package enginetest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"

	"github.com/google/go-cmp/cmp"
)

// These tests hold the model to what is counted in other ways: over the lines as
// text, over what a Joiner makes of all records at once.

func made() []event.Record { return enginetest.Slice(5, 3000, enginetest.Options{ClockSteps: true}) }

// walk lists all entries of a question.
func walk(t *testing.T, m *enginetest.Model, q query.EventsQuery) (list []query.Entry) {
	t.Helper()
	for {
		p, err := m.Events(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p.Entries...)
		if q.Cursor = p.Next; q.Cursor == "" {
			return list
		}
	}
}

func TestModelListsEachRecordOnceInOrder(t *testing.T) {
	records := made()
	m := enginetest.NewModel()
	m.Add(records...)
	var want, got []string
	for i := range records {
		want = append(want, fmt.Sprintf("%s %09d", records[i].Timestamp.UTC().Format(event.TimeFormat), records[i].Seq))
	}
	slices.Sort(want)
	for _, e := range walk(t, m, query.EventsQuery{Page: query.Page{Oldest: true, Limit: 17}}) {
		got = append(got, fmt.Sprintf("%s %09d", e.Timestamp.UTC().Format(event.TimeFormat), e.Seq))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is concluded, each call once, is what a Joiner knows the outcome of.
func TestModelConcludesWhatJoins(t *testing.T) {
	records := made()
	m := enginetest.NewModel()
	m.Add(records...)
	var want, got []string
	for _, a := range query.Join(records) {
		if a.Outcome != event.Pending && a.Outcome != event.Unknown && a.Details.TaskStatus == "" {
			want = append(want, a.ToolUseID+" "+string(a.Outcome))
		}
	}
	background := 0
	for _, e := range walk(t, m, query.EventsQuery{Unit: query.Actions, Page: query.Page{Limit: 100}}) {
		line := e.ToolUseID + " " + string(e.Outcome)
		if slices.ContainsFunc(records, func(r event.Record) bool { return r.Action.RefersTo == e.ToolUseID }) {
			background++ // how it ended was told later
			continue
		}
		got = append(got, line)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || background == 0 {
		t.Errorf("%d in the background\n%s", background, diff)
	}
}

func TestModelCountsLikeText(t *testing.T) {
	records := made()
	m := enginetest.NewModel()
	m.Add(records...)
	hours, tools, sessions, prompts := map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}
	for i := range records {
		line := string(enginetest.Line(&records[i]))
		between := func(from string) string {
			_, rest, _ := strings.Cut(line, from)
			value, _, _ := strings.Cut(rest, `"`)
			return value
		}
		hours[between(`"timestamp":"`)[:len("2026-04-01T10")]]++
		tools[between(`"tool_name":"`)]++
		session := between(`"session_id":"`)
		sessions[session]++
		if strings.Contains(line, `"hook_event":"UserPromptSubmit"`) && !strings.Contains(line, `"synthetic":true`) {
			prompts[session]++
		}
	}
	counts, err := m.Count(t.Context(), query.CountQuery{Bucket: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, b := range counts.Buckets {
		got[b.Start.UTC().Format("2006-01-02T15")] += b.Counts[0]
	}
	if diff := cmp.Diff(hours, got); diff != "" || counts.Total != int64(len(records)) {
		t.Errorf("by hour, of %d\n%s", counts.Total, diff)
	}
	delete(tools, "")
	top, err := m.Top(t.Context(), query.TopQuery{By: query.Tool, Limit: query.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	got = map[string]int64{}
	for _, v := range top.Values {
		got[v.Value] = v.Count
	}
	if diff := cmp.Diff(tools, got); diff != "" {
		t.Errorf("by tool\n%s", diff)
	}
	list, err := m.Sessions(t.Context(), query.SessionsQuery{Page: query.Page{Limit: query.MaxLimit}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list.Sessions {
		if s.Records != sessions[s.ID] || s.Prompts != prompts[s.ID] {
			t.Errorf("%s: %d records and %d prompts, counted %d and %d", s.ID, s.Records, s.Prompts, sessions[s.ID], prompts[s.ID])
		}
		delete(sessions, s.ID)
	}
	if delete(sessions, ""); len(sessions) > 0 {
		t.Errorf("not listed: %v", sessions)
	}
}

// A field's own condition does not narrow its own values, but those of the others.
func TestModelsFacets(t *testing.T) {
	m := enginetest.NewModel()
	m.Add(made()...)
	only := *new(query.Filter).Where(query.Tool, "Bash")
	f, err := m.Facets(t.Context(), query.FacetsQuery{Filter: only, Fields: []query.Field{query.Tool, query.Project}, Limit: query.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	tools, err := m.Top(t.Context(), query.TopQuery{By: query.Tool, Limit: query.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	projects, err := m.Top(t.Context(), query.TopQuery{By: query.Project, Filter: only, Limit: query.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tools.Values, f.Facets[0].Values) + cmp.Diff(projects.Values, f.Facets[1].Values); diff != "" {
		t.Error(diff)
	}
}

// A story has each call once and each other record once, but for those that belong
// to calls, and its chapters do not go backwards.
func TestModelsStories(t *testing.T) {
	records := made()
	m := enginetest.NewModel()
	m.Add(records...)
	longest, err := m.Top(t.Context(), query.TopQuery{By: query.Session, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	id, steps := longest.Values[0].Value, map[string]bool{}
	for i := range records {
		r := &records[i]
		switch {
		case r.SessionID != id || r.HookEvent == "PermissionRequest" || r.HookEvent == "UserPromptExpansion":
		case r.ToolUseID != "":
			steps[r.ToolUseID] = true
		case r.HookEvent == "PostToolBatch":
			for _, c := range r.Action.Calls {
				steps[c.ToolUseID] = true
			}
		default:
			steps[fmt.Sprint(r.Seq)] = true
		}
	}
	q := query.SessionQuery{ID: id, Page: query.Page{Oldest: true, Limit: 50}}
	chapter, nested := 0, 0
	for {
		p, err := m.Session(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range p.Items {
			name := ""
			if i.Action != nil {
				name = i.Action.ToolUseID
			} else {
				name = fmt.Sprint(i.Event.Seq)
			}
			if !steps[name] || i.Chapter < chapter {
				t.Errorf("%s in chapter %d, after %d: not expected", name, i.Chapter, chapter)
			}
			delete(steps, name)
			chapter = i.Chapter
			if i.Depth > 0 && i.Parent != "" {
				nested++
			}
		}
		if q.Cursor = p.Next; q.Cursor == "" {
			break
		}
	}
	if len(steps) > 0 || chapter == 0 {
		t.Errorf("%d chapters; not told: %v", chapter, steps)
	}
}
