package capture_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// payload has the members in the order in which Claude Code writes them.
type payload struct {
	Event    string    `json:"hook_event_name,omitempty"`
	Prompt   string    `json:"prompt,omitempty"`
	Tool     string    `json:"tool_name,omitempty"`
	Input    any       `json:"tool_input,omitempty"`
	Response any       `json:"tool_response,omitempty"`
	ID       string    `json:"tool_use_id,omitempty"`
	Calls    []payload `json:"tool_calls,omitempty"`
}

// A payload of 100 KB is recorded within 10 MB of memory, one of 5 MB within 24.
func TestMemory(t *testing.T) {
	peak := filepath.Join(t.TempDir(), "peak")
	if err := build(peak, "./testdata/peak"); err != nil {
		t.Fatal(err)
	}
	text := func(n int) string { return strings.Repeat("a line of text, \"quoted\"\\\n", n/26) }
	lines := func(n int) (list []string) {
		for range n / 40 {
			list = append(list, "+a line that an edit has put there")
		}
		return list
	}
	type object map[string]any
	for name, sized := range map[string]func(n int) payload{
		"Write": func(n int) payload {
			return payload{Event: "PreToolUse", Tool: "Write", Input: object{"file_path": "a", "content": text(n)}}
		},
		"Bash output": func(n int) payload {
			return payload{Event: "PostToolUse", Tool: "Bash", Input: object{"command": "cat a"}, Response: object{"stdout": text(n), "stderr": ""}}
		},
		"Bash heredoc": func(n int) payload {
			return payload{Event: "PreToolUse", Tool: "Bash", Input: object{"command": "cat > a <<'X'\n" + text(n) + "\nX\n"}}
		},
		"Bash commands": func(n int) payload {
			return payload{Event: "PreToolUse", Tool: "Bash", Input: object{"command": strings.Repeat("grep -r word dir | sort > out; ", n/31)}}
		},
		"structuredPatch": func(n int) payload {
			return payload{
				Event: "PostToolUse", Tool: "Edit", Input: object{"file_path": "a", "old_string": "b", "new_string": "c"},
				Response: object{"structuredPatch": []object{{"lines": lines(n)}}},
			}
		},
		"prompt": func(n int) payload { return payload{Event: "UserPromptSubmit", Prompt: text(n)} },
		"batch": func(n int) payload {
			var calls []payload
			for i := range n / 250 {
				calls = append(calls, payload{Tool: "Bash", Input: object{"command": "echo hi"}, ID: "toolu_" + strconv.Itoa(i), Response: text(130)})
			}
			return payload{Event: "PostToolBatch", Calls: calls}
		},
	} {
		for _, size := range []struct {
			bytes, most int
		}{{100 << 10, 10 << 10}, {5 << 20, 24 << 10}} {
			payload, err := json.Marshal(sized(size.bytes))
			if err != nil {
				t.Fatal(err)
			}
			r := newRig(t)
			ctx, cancel := context.WithTimeout(context.Background(), deadline)
			defer cancel()
			cmd := exec.CommandContext(ctx, peak, append([]string{binary}, r.args...)...)
			cmd.Env, cmd.Dir, cmd.Stdin = r.env, r.dir, bytes.NewReader(payload)
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			used, err := strconv.Atoi(string(out))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s of %d KiB: %d KiB", name, len(payload)>>10, used)
			most := size.most
			if name == "Bash commands" {
				most = 24 << 10 // a syntax tree is many times as large as its text
			}
			if used > most {
				t.Errorf("%s of %d KiB took %d KiB of memory; at most %d are allowed", name, len(payload)>>10, used, most)
			}
			r.only()
		}
	}
}
