package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Sizes of the payloads that the bars speak of.
const (
	smallBytes  = 1 << 10
	mediumBytes = 100 << 10
	largeBytes  = 5 << 20
)

// command exercises a shell parser as an agent's commands do, and has nothing
// that JSON would escape, since the breakdown's stages decode none.
const command = "cd web && npm ci --no-audit && npm run build 2>/dev/null | tee ../build.log; " +
	"test -s dist/index.html && cp -r dist ../public/; " +
	"for f in ../public/*.js; do gzip -9k $f; done; " +
	"grep -rn TODO src | sort | uniq -c | head -20 > /tmp/todo.txt"

// smallPayload is a Bash call, the commonest event there is, padded by its
// description to the size of a typical one.
func smallPayload(project string) []byte {
	build := func(description string) []byte {
		return encode(payload(project, "PreToolUse", "Bash",
			object{{"command", command}, {"description", description}}, nil))
	}
	padding := max(smallBytes-len(build("")), 0)
	sentence := "Build, publish and look for what is left. "
	return build(strings.Repeat(sentence, 1+padding/len(sentence))[:padding])
}

// writePayload is a Write of a new file: its content comes twice, once as the
// tool's input and once in its response.
func writePayload(project string, size int) []byte {
	path := filepath.Join(project, "generated.go")
	content := sourceText(size / 2)
	return encode(payload(project, "PostToolUse", "Write",
		object{{"file_path", path}, {"content", content}},
		object{
			{"type", "create"},
			{"filePath", path},
			{"content", content},
			{"structuredPatch", []any{}},
			{"originalFile", nil},
			{"userModified", false},
		}))
}

// patchPayload is an Edit of a large file: a fifth of it is the file as it was,
// the rest one patch that touches two lines of three.
func patchPayload(project string, size int) []byte {
	path := filepath.Join(project, "generated.go")
	var lines []string
	for i, line := range strings.Split(sourceText(size*4/5), "\n") {
		lines = append(lines, string("-+ "[i%3])+line)
	}
	count := len(lines) * 2 / 3
	hunk := object{{"oldStart", 1}, {"oldLines", count}, {"newStart", 1}, {"newLines", count}, {"lines", lines}}
	return encode(payload(project, "PostToolUse", "Edit",
		object{{"file_path", path}, {"old_string", "two"}, {"new_string", "TWO"}, {"replace_all", true}},
		object{
			{"filePath", path},
			{"oldString", "two"},
			{"newString", "TWO"},
			{"originalFile", sourceText(size / 5)},
			{"structuredPatch", []any{hunk}},
			{"userModified", false},
			{"replaceAll", true},
		}))
}

// payload has the keys of a real one in their order.
func payload(project, hook, tool string, input, response object) object {
	keys := object{
		{"session_id", "9e43999f-7db6-4f57-a3d6-05929260c9ca"},
		{"transcript_path", "/home/dev/.claude/projects/-home-dev-code/9e43999f-7db6-4f57-a3d6-05929260c9ca.jsonl"},
		{"cwd", project},
		{"prompt_id", "cd41a3d9-562c-42a2-9954-ea8828107a68"},
		{"permission_mode", "default"},
		{"hook_event_name", hook},
		{"tool_name", tool},
		{"tool_input", input},
	}
	if response != nil {
		keys = append(keys, field{"tool_response", response})
	}
	keys = append(keys, field{"tool_use_id", "toolu_01A09q90qw90lq917835lq9"})
	if response != nil {
		keys = append(keys, field{"duration_ms", 3})
	}
	return keys
}

// sourceText is text that takes about size bytes once JSON has escaped it:
// tabs, quotes and a letter outside ASCII, as source code has.
func sourceText(size int) string {
	line := func(n int) string {
		return fmt.Sprintf("\tlog.Printf(\"step %d: naïve total of %s\", n%d)\n", n, "measured values", n%7)
	}
	encoded := len(encode(line(10000))) - len(`""`)
	var text strings.Builder
	for n := range max(1, size/encoded) {
		text.WriteString(line(10000 + n%90000))
	}
	return text.String()
}

// An object is JSON whose keys keep their order.
type object []field

type field struct {
	key   string
	value any
}

// MarshalJSON implements [json.Marshaler].
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, f := range o {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, encode(f.key)...), ':'), encode(f.value)...)
	}
	return append(out, '}'), nil
}

// encode leaves < > & as they are, as Claude Code does.
func encode(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil // unreachable: payloads are made of strings, numbers, lists and objects
	}
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'})
}

// writePayloadFile puts payload where the runner can open it.
func (l *lab) writePayloadFile(name string, payload []byte) (string, error) {
	path := filepath.Join(l.dir, name+".json")
	if err := os.WriteFile(path, payload, 0o600); err != nil {
		return "", fmt.Errorf("write payload %s: %w", name, err)
	}
	return path, nil
}
