package privacy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/jsontree"
	"agent-telemetry/internal/privacy"

	"github.com/google/go-cmp/cmp"
)

func samples(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../testdata/claude-code-2.1.197/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	out := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = string(text)
	}
	return out
}

func read(t testing.TB, text string, digest func([]string, *jsontree.Value) bool) *jsontree.Value {
	t.Helper()
	v, err := jsontree.Read(strings.NewReader(text), jsontree.Options{Digest: digest})
	if err != nil {
		t.Fatalf("read %.200s: %v", text, err)
	}
	return v
}

// apply does what a hook does with a payload.
func apply(t testing.TB, l privacy.Levels, text string) string {
	t.Helper()
	v := read(t, text, l.Digest)
	l.Apply(v, heredocs)
	return string(jsontree.Append(nil, v))
}

// heredocs finds what is between <<EOF and EOF.
func heredocs(command string) []privacy.Span {
	start := strings.Index(command, "<<EOF\n")
	end := strings.LastIndex(command, "EOF")
	if start < 0 || end <= start+2 {
		return nil
	}
	return []privacy.Span{{Start: start + len("<<EOF\n"), End: end}}
}

// leaves calls f for every value of the tree that is no object and no array.
func leaves(v *jsontree.Value, path []string, tool string, f func(v *jsontree.Value, path []string, tool string)) {
	if name := v.Str("tool_name"); name != "" {
		tool = name
	}
	switch v.Kind {
	case jsontree.Object:
		for i := range v.Members {
			leaves(&v.Members[i].Value, append(slices.Clone(path), v.Members[i].Name), tool, f)
		}
	case jsontree.Array:
		for i := range v.Items {
			leaves(&v.Items[i], append(slices.Clone(path), "[]"), tool, f)
		}
	default:
		f(v, path, tool)
	}
}

// Every field of every sample has the kind that testdata/kinds.txt says.
func TestKinds(t *testing.T) {
	rows := map[string]bool{}
	for _, text := range samples(t) {
		root := read(t, text, nil)
		event := root.Str("hook_event_name")
		leaves(root, nil, "", func(_ *jsontree.Value, path []string, tool string) {
			of := event
			switch {
			case path[0] == "tool_input", path[0] == "tool_response":
				of = tool
			case path[0] == "tool_calls":
				of += " " + tool
			case len(path) == 1 && path[0] != "error" && path[0] != "reason" && path[0] != "source":
				of = "any"
			}
			rows[fmt.Sprintf("%-18s %s %s", privacy.KindOf(event, tool, path), of, strings.Join(path, "."))] = true
		})
	}
	var got []string
	for row := range rows {
		got = append(got, row)
	}
	slices.Sort(got)
	golden, err := os.ReadFile("testdata/kinds.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(golden)), "\n"), got); diff != "" {
		t.Error(diff)
	}
}

// A canary in every text of every sample: at the default levels those of paths,
// commands and plain fields survive and no other, whether the reading or Apply
// has to see to it.
func TestCanaries(t *testing.T) {
	for name, text := range samples(t) {
		root := read(t, text, nil)
		event := root.Str("hook_event_name")
		kinds := map[string]privacy.Kind{}
		leaves(root, nil, "", func(v *jsontree.Value, path []string, tool string) {
			last := path[len(path)-1]
			if v.Kind != jsontree.String || last == "hook_event_name" || last == "tool_name" {
				return
			}
			canary := fmt.Sprintf("CANARY%03dX", len(kinds))
			kinds[canary] = privacy.KindOf(event, tool, path)
			v.Text = canary + "\n" + v.Text + "\n" + canary
		})
		planted := string(jsontree.Append(nil, root))
		whole := read(t, planted, nil)
		privacy.Default().Apply(whole, heredocs)
		for how, got := range map[string]string{
			"digested while reading": apply(t, privacy.Default(), planted),
			"reduced afterwards":     string(jsontree.Append(nil, whole)),
		} {
			for canary, kind := range kinds {
				want := kind == privacy.Plain || kind == privacy.PathsAndCommands
				if strings.Contains(got, canary) != want {
					t.Errorf("%s, %s: %s of kind %s, survived: %v\n%s", name, how, canary, kind, !want, got)
				}
			}
		}
		none := apply(t, privacy.Levels{}, planted)
		for canary, kind := range kinds {
			if kind != privacy.Plain && strings.Contains(none, canary) {
				t.Errorf("%s: %s of kind %s survived level digest\n%s", name, canary, kind, none)
			}
		}
		full := apply(t, everything, planted)
		if full != planted {
			t.Errorf("%s changed at level full:\n%s\n%s", name, planted, full)
		}
	}
}

var everything = privacy.Levels{
	Contents: privacy.Full, Prompts: privacy.Full, Outputs: privacy.Full, PathsAndCommands: privacy.Full,
}

// What is not as the table expects is treated as contents.
func TestUnsoundPayloads(t *testing.T) {
	const canary = "CANARY"
	long := strings.Repeat(canary+" ", 100)
	for _, text := range []string{
		`{"hook_event_name":"NoSuchEvent","whatever":"CANARY"}`,
		`{"whatever":{"a":["CANARY"]}}`,
		`{"tool_name":"Bash","tool_input":"CANARY"}`,
		`{"tool_name":"Bash","tool_input":["CANARY"]}`,
		`{"tool_name":"Bash","tool_input":{"commandx":"CANARY"}}`,
		`{"tool_name":"Bash","tool_input":{"command":{"x":"CANARY"}}}`,
		`{"tool_name":"Bash","tool_input":{"timeout":"CANARY"}}`,
		`{"tool_name":"Bash","tool_input":{"command":["CANARY"]}}`,
		`{"tool_name":"NoSuchTool","tool_input":{"command":"CANARY","content":"CANARY","n":["CANARY"]}}`,
		`{"tool_name":"mcp__a__b","tool_input":{"text":"CANARY","query":"CANARY"},"tool_response":"CANARY"}`,
		`{"tool_name":"mcp__a__b","tool_response":[{"type":"text","text":"CANARY"}]}`,
		`{"tool_name":"mcp__a__b","tool_response":{"filePath":"CANARY"}}`,
		`{"tool_name":"Read","tool_response":{"file":{"base64":"CANARY","x":{"filePath":"CANARY"}}}}`,
		`{"tool_name":"Read","tool_response":"CANARY"}`,
		`{"tool_input":{"content":"CANARY"},"tool_name":"Write"}`,
		`{"tool_response":{"file":{"filePath":{"x":"CANARY"}}},"tool_name":"Read"}`,
		`{"session_id":{"x":"CANARY"},"cwd":["CANARY"]}`,
		`{"session_id":"` + long + `"}`,
		`{"effort":"CANARY","duration_ms":"CANARY","tool_calls":"CANARY"}`,
		`{"tool_calls":["CANARY",{"tool_name":"Bash","tool_input":{"x":"CANARY"}}]}`,
		`{"tool_calls":{"tool_input":{"file_path":"CANARY"}}}`,
		`{"tool_calls":[{"tool_name":"Read","tool_response":{"filePath":"CANARY"},"x":"CANARY"}]}`,
		`{"permission_suggestions":[{"type":{"x":"CANARY"},"rules":["CANARY"],"directories":[{"a":"CANARY"}]}]}`,
		`{"background_tasks":{"command":"CANARY"},"session_crons":["CANARY"]}`,
		`{"tool_name":"Agent","tool_response":{"usage":{"a":"CANARY","b":{"c":"CANARY","d":{"e":1,"f":"CANARY"}}}}}`,
		`["CANARY"]`, `"CANARY"`,
	} {
		if got := apply(t, privacy.Default(), text); strings.Contains(got, canary) {
			t.Errorf("%s\n leaves %s", text, got)
		}
	}
}

func TestParseLevel(t *testing.T) {
	for _, kind := range []privacy.Kind{privacy.Contents, privacy.Prompts, privacy.Outputs, privacy.PathsAndCommands} {
		for _, level := range []privacy.Level{privacy.Digest, privacy.Redacted, privacy.Diff, privacy.Full} {
			got, err := privacy.ParseLevel(kind, level.String())
			if ok := level != privacy.Diff || kind == privacy.Contents; (err == nil) != ok || ok && got != level {
				t.Errorf("%s of %s: %v, %v", level, kind, got, err)
			}
		}
		if _, err := privacy.ParseLevel(kind, "none"); err == nil || !strings.Contains(err.Error(), kind.String()) {
			t.Errorf("level none of %s: %v", kind, err)
		}
	}
	if _, err := privacy.ParseLevel(privacy.Plain, "full"); err == nil {
		t.Error("plain fields have a level")
	}
}
