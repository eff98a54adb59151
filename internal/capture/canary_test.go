//go:build unix

package capture_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/jsontree"
)

// open lists the text fields of the samples that the record keeps at the default
// levels: ids, kinds, paths and commands. Everything else is contents, prompts
// or output, and this list is all that a new field would have to get past.
var open = []string{
	"session_id", "prompt_id", "tool_use_id", "permission_mode", "effort.level", "hook_event_name", "tool_name",
	"agent_id", "agent_type", "model", "source", "trigger", "notification_type", "load_reason", "memory_type",
	"task_id", "expansion_type", "command_source", "event", "elicitation_id", "mode", "action",
	"turn_id", "message_id", "reason of SessionEnd", "error of StopFailure",
	"transcript_path", "agent_transcript_path", "cwd", "old_cwd", "new_cwd", "file_path", "url",
	"command_name", "mcp_server_name", "teammate_name", "team_name", "name",
	"tool_input.command", "tool_input.description", "tool_input.file_path", "tool_input.pattern", "tool_input.path",
	"tool_input.output_mode", "tool_input.subagent_type",
	"tool_response.filePath", "tool_response.type", "tool_response.file.filePath", "tool_response.filenames[]", "tool_response.mode",
	"tool_response.status", "tool_response.agentId", "tool_response.agentType", "tool_response.resolvedModel",
	"tool_response.usage.service_tier", "tool_response.usage.inference_geo", "tool_response.usage.speed",
	"tool_calls[].tool_name", "tool_calls[].tool_use_id", "tool_calls[].tool_input.command", "tool_calls[].tool_input.file_path",
	"tool_calls[].tool_input.description",
	"background_tasks[].id", "background_tasks[].type", "background_tasks[].status", "background_tasks[].description", "background_tasks[].command",
	"permission_suggestions[].directories[]", "permission_suggestions[].mode", "permission_suggestions[].type", "permission_suggestions[].behavior", "permission_suggestions[].destination",
	"permission_suggestions[].rules[].toolName", "permission_suggestions[].rules[].ruleContent",
}

// No file below the data folder holds anything of file contents, prompts and
// outputs, whatever field of whatever event they come in.
func TestCanaries(t *testing.T) {
	r := newRig(t)
	r.config(`{"durability":"os"}`)
	hidden, kept := map[string]string{}, map[string]string{}
	names, texts := samples(t)
	for _, name := range names {
		r.send(plant(t, texts[name], func(event, path, text string) string {
			if path == "hook_event_name" || path == "tool_name" || path == "tool_calls[].tool_name" {
				return text
			}
			canary := fmt.Sprintf("CANARY%04dX", len(hidden)+len(kept))
			if slices.Contains(open, path) || slices.Contains(open, path+" of "+event) {
				kept[canary] = name + ": " + path
			} else {
				hidden[canary] = name + ": " + path
			}
			return canary + "\n" + text + "\n" + canary
		}))
	}
	if n := len(r.records()); n != len(names) || len(hidden) < 50 || len(kept) < 300 {
		t.Fatalf("%d records of %d samples with %d and %d canaries", n, len(names), len(hidden), len(kept))
	}
	written := r.everything()
	for canary, where := range hidden {
		if file := containing(written, canary); file != "" {
			t.Errorf("%s is in %s", where, file)
		}
	}
	for canary, where := range kept {
		if containing(written, canary) == "" {
			t.Errorf("%s is lost", where)
		}
	}
	r.quiet()
}

// A secret is in no file whatever the levels are, and whatever field, member
// name or path it stands in.
func TestSecretsAnywhere(t *testing.T) {
	const secret = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
	for _, config := range []string{
		`{"privacy":{"contents":"full","prompts":"full","outputs":"full","paths_and_commands":"full"}}`,
		`{"privacy":{"contents":"diff","prompts":"redacted","outputs":"redacted","paths_and_commands":"redacted"}}`,
		`{}`,
	} {
		r := newRig(t)
		r.project = filepath.Join(r.base, "token-"+secret)
		r.write(r.marker(""), "")
		r.env = append([]string{"CLAUDE_PROJECT_DIR=" + r.project}, r.env...)
		r.config(config)
		names, texts := samples(t)
		for _, name := range names {
			r.inProcess(plant(t, texts[name], func(_, _, text string) string { return text + " " + secret }))
			r.inProcess(strings.Replace(string(texts[name]), `{`, `{"`+secret+`":"x","session_title":"`+secret+`",`, 1))
		}
		if n := len(r.records()); n != 2*len(names) {
			t.Errorf("%d records of %d payloads", n, 2*len(names))
		}
		if file := containing(r.everything(), secret); file != "" {
			t.Errorf("with %s the secret is in %s", config, file)
		}
	}
}

// everything reads all files below the data folder, and their names.
func (r *rig) everything() map[string]string {
	r.t.Helper()
	written := map[string]string{}
	err := filepath.WalkDir(r.data, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == capture.ConfigPath(r.data) {
			return err
		}
		text, err := os.ReadFile(path)
		written[path] = path + "\n" + string(text)
		return err
	})
	if err != nil || len(written) < 3 {
		r.t.Fatalf("%d files: %v", len(written), err)
	}
	return written
}

func containing(written map[string]string, what string) (file string) {
	for path, text := range written {
		if strings.Contains(text, what) {
			return path
		}
	}
	return ""
}

// plant changes each text of a document and leaves the order of its members as
// it is. path has the members, with [] for items.
func plant(t *testing.T, document []byte, change func(event, path, text string) string) string {
	t.Helper()
	root, err := jsontree.Read(bytes.NewReader(document), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	event := root.Str("hook_event_name")
	var walk func(v *jsontree.Value, path string)
	walk = func(v *jsontree.Value, path string) {
		if v.Kind == jsontree.String {
			v.Text = change(event, path, v.Text)
		}
		for i := range v.Items {
			walk(&v.Items[i], path+"[]")
		}
		for i := range v.Members {
			walk(&v.Members[i].Value, strings.TrimPrefix(path+"."+v.Members[i].Name, "."))
		}
	}
	walk(root, "")
	return string(jsontree.Append(nil, root))
}
