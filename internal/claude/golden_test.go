package claude_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agent-telemetry/internal/claude"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
	"agent-telemetry/internal/privacy"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/samples.txt"

// record does with a payload what the hook does, but for the project.
func record(t testing.TB, levels privacy.Levels, payload string) *event.Record {
	t.Helper()
	root, err := jsontree.Read(strings.NewReader(payload), jsontree.Options{Digest: levels.Digest})
	if err != nil {
		t.Fatalf("read %.200s: %v", payload, err)
	}
	r := new(event.Record)
	claude.Facts(root, r)
	levels.Apply(root, func(string) []privacy.Span { return nil })
	claude.Texts(root, r)
	return r
}

// What the record says of each sample, at the default levels, is in the golden
// file, so that a change of what a field means is seen for each of them.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob("../../testdata/claude-code-2.1.197/*.json")
	if err != nil || len(files) != 50 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	var got bytes.Buffer
	for _, f := range files {
		payload, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		describe(t, &got, strings.TrimSuffix(filepath.Base(f), ".json"), record(t, privacy.Default(), string(payload)))
	}
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("- %s, + records\n%s", golden, diff)
	}
}

// describe writes a heading and one line for each thing the record says. Ids
// that are the same in all samples are left out.
func describe(t *testing.T, out *bytes.Buffer, name string, r *event.Record) {
	t.Helper()
	fmt.Fprintf(out, "%s\n  %s %s", name, r.Level, r.EventType)
	for _, s := range []string{string(r.Outcome), r.ToolName, r.ToolUseID} {
		if s != "" {
			fmt.Fprintf(out, " %s", s)
		}
	}
	if r.DurationMS != nil {
		fmt.Fprintf(out, " %d ms", *r.DurationMS)
	}
	if r.AgentID != "" || r.AgentType != "" {
		fmt.Fprintf(out, " agent %s %s", r.AgentID, r.AgentType)
	}
	out.WriteByte('\n')
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(r.Action); err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(&text)
	for depth := 0; d.More() || depth > 0; {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		if token == json.Delim('{') {
			depth++
			continue
		}
		if token == json.Delim('}') {
			depth--
			continue
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if s := string(value); s != `""` && s != "0" && s != "false" || token == "exit_code" || strings.HasPrefix(token.(string), "lines_") {
			fmt.Fprintf(out, "  %s: %s\n", token, value)
		}
	}
	out.WriteByte('\n')
}
