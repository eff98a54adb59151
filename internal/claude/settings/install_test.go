package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testHook(data string) Hook {
	return Hook{Command: absolute("/opt/at/agent-telemetry-hook"), Args: []string{"--data", data}, Timeout: DefaultTimeout}
}

// absolute makes a path absolute on Windows too.
func absolute(path string) string {
	if runtime.GOOS == "windows" {
		return `C:` + filepath.FromSlash(path)
	}
	return path
}

// at puts content into a settings file of its own folder. No content, no file.
func at(t *testing.T, content string) File {
	t.Helper()
	file := File{Project, filepath.Join(t.TempDir(), ".claude", "settings.json")}
	if content != "" {
		write(t, file.Path, content)
	}
	return file
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func install(t *testing.T, file File, hook Hook) Plan {
	t.Helper()
	plan, err := Install(file, hook)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func uninstall(t *testing.T, file File) Plan {
	t.Helper()
	plan, err := Uninstall(file)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// ours lists our handlers in a settings file as event → commands with args.
func ours(t *testing.T, content string) map[string][]string {
	t.Helper()
	var file struct {
		Hooks map[string][]struct {
			Matcher *string
			Hooks   []struct {
				Type, Command string
				Args          []string
				Timeout       int
				Async         bool
			}
		}
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(content, "\ufeff")), &file); err != nil {
		t.Fatalf("%v in:\n%s", err, content)
	}
	found := map[string][]string{}
	for event, groups := range file.Hooks {
		for _, group := range groups {
			for _, h := range group.Hooks {
				if !isOurs(h.Command) {
					continue
				}
				matcher := "none"
				if group.Matcher != nil {
					matcher = *group.Matcher
				}
				if h.Type != "command" || h.Timeout != 10 || h.Async {
					t.Errorf("%s: handler %+v", event, h)
				}
				found[event] = append(found[event], strings.Join(append([]string{matcher, h.Command}, h.Args...), " "))
			}
		}
	}
	return found
}

// everywhere is what ours finds when the hook is installed rightly.
func everywhere(hook Hook) map[string][]string {
	want := map[string][]string{}
	for _, event := range Events() {
		matcher := "none"
		if m := matcherFor(event); m != "" {
			matcher = m
		}
		want[event] = []string{strings.Join(append([]string{matcher, hook.Command}, hook.Args...), " ")}
	}
	return want
}

func TestInstallIntoNothing(t *testing.T) {
	file := at(t, "")
	plan := install(t, file, testHook("/data"))
	if plan.Action != Create || plan.Count(Added) != len(Events()) || plan.SaveBackup {
		t.Errorf("plan %+v", plan)
	}
	content := read(t, file.Path)
	if diff := cmp.Diff(everywhere(testHook("/data")), ours(t, content)); diff != "" {
		t.Error(diff)
	}
	if head := "{\n  \"hooks\": {\n    \"SessionStart\": [\n      {\"hooks\": [{\"type\": \"command\", "; !strings.HasPrefix(content, head) {
		t.Errorf("layout:\n%s", content[:200])
	}
	if _, err := os.Stat(plan.Backup); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a copy of nothing was kept: %v", err)
	}
	if plan := uninstall(t, file); plan.Action != Delete || plan.Count(Removed) != len(Events()) {
		t.Errorf("uninstall: %+v", plan)
	}
	if _, err := os.Stat(filepath.Dir(file.Path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder that was made for the file is left: %v", err)
	}
}

func TestInstallTwiceChangesNothing(t *testing.T) {
	for name, content := range layouts(t) {
		t.Run(name, func(t *testing.T) {
			file := at(t, content)
			install(t, file, testHook("/data"))
			first := read(t, file.Path)
			plan := install(t, file, testHook("/data"))
			if !plan.Unchanged() || plan.Count(Unchanged) != len(Events()) {
				t.Errorf("the second plan is %s, %v", plan.Action, plan.Changes)
			}
			if diff := cmp.Diff(first, read(t, file.Path)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// layouts are settings files that are laid out in every way.
func layouts(t *testing.T) map[string]string {
	t.Helper()
	busy := read(t, filepath.Join("testdata", "busy.json"))
	return map[string]string{
		"busy":             busy,
		"busy with CRLF":   strings.ReplaceAll(busy, "\n", "\r\n"),
		"busy with tabs":   strings.ReplaceAll(busy, "  ", "\t"),
		"blank":            " \n\n",
		"empty object":     "{}",
		"with white space": "\n{ \n }\n\n",
		"byte order mark":  "\ufeff{\n  \"model\": \"opus\"\n}\n",
		"compact":          `{"model":"opus","hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}]}}`,
		"one line":         `{ "model": "opus", "hooks": { "Stop": [ { "hooks": [] } ], "PreToolUse": [ ] } }` + "\n",
		"empty hooks":      "{\n  \"hooks\": {}\n}",
		"empty events":     "{\n   \"hooks\": {\n      \"PreToolUse\": [],\n\"Stop\": [\n]\n   }\n}",
		"no indentation":   "{\n\"hooks\": {\n\"Stop\": [\n]\n}\n}\n",
		"inline hooks":     "{\n  \"hooks\": {\"Stop\": [{\"hooks\": [{\"type\":\"command\",\"command\":\"x\"}]}]}, \"a\": 1\n}\n",
		"strange spaces":   "{\n  \"a\" : 1 ,\n  \"hooks\" :\n  { \"Stop\" : [ { \"hooks\" : [ ] } , {} ] }\n  , \"z\": 2 }",
		"escaped keys":     `{"\u0068ooks": {"\u0053top": []}}`,
	}
}

func TestInstallKeepsWhatOthersWrote(t *testing.T) {
	for name, content := range layouts(t) {
		t.Run(name, func(t *testing.T) {
			file := at(t, content)
			install(t, file, testHook("/data"))
			after := read(t, file.Path)
			if diff := cmp.Diff(everywhere(testHook("/data")), ours(t, after)); diff != "" {
				t.Error(diff)
			}
			if rest := without(t, []byte(after)); !cmp.Equal(rest, without(t, []byte(content))) {
				t.Errorf("others' settings changed: %s", cmp.Diff(without(t, []byte(content)), rest))
			}
			if !hasLines(after, content) {
				t.Errorf("lines of the file are gone or out of order:\n%s", after)
			}
			if strings.Contains(content, "\r\n") && strings.Count(after, "\n") != strings.Count(after, "\r\n") {
				t.Error("line ends are mixed")
			}
			info, err := os.Stat(file.Path + ".before-agent-telemetry")
			if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("copy: %v, %v", info, err)
			}
		})
	}
}

// without is a settings file as a value, less our handlers and what is empty.
func without(t *testing.T, content []byte) map[string]any {
	t.Helper()
	content = bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\ufeff")))
	value := map[string]any{}
	if len(content) > 0 {
		if err := json.Unmarshal(content, &value); err != nil {
			t.Fatal(err)
		}
	}
	hooks, _ := value["hooks"].(map[string]any)
	for event, groups := range hooks {
		rest := slices.DeleteFunc(groups.([]any), func(group any) bool {
			g, _ := group.(map[string]any)
			handlers, ok := g["hooks"].([]any)
			if !ok || len(handlers) == 0 {
				return false
			}
			g["hooks"] = slices.DeleteFunc(handlers, func(handler any) bool {
				h, _ := handler.(map[string]any)
				command, _ := h["command"].(string)
				return isOurs(command)
			})
			return len(g["hooks"].([]any)) == 0
		})
		if hooks[event] = rest; len(rest) == 0 {
			delete(hooks, event)
		}
	}
	if len(hooks) == 0 {
		delete(value, "hooks")
	}
	return value
}

// hasLines reports whether the words of a text are all in another, in order.
func hasLines(text, words string) bool {
	for _, word := range strings.Fields(strings.TrimPrefix(words, "\ufeff")) {
		word = strings.Trim(word, ",[]{}")
		_, rest, ok := strings.Cut(text, word)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

func TestInstallLooksLikeTheRest(t *testing.T) {
	file := at(t, read(t, filepath.Join("testdata", "busy.json")))
	install(t, file, testHook("/data"))
	golden := filepath.Join("testdata", "busy.installed.json")
	got := read(t, file.Path)
	if *update {
		write(t, golden, got)
	}
	if diff := cmp.Diff(read(t, golden), got); diff != "" {
		t.Error(diff)
	}
}

func TestInstallUpdatesInPlace(t *testing.T) {
	for name, content := range layouts(t) {
		t.Run(name, func(t *testing.T) {
			file := at(t, content)
			install(t, file, testHook("/old"))
			before := read(t, file.Path)
			plan := install(t, file, testHook("/new"))
			if plan.Action != Edit || plan.Count(Updated) != len(Events()) || plan.SaveBackup {
				t.Errorf("plan %+v", plan)
			}
			if diff := cmp.Diff(strings.ReplaceAll(before, "/old", "/new"), read(t, file.Path)); diff != "" {
				t.Error(diff)
			}
			uninstall(t, file)
			if diff := cmp.Diff(content, read(t, file.Path)); diff != "" {
				t.Errorf("uninstall after an update: %s", diff)
			}
		})
	}
}

func TestInstallMendsOurEntries(t *testing.T) {
	const other = `{"type": "command", "command": "lint"}`
	handler := testHook("/data").handler(" ")
	tests := map[string]string{
		"narrow matcher":       `{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [` + handler + `]}]}}`,
		"narrow, shared":       `{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [` + other + `, ` + handler + `]}]}}`,
		"async":                `{"hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "/x/agent-telemetry-hook", "args": [], "async": true}]}]}}`,
		"shell form":           `{"hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "'/x y/agent-telemetry-hook' --data /z"}]}]}}`,
		"if":                   `{"hooks": {"PreToolUse": [{"hooks": [{"if": "Bash(*)", "type": "command", "command": "agent-telemetry-hook.exe", "args": []}]}]}}`,
		"twice":                `{"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [` + handler + `, ` + handler + `]}]}}`,
		"twice over groups":    `{"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [` + handler + `]}, {"hooks": [` + other + `, ` + handler + `]}]}}`,
		"where it must not be": `{"hooks": {"WorktreeCreate": [{"hooks": [` + handler + `]}], "MessageDisplay": [{"hooks": [` + other + `, ` + handler + `]}]}}`,
		"among invalid ones":   `{"hooks": {"PreToolUse": [null, {"hooks": 1}, {"matcher": 7, "hooks": [null, ` + handler + `]}], "Later": {}}}`,
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			file := at(t, content)
			install(t, file, testHook("/data"))
			doc, err := parse("", []byte(read(t, file.Path)))
			if err != nil {
				t.Fatal(err)
			}
			hooks, _ := doc.hooks()
			for _, event := range append(Events(), "WorktreeCreate", "MessageDisplay") {
				groups, _ := doc.groups(hooks, event)
				if groups == nil {
					continue
				}
				sole := soleHandler(event, groups)
				if want := slices.Contains(Events(), event); want != (sole != nil && testHook("/data").is(*sole)) {
					t.Errorf("%s: %s", event, doc.bytes())
				}
			}
			if strings.Contains(content, "lint") != strings.Contains(read(t, file.Path), "lint") {
				t.Error("another's handler is gone")
			}
			if plan := install(t, file, testHook("/data")); !plan.Unchanged() {
				t.Errorf("the second plan is %+v", plan.Changes)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"not JSON", "{\n  \"a\": 1,\n}\n", "line 3, column 1"},
		{"cut off", "{\n  \"a\": [1", "line 2, column"},
		{"comment", "{\n  // note\n}", "line 2, column 3"},
		{"array", "[]", "holds an array"},
		{"hooks null", `{"hooks": null}`, `null in "hooks"`},
		{"hooks array", `{"hooks": []}`, `an array in "hooks"`},
		{"event object", `{"hooks": {"Stop": {}}}`, `an object in "hooks.Stop"`},
		{"hooks twice", `{"hooks": {}, "hooks": {}}`, "hooks twice"},
		{"event twice", `{"hooks": {"Stop": [], "Stop": []}}`, "hooks.Stop twice"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := at(t, test.content)
			_, err := Install(file, testHook("/data"))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), file.Path) {
				t.Errorf("error %v, want one with %q and the file", err, test.want)
			}
			if read(t, file.Path) != test.content {
				t.Error("the file was changed")
			}
			if names, _ := os.ReadDir(filepath.Dir(file.Path)); len(names) != 1 {
				t.Errorf("files were left behind: %v", names)
			}
		})
	}
}

func TestInvalidHooks(t *testing.T) {
	tests := map[string]Hook{
		"relative path":  {Command: "bin/agent-telemetry-hook", Timeout: 10},
		"another name":   {Command: absolute("/bin/hook"), Timeout: 10},
		"no timeout":     {Command: absolute("/bin/agent-telemetry-hook")},
		"placeholder":    {Command: absolute("/bin/agent-telemetry-hook"), Args: []string{"${CLAUDE_PLUGIN_ROOT}"}, Timeout: 10},
		"negative limit": {Command: absolute("/bin/agent-telemetry-hook"), Timeout: -1},
	}
	for name, hook := range tests {
		t.Run(name, func(t *testing.T) {
			file := at(t, "{}")
			if _, err := Install(file, hook); err == nil {
				t.Errorf("%+v was installed", hook)
			}
		})
	}
}

// An entry that would show the model our command line is brought to the matcher
// that does not.
func TestCompactionIsHookedOnlyWhenAutomatic(t *testing.T) {
	hook := testHook("/data")
	file := at(t, `{"hooks":{"PreCompact":[{"hooks":[`+hook.handler(" ")+`]}]}}`)
	install(t, file, hook)
	text := read(t, file.Path)
	if strings.Count(text, onlyAuto) != 2 || strings.Count(text, "PreCompact") != 1 {
		t.Error(text)
	}
	if !install(t, file, hook).Unchanged() {
		t.Error("a second install changes something")
	}
	for matcher, want := range map[string]bool{"": true, "*": true, "auto": true, "manual": false} {
		if covers("PreCompact", matcher) != want {
			t.Errorf("matcher %q covers: %v", matcher, !want)
		}
	}
}
