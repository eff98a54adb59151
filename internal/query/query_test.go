package query_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"

	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	r := event.Record{
		Timestamp: at, SessionID: "9e43999f-7db6", ProjectName: "shop", ProjectPath: "/home/dev/shop", ToolName: "Bash",
		EventType: event.CommandExecution, HookEvent: "PostToolUse", Outcome: event.Failure, Level: event.Error,
		AgentID: "a123", AgentType: "Explore",
		Action: event.ActionDetails{Command: "cat ../Secret", OutsideProjectScope: true, FilePath: "/etc/app.env"},
	}
	where := func(f query.Field, values ...string) query.Filter { return *new(query.Filter).Where(f, values...) }
	not := func(f query.Field, values ...string) query.Filter { return *new(query.Filter).WhereNot(f, values...) }
	for _, c := range []struct {
		name string
		f    query.Filter
		want bool
	}{
		{"everything", query.Filter{}, true},
		{"since includes", query.Filter{Since: at}, true},
		{"since", query.Filter{Since: at.Add(1)}, false},
		{"until excludes", query.Filter{Until: at}, false},
		{"until", query.Filter{Until: at.Add(1)}, true},
		{"session prefix", where(query.Session, "x", "9e43"), true},
		{"session middle", where(query.Session, "7db6"), false},
		{"project name", where(query.Project, "shop"), true},
		{"project path", where(query.Project, "/home/dev/shop/"), true},
		{"part of a project's path", where(query.Project, "/home/dev"), false},
		{"tool in any case", where(query.Tool, "bash"), true},
		{"another tool", where(query.Tool, "Read"), false},
		{"not another tool", not(query.Tool, "Read"), true},
		{"not the tool", not(query.Tool, "Read", "Bash"), false},
		{"event", where(query.Event, "command_execution"), true},
		{"hook", where(query.Hook, "PreToolUse"), false},
		{"outcome", where(query.Outcome, "failure"), true},
		{"level", where(query.Level, "error"), true},
		{"outside", where(query.Outside, "true"), true},
		{"not outside", where(query.Outside, "false"), false},
		{"agent by type", where(query.Agent, "explore"), true},
		{"agent by id", where(query.Agent, "a12"), true},
		{"main agent", where(query.Agent, "main"), false},
		{"not the main agent", not(query.Agent, "main"), true},
		{"path", where(query.Path, "*.env"), true},
		{"path must match whole", where(query.Path, "app.env"), false},
		{"not a path", not(query.Path, "*.env"), false},
		{"text in any case", where(query.Text, "SECRET"), true},
		{"text elsewhere", where(query.Text, "shop"), false},
		{"not a text", not(query.Text, "secret"), false},
		{"all at once", *new(query.Filter).Where(query.Tool, "Bash").Where(query.Text, "cat").Where(query.Outside, "true").Where(query.Path, "/etc/*"), true},
		{"one fails", *new(query.Filter).Where(query.Tool, "Bash").Where(query.Text, "cat").Where(query.Outside, "false"), false},
	} {
		if got := c.f.Match(&r); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if err := c.f.Check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestCheck(t *testing.T) {
	many := make([]string, query.MaxValues+1)
	for i := range many {
		many[i] = "x"
	}
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	var terms query.Filter
	for range query.MaxTerms + 1 {
		terms.Where(query.Text, "x")
	}
	for field, f := range map[string]query.Filter{
		"until":   {Since: at, Until: at.Add(-1)},
		"colour":  *new(query.Filter).Where("colour", "red"),
		"tool":    *new(query.Filter).Where(query.Tool, many...),
		"text":    *new(query.Filter).Where(query.Text, strings.Repeat("x", query.MaxValue+1)),
		"path":    *new(query.Filter).Where(query.Path, ""),
		"outcome": *new(query.Filter).Where(query.Outcome, "fine"),
		"level":   *new(query.Filter).WhereNot(query.Level, "loud"),
		"outside": *new(query.Filter).Where(query.Outside, "maybe"),
		"filter":  terms,
	} {
		var bad *query.BadQuery
		if err := f.Check(); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestCursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := query.Order{
			Time: time.Unix(0, rapid.Int64().Draw(t, "ns")).UTC(), Host: rapid.StringN(0, 40, 200).Draw(t, "host"),
			Seq: rapid.Uint64().Draw(t, "seq"), Sub: rapid.IntRange(0, 65535).Draw(t, "sub"),
		}
		got, err := o.Cursor().Order()
		if err != nil || got != o {
			t.Fatalf("%+v came back as %+v, %v", o, got, err)
		}
	})
	for _, c := range []query.Cursor{"", "!", "MTIz", query.Cursor(strings.Repeat("A", 2000)), "MS4yLi0xLng"} {
		var bad *query.BadQuery
		if o, err := c.Order(); !errors.As(err, &bad) {
			t.Errorf("%.20q read as %+v, %v", c, o, err)
		}
	}
}

func TestKey(t *testing.T) {
	k := query.Key{Journal: "9f3a", Seq: 12}
	if got, err := query.ParseKey(k.String()); err != nil || got != k {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "9f3a", ".12", "9f3a.x", "9f3a.-1"} {
		if got, err := query.ParseKey(text); err == nil {
			t.Errorf("%q read as %v", text, got)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "/a/b", true},
		{"*.go", "/a/b.go", true},
		{"*.go", "/a/b.gox", false},
		{"/a/*/c", "/a/b/b/c", true},
		{"/a/?", "/a/b", true},
		{"/a/?", "/a/", false},
		{"a*b*c", "aXbYbZc", true},
		{"a*b*c", "aXbYbZ", false},
		{"", "a", false},
		{"*", "", false},
	} {
		if got := query.Glob(c.pattern, c.s); got != c.want {
			t.Errorf("Glob(%q, %q) = %v", c.pattern, c.s, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[ab/]{1,12}`).Draw(t, "s")
		i := rapid.IntRange(0, len(s)).Draw(t, "i")
		j := rapid.IntRange(i, len(s)).Draw(t, "j")
		if !query.Glob(s[:i]+"*"+s[j:], s) {
			t.Fatalf("%q with %d to %d as * does not match", s, i, j)
		}
	})
	if query.Glob(strings.Repeat("*a", 1000)+"b", strings.Repeat("a", 100_000)) {
		t.Error("matched")
	}
}

func TestParseTime(t *testing.T) {
	now := time.Date(2026, 7, 2, 12, 0, 0, 0, time.FixedZone("", 2*3600))
	for text, want := range map[string]string{
		"15m": "2026-07-02T11:45:00+02:00", "7d": "2026-06-25T12:00:00+02:00", "2w": "2026-06-18T12:00:00+02:00",
		"2026-07-01": "2026-07-01T00:00:00+02:00", "2026-07-01 08:30": "2026-07-01T08:30:00+02:00", "2026-07-01T12:00:00Z": "2026-07-01T12:00:00Z",
	} {
		got, err := query.ParseTime(text, now)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "yesterday", "-5m", "7 d", "99999999d", "2026-13-01", "d"} {
		if got, err := query.ParseTime(text, now); err == nil {
			t.Errorf("%q read as %v", text, got)
		}
	}
}

// step is one record of a scenario: hook, id, and what a batch or notice says.
type step struct {
	hook, id, says string
}

func records(steps []step) (list []event.Record) {
	for i, s := range steps {
		r := event.Record{Seq: uint64(i + 1), HookEvent: s.hook, SessionID: "s", ToolName: "Bash", EventType: event.CommandExecution}
		r.Action.InputHash = "h"
		switch s.hook {
		case "PreToolUse":
			r.ToolUseID, r.Outcome = s.id, event.Pending
		case "PostToolUse":
			r.ToolUseID, r.Outcome = s.id, event.Success
		case "PostToolUseFailure":
			r.ToolUseID, r.Outcome = s.id, event.Failure
			if s.says != "" {
				r.Outcome = event.Outcome(s.says)
			}
		case "PermissionDenied":
			r.ToolUseID, r.Outcome = s.id, event.Denied
		case "PostToolBatch":
			r.Action.Calls = []event.Call{{ToolUseID: s.id, ToolName: "Bash", Response: s.says}}
		case "UserPromptSubmit":
			r.Action.RefersTo, r.Action.TaskStatus = s.id, s.says
		}
		list = append(list, r)
	}
	return list
}

func TestOutcomes(t *testing.T) {
	for name, c := range map[string]struct {
		steps []step
		want  string // id:outcome, in order
	}{
		"success":                  {[]step{{"PreToolUse", "a", ""}, {"PostToolUse", "a", ""}, {"PostToolBatch", "a", "result"}}, "a:success"},
		"failure":                  {[]step{{"PreToolUse", "a", ""}, {"PostToolUseFailure", "a", ""}, {"PostToolBatch", "a", "error"}}, "a:failure"},
		"interrupted":              {[]step{{"PreToolUse", "a", ""}, {"PostToolUseFailure", "a", "interrupted"}}, "a:interrupted"},
		"denied by shape":          {[]step{{"PreToolUse", "a", ""}, {"PostToolBatch", "a", "result"}}, "a:denied"},
		"success that says denied": {[]step{{"PreToolUse", "a", ""}, {"PostToolUse", "a", ""}, {"PostToolBatch", "a", "denied"}}, "a:success"},
		"denied, batch only":       {[]step{{"PostToolBatch", "a", "denied"}}, "a:denied"},
		"denied by classifier":     {[]step{{"PreToolUse", "a", ""}, {"PermissionDenied", "a", ""}}, "a:denied"},
		"unknown tool":             {[]step{{"PostToolBatch", "a", "unknown_tool"}}, "a:failure"},
		"invalid input":            {[]step{{"PostToolBatch", "a", "invalid_input"}}, "a:failure"},
		"recording began late":     {[]step{{"PostToolBatch", "a", "result"}}, "a:unknown"},
		"running":                  {[]step{{"PreToolUse", "a", ""}}, "a:pending"},
		"left open":                {[]step{{"PreToolUse", "a", ""}, {"SessionEnd", "", ""}}, "a:unknown"},
		"two at once":              {[]step{{"PreToolUse", "a", ""}, {"PreToolUse", "b", ""}, {"PostToolUse", "b", ""}, {"PostToolUseFailure", "a", ""}}, "a:failure b:success"},
		"background failed":        {[]step{{"PreToolUse", "a", ""}, {"PostToolUse", "a", ""}, {"UserPromptSubmit", "a", "failed"}}, "a:failure"},
		"background done":          {[]step{{"PreToolUse", "a", ""}, {"PostToolUse", "a", ""}, {"UserPromptSubmit", "a", "completed"}}, "a:success"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, a := range query.Join(records(c.steps)) {
				got = append(got, fmt.Sprintf("%s:%s", a.ToolUseID, a.Outcome))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

func TestPermissionRequestFindsItsCall(t *testing.T) {
	list := query.Join(records([]step{{"PreToolUse", "a", ""}, {"PermissionRequest", "", ""}, {"PostToolUse", "a", ""}}))
	if len(list) != 1 || !list[0].Asked || len(list[0].Records) != 3 {
		t.Errorf("%+v", list)
	}
}

func TestCallsThatNeverRanAreToldByTheirBatch(t *testing.T) {
	r := records([]step{{"PreToolUse", "a", ""}, {"PreToolUse", "b", ""}, {"PostToolUse", "b", ""}, {"PostToolBatch", "a", "result"}})
	r[0].Action.Command = "rm -rf build"
	r[3].Action.Calls = append(r[3].Action.Calls, event.Call{ToolUseID: "b", ToolName: "Bash", Response: "result"})
	var j query.Joiner
	for i := range r {
		j.Add(&r[i])
	}
	list := j.NeverRan(&r[3])
	if len(list) != 1 || list[0].Record.Outcome != event.Denied || list[0].Record.Action.Command != "rm -rf build" || list[0].Record.Seq != 4 {
		t.Fatalf("%+v", list)
	}
	j.Forget("a")
	j.Forget("unheard of")
	if len(j.Actions()) != 1 || j.Action("a") != nil || len(j.NeverRan(&r[3])) != 0 {
		t.Errorf("%d actions after one was forgotten", len(j.Actions()))
	}
}

func TestSwitchingOffIsNoAction(t *testing.T) {
	r := records([]step{{"PreToolUse", "a", ""}, {"PostToolUse", "", ""}})
	r[1].EventType = event.TelemetryDisabled
	if list := query.Join(r); len(list) != 1 || list[0].Outcome != event.Pending {
		t.Errorf("%+v", list)
	}
}

// What was outside before the call stays so, whatever the call then changed.
func TestOutsideBeforeTheCallCounts(t *testing.T) {
	r := records([]step{{"PreToolUse", "a", ""}, {"PostToolUse", "a", ""}})
	r[0].Action.OutsideProjectScope, r[0].Action.ScopeReason = true, "a link leads out"
	if a := query.Join(r)[0]; !a.Details.OutsideProjectScope || a.Details.ScopeReason != "a link leads out" {
		t.Errorf("%+v", a.Details)
	}
}
