//go:build unix

package capture_test

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
)

// Whatever comes on stdin, there is a record, and it says what was wrong.
func TestBadInput(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		name, input string
		wrong       bool // the record is to have an input_error
		check       func(*testing.T, entry)
	}{
		{name: "empty", wrong: true, check: noInput},
		{name: "space", input: " \n\t", wrong: true, check: noInput},
		{name: "not JSON", input: "hello", wrong: true, check: noInput},
		{name: "cut", input: `{"session_id":"s","tool_name":"Bash","tool_input":{"command":"ls -`, wrong: true, check: func(t *testing.T, e entry) {
			if e.SessionID != "s" || e.ToolName != "Bash" {
				t.Errorf("session %q, tool %q: what came before the cut is not there", e.SessionID, e.ToolName)
			}
		}},
		{name: "two documents", input: `{"tool_name":"a"}{"tool_name":"b"}`, wrong: true, check: toolIs("a")},
		{name: "only a tool", input: `{"tool_name":"test"}`, check: toolIs("test")},
		{name: "null", input: `null`, check: noInput},
		{name: "array", input: `["tool_name"]`},
		{name: "string", input: `"tool_name"`},
		{name: "number", input: `1e999`},
		{name: "bool", input: `true`},
		{name: "NUL in a string", input: "{\"tool_name\":\"a\x00b\"}", wrong: true},
		{name: "NUL escaped", input: `{"tool_name":"a\u0000b"}`, check: toolIs("a\x00b")},
		{name: "NUL behind", input: "{\"tool_name\":\"a\"}\x00", wrong: true, check: toolIs("a")},
		{name: "bad UTF-8", input: "{\"tool_name\":\"a\xff\xc3\x28b\",\"cwd\":\"/\xfe\"}", check: toolIs("a\ufffd\ufffd(b")},
		{name: "lone surrogate", input: `{"tool_name":"a\ud800b"}`, check: toolIs("a\ufffdb")},
		{name: "terminal escapes", input: `{"tool_name":"a\u001b[2Jb\u202e"}`, check: toolIs("a\x1b[2Jb\u202e")},
		{name: "byte order mark", input: "\ufeff{}", wrong: true},
		{name: "10,000 levels of arrays", input: strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)},
		{name: "10,000 levels of objects", input: `{"tool_name":"deep","tool_input":` + strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_001), check: toolIs("deep")},
		{name: "10,000 levels, cut", input: strings.Repeat(`{"a":[`, 5_000), wrong: true},
		{name: "50 MB of one string", input: `{"tool_name":"Write","tool_input":{"content":"` + strings.Repeat("x", 50*mb) + `"}}`, check: func(t *testing.T, e entry) {
			if e.Action.ContentBytes == nil && e.InputError == "" {
				t.Errorf("neither the size of the content nor an error: %.300s", e.line)
			}
		}},
		{name: "50 MB of nothing", input: strings.Repeat(" ", 50*mb)},
		{name: "5 MB of members", input: `{"tool_name":"x","tool_input":{` + strings.Repeat(`"a":1,`, 5*mb/6) + `"b":2}}`, check: toolIs("x")},
		{name: "5 MB of command", input: `{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"` + strings.Repeat("ls; ", 5*mb/4) + `"}}`, check: toolIs("Bash")},
		{name: "300 KB of tool name", input: `{"tool_name":"` + strings.Repeat("n", 300_000) + `"}`},
		{name: "members twice", input: `{"tool_name":"a","tool_name":"b"}`, check: toolIs("b")},
		{name: "relative cwd", input: `{"tool_name":"Read","cwd":"sub/..","tool_input":{"file_path":"x"}}`, check: toolIs("Read")},
		{name: "cwd that is not there", input: `{"tool_name":"Read","cwd":"/nowhere/at/all","tool_input":{"file_path":"x"}}`, check: func(t *testing.T, e entry) {
			if !e.Action.OutsideProjectScope {
				t.Error("a path below a folder outside the project is not outside")
			}
		}},
		{name: "cwd with NUL", input: `{"tool_name":"Read","cwd":"/a\u0000b"}`, check: toolIs("Read")},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.send(c.input)
			e := r.only()
			if c.wrong && e.InputError == "" {
				t.Errorf("the record does not say that the input was bad: %.500s", e.line)
			}
			if c.check != nil {
				c.check(t, e)
			}
			r.quiet()
		})
	}
}

func noInput(t *testing.T, e entry) {
	t.Helper()
	if string(e.RawInput) != "null" || e.EventType != event.Other {
		t.Errorf("of nothing the record has %s, %s", e.EventType, e.RawInput)
	}
}

func toolIs(name string) func(*testing.T, entry) {
	return func(t *testing.T, e entry) {
		t.Helper()
		if e.ToolName != name {
			t.Errorf("tool_name is %q, not %q", e.ToolName, name)
		}
	}
}

// A shell command, however nested, is no reason to fail.
func TestDeepCommands(t *testing.T) {
	for _, piece := range [][2]string{
		{"(", ")"},
		{"{ ", ";}"},
		{"$(", ")"},
		{`"$(`, `)"`},
		{"$((", "))"},
		{"`", "`"},
		{"${a:-", "}"},
		{"<(", ")"},
		{"[[ (", ") ]]"},
		{"if ", ";then :;fi;"},
		{"a=(", ")"},
		{"! ", ""},
		{"f() ", ""},
		{"time ", ""},
		{"{a,", "}"},
		{"eval ", ""},
		{"bash -c '", "'"},
		{"<<a ", ""},
		{"a|", "a"},
		{"a&&", "a"},
		{"\\", ""},
		{"case a in a) ", ";; esac"},
		{"((1?", ":0))"},
		{"((- ", "))"},
		{"@(", ")"},
		{"../", ""},
		{"$a", ""},
	} {
		for _, n := range []int{500, 10_000} {
			r := newRig(t)
			r.send(r.payload("deep", strings.Repeat(piece[0], n)+"ls"+strings.Repeat(piece[1], n)))
			if e := r.only(); e.ToolUseID != "deep" || e.InputError != "" {
				t.Errorf("%d times %q: tool_use_id %q, input_error %q", n, piece[0], e.ToolUseID, e.InputError)
			}
			r.quiet()
		}
	}
}

// A payload that never comes, or stops in the middle, is given up.
func TestStdinThatNeverEnds(t *testing.T) {
	for _, begun := range []string{"", `{"session_id":"s","tool_name":"Bash","tool_inp`} {
		r := newRig(t)
		stdin, sender, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(sender, begun); err != nil {
			t.Fatal(err)
		}
		r.hook(stdin)
		_, _ = sender.Close(), stdin.Close()
		e := r.only()
		if !strings.Contains(e.InputError, "did not come") {
			t.Errorf("after %q the record says %q", begun, e.InputError)
		}
		if begun != "" && (e.SessionID != "s" || e.ToolName != "Bash") {
			t.Errorf("what came is not in the record: %s", e.line)
		}
		r.quiet()
	}
}

// Closed standard files are nothing to fail at, and nothing is written into
// whatever takes their numbers.
func TestClosedFiles(t *testing.T) {
	for _, closed := range []string{"<&-", "<&- >&- 2>&-"} {
		r := newRig(t)
		r.throughShell(`exec "$@" ` + closed)
		r.hook(nil)
		if e := r.only(); e.InputError == "" {
			t.Errorf("%s: the record does not say that there was no input: %s", closed, e.line)
		}
		r.quiet()
	}
}

// throughShell makes sh start the hook, which is "$@" in the script.
func (r *rig) throughShell(script string) {
	r.configure = func(cmd *exec.Cmd) {
		cmd.Args = append([]string{"sh", "-c", script, "sh", cmd.Path}, cmd.Args[1:]...)
		cmd.Path = "/bin/sh"
	}
}

// A directory as stdin cannot be read at all.
func TestUnreadableStdin(t *testing.T) {
	r := newRig(t)
	dir, err := os.Open(r.base)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = dir.Close() }()
	r.hook(dir)
	if e := r.only(); e.InputError == "" {
		t.Errorf("the record does not say that stdin could not be read: %s", e.line)
	}
}

// Any field of any sample may be of a wrong type, or much too long: there is a
// record by the schema, and the hook has nothing to complain about.
func TestWrongTypes(t *testing.T) {
	wrong := []string{
		`null`, `7`, `-1e400`, `true`, `"text"`, `[]`, `["x",{"y":[1]}]`, `{}`, `{"x":{"file_path":7}}`,
		`"` + strings.Repeat("long ", 60_000) + `"`,
	}
	names, texts := samples(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.config(`{"durability":"os"}`)
			n := 0
			for _, spoiled := range spoil(t, texts[name], wrong) {
				n++
				r.inProcess(spoiled)
			}
			if got := len(r.records()); got != n {
				t.Errorf("%d records of %d payloads", got, n)
			}
			r.quiet()
		})
	}
}

// spoil returns the document with each of its values in turn replaced by each of
// the others.
func spoil(t *testing.T, document []byte, others []string) (all []string) {
	t.Helper()
	var root any
	if err := json.Unmarshal(document, &root); err != nil {
		t.Fatal(err)
	}
	emit := func() {
		text, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	var walk func(v any, set func(any))
	walk = func(v any, set func(any)) {
		for _, o := range others {
			set(json.RawMessage(o))
			emit()
		}
		set(v)
		switch v := v.(type) {
		case map[string]any:
			for name := range v {
				walk(v[name], func(to any) { v[name] = to })
			}
		case []any:
			for i := range v {
				walk(v[i], func(to any) { v[i] = to })
			}
		}
	}
	walk(root, func(to any) { root = to })
	return all
}

// A batch of very many calls, a prompt of very many flags: what is too much for
// a line is shortened, and the record says so.
func TestTooMuchForALine(t *testing.T) {
	var calls []string
	for i := range 5_000 {
		calls = append(calls, fmt.Sprintf(`{"tool_name":"Bash","tool_use_id":"t%d","tool_input":{"command":"echo %d"},"tool_response":"x"}`, i, i))
	}
	var flags strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&flags, " --flag%d=%d", i, i)
	}
	for name, payload := range map[string]string{
		"calls":   `{"hook_event_name":"PostToolBatch","tool_calls":[` + strings.Join(calls, ",") + `]}`,
		"flags":   `{"hook_event_name":"UserPromptSubmit","prompt":"/run` + flags.String() + `"}`,
		"command": `{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"` + strings.Repeat("echo \\u0001;", 20_000) + `"}}`,
		"names":   `{"hook_event_name":"Notification","` + strings.Repeat("n", 200_000) + `":1,"` + strings.Repeat("m", 200_000) + `":1}`,
		"texts":   `{"session_id":"` + strings.Repeat("a", 200_000) + `","cwd":"/` + strings.Repeat("b", 200_000) + `","tool_use_id":"` + strings.Repeat("c", 200_000) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.send(payload)
			e := r.only()
			if name != "flags" && name != "texts" && len(e.Shortened) == 0 {
				t.Errorf("the record does not say that it was shortened: %.500s", e.line)
			}
			r.quiet()
		})
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func below(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
