package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseSamples(t *testing.T) {
	got, err := parseSamples("a b\t1500000\t100\t7\t20\na b\t1\t1\t1\t1\nc\t2\t2\t2\t2\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(got["a b"]) != 2 || len(got["c"]) != 1 {
		t.Fatalf("got %v", got)
	}
	want := sample{wall: 1500 * time.Microsecond, cpu: 20 * time.Microsecond, maxRSS: 100 * rssUnit(), faults: 7}
	if got["a b"][0] != want {
		t.Errorf("got %+v, want %+v", got["a b"][0], want)
	}
	for _, bad := range []string{"a\t1\t2\t3\n", "a\tx\t2\t3\t4\n", "\n"} {
		if _, err := parseSamples(bad); err == nil {
			t.Errorf("%q was taken for a sample", bad)
		}
	}
}

func TestPayloadsAreValidAndOfTheirSize(t *testing.T) {
	const project = "/home/dev/agent-telemetry"
	tests := []struct {
		name    string
		payload []byte
		size    int
	}{
		{"small", smallPayload(project), smallBytes},
		{"medium write", writePayload(project, mediumBytes), mediumBytes},
		{"medium patch", patchPayload(project, mediumBytes), mediumBytes},
		{"large write", writePayload(project, largeBytes), largeBytes},
		{"large patch", patchPayload(project, largeBytes), largeBytes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !json.Valid(tt.payload) {
				t.Fatal("not JSON")
			}
			if off := float64(len(tt.payload)) / float64(tt.size); off < 0.99 || off > 1.06 {
				t.Errorf("%d bytes where about %d were wanted", len(tt.payload), tt.size)
			}
			if !bytes.HasPrefix(tt.payload, []byte(`{"session_id":`)) {
				t.Errorf("begins %.40s", tt.payload)
			}
		})
	}
}

// specRecord is the part of the specification's schema that the two hooks must agree on.
type specRecord struct {
	Level     string `json:"level"`
	EventType string `json:"event_type"`
	HookEvent string `json:"hook_event"`
	Session   string `json:"session_id"`
	Project   string `json:"project_name"`
	Tool      string `json:"tool_name"`
	Details   struct {
		Path    string `json:"file_path"`
		Outside bool   `json:"outside_project_scope"`
		Command string `json:"command"`
		Pattern string `json:"search_pattern"`
	} `json:"action_details"`
	Raw json.RawMessage `json:"raw_input"`
}

func TestSpecificationHooksRecordWhatTheSpecificationSays(t *testing.T) {
	for _, tool := range []string{"bash", "jq", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	project := filepath.Join(t.TempDir(), projectDir)
	if err := os.MkdirAll(filepath.Join(project, "config"), 0o700); err != nil {
		t.Fatal(err)
	}
	outside := `{"session_id":"s1","hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{"file_path":"/etc/passwd"}}`
	inside := `{"session_id":"s1","hook_event_name":"PostToolUse","tool_name":"Write","tool_input":{"file_path":"` + project + `/a b"}}`
	grep := `{"session_id":"s2","hook_event_name":"PreToolUse","tool_name":"Grep","tool_input":{"pattern":"it's \"x\"\n"}}`

	for _, script := range []string{"spec-one-jq.sh", "spec-many-jq.sh"} {
		t.Run(script, func(t *testing.T) {
			e, err := newEndpoint()
			if err != nil {
				t.Fatal(err)
			}
			defer e.close()
			log := filepath.Join(t.TempDir(), "log.jsonl")
			run := func(payload string) {
				command := exec.Command("bash", filepath.Join("rival", script), log)
				command.Stdin = strings.NewReader(payload)
				command.Env = []string{"PATH=" + os.Getenv("PATH"), "USER=dev", "CLAUDE_PROJECT_DIR=" + project, "LOKI_URL=" + e.url}
				if out, err := command.CombinedOutput(); err != nil || len(out) > 0 {
					t.Fatalf("%v: %s", err, out)
				}
			}
			run(outside)
			if _, err := os.Stat(log); err == nil {
				t.Fatal("it recorded without the marker")
			}
			if err := os.WriteFile(filepath.Join(project, "config", marker), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			defer os.Remove(filepath.Join(project, "config", marker))
			for _, payload := range []string{outside, inside, grep} {
				run(payload)
			}

			content, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			var got []specRecord
			for line := range strings.Lines(string(content)) {
				var record specRecord
				if err := json.Unmarshal([]byte(line), &record); err != nil {
					t.Fatalf("%v: %s", err, line)
				}
				got = append(got, record)
			}
			want := []specRecord{
				{Level: "WARN", EventType: "file_read", HookEvent: "PreToolUse", Session: "s1", Project: projectDir, Tool: "Read", Raw: json.RawMessage(outside)},
				{Level: "INFO", EventType: "file_write", HookEvent: "PostToolUse", Session: "s1", Project: projectDir, Tool: "Write", Raw: json.RawMessage(inside)},
				{Level: "INFO", EventType: "code_search", HookEvent: "PreToolUse", Session: "s2", Project: projectDir, Tool: "Grep", Raw: json.RawMessage(grep)},
			}
			want[0].Details.Path, want[0].Details.Outside = "/etc/passwd", true
			want[1].Details.Path = project + "/a b"
			want[2].Details.Pattern = "it's \"x\"\n"
			if script == "spec-many-jq.sh" {
				want[2].Details.Pattern = strings.TrimSuffix(want[2].Details.Pattern, "\n") // $(…) drops it
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
