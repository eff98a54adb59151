//go:build e2e

package e2e

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"

	"github.com/google/go-cmp/cmp"
)

// lost is the outcome of a call that Claude Code no longer told our hook of.
const lost = "lost"

// truth is what a journal has to tell about one use of a tool.
type truth struct {
	Tool     string
	Outcome  string
	Subagent bool
}

// checkJournal holds the journal against the script and the transcripts: every
// use of a tool is there, with the outcome it had, and so is every other event.
func checkJournal(t *testing.T, s scenario, seen session) {
	t.Helper()
	used := seen.uses()
	want, scripted := map[string]truth{}, map[string]string{}
	for _, c := range s.calls() {
		scripted[c.id] = c.tool
		if c.outcome != lost {
			want[c.id] = truth{c.tool, c.outcome, used[c.id].subagent}
		}
	}
	inTranscripts := map[string]string{}
	for id, u := range used {
		inTranscripts[id] = u.tool
	}
	if diff := cmp.Diff(scripted, inTranscripts); diff != "" {
		t.Errorf("the transcripts have other uses of tools than the script (- script, + transcripts):\n%s", diff)
	}
	records := readJournal(t, seen.data)
	got := map[string]truth{}
	for _, a := range query.Join(records) {
		got[a.ToolUseID] = truth{a.ToolName, string(a.Outcome), a.AgentID != ""}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the journal tells it otherwise (- truth, + journal):\n%s", diff)
	}
	expected, other := s.expectedEvents(), otherEvents(records)
	for _, name := range s.perhaps {
		delete(expected, name)
		delete(other, name)
	}
	if diff := cmp.Diff(expected, other); diff != "" {
		t.Errorf("the journal has other events (- expected, + journal):\n%s", diff)
	}
	if last := records[len(records)-1].EventType; s.last != "" && last != s.last {
		t.Errorf("the journal ends with %s, not with %s", last, s.last)
	}
	checkOrigin(t, records)
	if out, err := telemetry(filepath.Join(seen.root, "home"), "verify", "--data", seen.data); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

type usage struct {
	tool     string
	subagent bool
}

// uses maps the ids of all uses of tools in all transcripts.
func (s session) uses() map[string]usage {
	all := map[string]usage{}
	for name, records := range s.transcripts {
		for id, tool := range toolUses(records) {
			all[id] = usage{tool, filepath.Base(filepath.Dir(name)) == "subagents"}
		}
	}
	return all
}

func (s scenario) calls() []call {
	var all []call
	for _, name := range slices.Sorted(maps.Keys(s.scripts)) {
		for _, t := range s.scripts[name] {
			all = append(all, t.calls...)
		}
	}
	return all
}

// expectedEvents counts the hook events that are not about one tool.
func (s scenario) expectedEvents() map[string]int {
	counts := map[string]int{"SessionStart": 1, "UserPromptSubmit": 1, "Stop": 1, "SessionEnd": 1}
	for name, difference := range s.events {
		counts[name] += difference
		if counts[name] == 0 {
			delete(counts, name)
		}
	}
	return counts
}

func otherEvents(records []event.Record) map[string]int {
	counts := map[string]int{}
	for _, r := range records {
		if !strings.HasPrefix(r.HookEvent, "PreTool") && !strings.HasPrefix(r.HookEvent, "PostTool") && r.HookEvent != "" {
			counts[r.HookEvent]++
		}
	}
	return counts
}

// checkOrigin holds that every record but the journal's own says which session
// and which Claude Code it comes from.
func checkOrigin(t *testing.T, records []event.Record) {
	t.Helper()
	for _, r := range records[1:] {
		if r.SessionID != sessionID {
			t.Errorf("record %d is of session %q", r.Seq, r.SessionID)
		}
		if r.Metadata.ClaudeVersion != claudeVersion {
			t.Errorf("record %d is of Claude Code %q", r.Seq, r.Metadata.ClaudeVersion)
		}
		if r.InputError != "" || len(r.Shortened) > 0 {
			t.Errorf("record %d is not whole: %q, shortened %q", r.Seq, r.InputError, r.Shortened)
		}
	}
}

func readJournal(t *testing.T, data string) []event.Record {
	t.Helper()
	file, err := os.Open(filepath.Join(data, "logs", "claude-telemetry.jsonl"))
	if err != nil {
		t.Fatalf("open the journal: %v", err)
	}
	defer file.Close()
	schema := recordSchema(t)
	var records []event.Record
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r event.Record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("decode line %d of the journal: %v", len(records)+1, err)
		}
		records = append(records, r)
		if err := validate(schema, lines.Bytes()); err != nil {
			t.Errorf("record %d is not as the schema has it: %v", r.Seq, err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("read the journal: %v", err)
	}
	if len(records) == 0 || records[0].EventType != event.JournalStart {
		t.Fatalf("the journal has %d records, the first of them no journal_start", len(records))
	}
	return records
}
