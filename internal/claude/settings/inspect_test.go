package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// world is a machine in a folder: a home, a project, managed settings, the
// hook's binary. Contents may say $ROOT for that folder and $ALL for a hooks
// object that is as it should be.
type world struct {
	t    *testing.T
	root string
	vars map[string]string
}

func newWorld(t *testing.T) world {
	w := world{t: t, root: t.TempDir(), vars: map[string]string{}}
	w.write("bin/agent-telemetry-hook", "binary")
	w.write("old/agent-telemetry-hook", "another binary")
	for _, name := range []string{"bin", "old"} {
		if err := os.Chmod(filepath.Join(w.root, name, Name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"home", "project", "managed"} {
		if err := os.MkdirAll(filepath.Join(w.root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w world) path(name string) string { return filepath.Join(w.root, filepath.FromSlash(name)) }

func (w world) write(name, content string) {
	w.t.Helper()
	content = strings.ReplaceAll(content, "$ALL", allHooks("$ROOT/bin", ""))
	write(w.t, w.path(name), strings.ReplaceAll(content, "$ROOT", strings.ReplaceAll(w.root, `\`, `\\`)))
}

func (w world) env() Env {
	return Env{ManagedRoot: w.path("managed"), Getenv: func(name string) string {
		switch name {
		case "HOME", "USERPROFILE":
			return w.path("home")
		}
		return w.vars[name]
	}}
}

func (w world) want() Hook {
	return Hook{Command: w.path("bin/agent-telemetry-hook"), Args: []string{"--data", "/data"}, Timeout: DefaultTimeout}
}

// allHooks is a hooks object with our entry for every event; extra goes into
// each handler.
func allHooks(folder, extra string) string {
	return hooksFor(Events(), fmt.Sprintf(`{"hooks": [{"type": "command", "command": "%s/agent-telemetry-hook", "args": ["--data", "/data"]%s}]}`, folder, extra))
}

func hooksFor(events []string, group string) string {
	var members []string
	for _, event := range events {
		members = append(members, fmt.Sprintf("%q: [%s]", event, group))
	}
	return "{" + strings.Join(members, ", ") + "}"
}

const (
	project = "project/.claude/settings.json"
	local   = "project/.claude/settings.local.json"
	user    = "home/.claude/settings.json"
	managed = "managed/managed-settings.json"
	drop    = "managed/managed-settings.d/50-agent-telemetry.json"
)

func TestInspect(t *testing.T) {
	const installed = `{"hooks": $ALL}`
	only := func(events ...string) string {
		return `{"hooks": ` + hooksFor(events, `{"hooks": [{"type": "command", "command": "$ROOT/bin/agent-telemetry-hook", "args": ["--data", "/data"]}]}`) + `}`
	}
	each := func(folder, extra string) string { return `{"hooks": ` + allHooks(folder, extra) + `}` }
	tests := []struct {
		name  string
		files map[string]string
		vars  map[string]string
		want  []string // level code file, without what is ok
	}{
		{name: "installed in the project", files: map[string]string{project: installed}},
		{name: "installed for the user", files: map[string]string{user: installed}},
		{name: "installed in local settings", files: map[string]string{local: installed}},
		{name: "installed by policy", files: map[string]string{drop: installed}},
		{name: "the same in two levels runs once", files: map[string]string{user: installed, project: installed}},
		{name: "blank files and other keys", files: map[string]string{user: " \n", local: `{"model": "opus"}`, project: installed}},
		{name: "absent", files: map[string]string{user: `{}`}, want: []string{"fail hook-absent"}},

		{
			name: "not JSON, elsewhere", files: map[string]string{project: installed, local: "{\n  \"a\": 1,\n}"},
			want: []string{"warn settings-not-json " + local},
		},
		{
			name: "not JSON, ours", files: map[string]string{project: installed + "]"},
			want: []string{"fail settings-not-json " + project, "fail hook-absent"},
		},
		{
			name: "not an object", files: map[string]string{project: installed, user: `[]`},
			want: []string{"warn settings-not-json " + user},
		},
		{
			name: "invalid handler with ours", files: map[string]string{project: only("PreToolUse")[:len(only("PreToolUse"))-2] + `, "Stop": [{"hooks": [{"type": "shell"}]}]}}`},
			want: []string{"fail handler-invalid " + project, "fail hook-absent"},
		},
		{
			name: "invalid handler elsewhere", files: map[string]string{user: installed, project: `{"disableAllHooks": true, "hooks": {"Stop": [{"hooks": [{"type": "command"}]}]}}`},
			want: []string{"warn handler-invalid " + project},
		},
		{
			name: "invalid handler in managed settings loses hooks only", files: map[string]string{
				project: installed, managed: `{"allowManagedHooksOnly": true, "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "x", "timeout": -1}]}]}}`,
			},
			want: []string{"warn handler-invalid " + managed, "fail managed-hooks-only " + managed},
		},
		{
			name: "hooks of the wrong type", files: map[string]string{project: installed, local: `{"hooks": []}`, user: `{"hooks": {"Stop": {}}}`},
			want: []string{"warn hooks-ignored " + local, "warn hooks-ignored " + user},
		},
		{
			name: "setting of the wrong type", files: map[string]string{project: `{"disableAllHooks": "no", "hooks": $ALL}`},
			want: []string{"fail setting-invalid " + project, "fail hook-absent"},
		},

		{
			name: "disabled in the same file", files: map[string]string{project: `{"disableAllHooks": true, "hooks": $ALL}`},
			want: []string{"fail all-hooks-disabled " + project},
		},
		{
			name: "disabled in a lower file", files: map[string]string{local: installed, user: `{"disableAllHooks": true}`},
			want: []string{"fail all-hooks-disabled " + user},
		},
		{name: "disabling is overridden", files: map[string]string{project: installed, user: `{"disableAllHooks": true}`, local: `{"disableAllHooks": false}`}},
		{
			name: "disabled, but ours is managed", files: map[string]string{drop: installed, project: `{"disableAllHooks": true}`},
			want: []string{"warn all-hooks-disabled " + project},
		},
		{
			name: "disabled by policy", files: map[string]string{drop: installed, managed: `{"disableAllHooks": true}`},
			want: []string{"fail all-hooks-disabled " + managed},
		},
		{
			name: "simple mode in a project", files: map[string]string{drop: installed, project: `{"env": {"CLAUDE_CODE_SIMPLE": 1}}`},
			want: []string{"fail simple-mode " + project},
		},
		{
			name: "simple mode in the environment", vars: map[string]string{"CLAUDE_CODE_SIMPLE": " Yes "}, files: map[string]string{user: installed},
			want: []string{"fail simple-mode"},
		},
		{
			name: "simple mode pinned off by policy", vars: map[string]string{"CLAUDE_CODE_SIMPLE": "1"},
			files: map[string]string{user: installed, project: `{"env": {"CLAUDE_CODE_SIMPLE": true}}`, managed: `{"env": {"CLAUDE_CODE_SIMPLE": "0"}}`},
			want:  []string{"warn simple-mode " + project, "warn simple-mode"},
		},
		{name: "simple mode off", vars: map[string]string{"CLAUDE_CODE_SIMPLE": "0"}, files: map[string]string{user: `{"env": {"CLAUDE_CODE_SIMPLE": "off"}, "hooks": $ALL}`}},
		{
			name: "safe mode", vars: map[string]string{"CLAUDE_CODE_SAFE_MODE": "1"}, files: map[string]string{user: installed},
			want: []string{"fail safe-mode"},
		},
		{
			name: "safe mode spares managed hooks", vars: map[string]string{"CLAUDE_CODE_SAFE_MODE": "1"}, files: map[string]string{drop: installed},
			want: []string{"warn safe-mode"},
		},
		{
			name: "the Go runtime gives up", files: map[string]string{drop: installed, project: `{"env": {"GOMEMLIMIT": "nonsense"}}`},
			want: []string{"fail hook-env-breaks " + project},
		},
		{
			name: "the Go runtime gives up, before installation", files: map[string]string{user: `{"env": {"GODEBUG": "fips140=bad"}}`},
			want: []string{"fail hook-env-breaks " + user, "fail hook-absent"},
		},
		{
			name: "the Go runtime is pinned by policy", vars: map[string]string{"GODEBUG": "cgocheck=2"},
			files: map[string]string{user: installed, local: `{"env": {"GODEBUG": "cgocheck=2"}}`, managed: `{"env": {"GODEBUG": ""}}`},
			want:  []string{"warn hook-env-breaks", "warn hook-env-breaks " + local, "warn hook-env-breaks " + managed},
		},
		{
			name: "the Go runtime gives up in the environment", vars: map[string]string{"GOMAXPROCS": "100000"}, files: map[string]string{user: installed},
			want: []string{"fail hook-env-breaks"},
		},
		{
			name: "the Go runtime is told something", files: map[string]string{user: installed, project: `{"env": {"GODEBUG": "inittrace=1", "GOGC": 50}}`},
			want: []string{"warn hook-env-breaks " + project, "warn hook-env-breaks " + project},
		},
		{name: "a Go programmer's environment", vars: map[string]string{"GOGC": "50", "GODEBUG": "gctrace=1"}, files: map[string]string{user: installed}},
		{
			name: "records are diverted", files: map[string]string{
				user: strings.ReplaceAll(each("$ROOT/bin", ""), `"--data", "/data"`, ""), project: `{"env": {"HOME": "$ROOT/elsewhere"}}`,
			},
			want: []string{"fail hook-env-diverts " + project, "warn hook-args-differ " + user},
		},
		{
			name: "records are diverted from a shell form", files: map[string]string{
				user: strings.ReplaceAll(each("$ROOT/bin", ""), `, "args": ["--data", "/data"]`, ""), project: `{"env": {"HOME": "$ROOT/elsewhere"}}`,
			},
			want: []string{"fail hook-env-diverts " + project, "warn hook-shell-form " + user, "warn hook-args-differ " + user},
		},
		{name: "pinned records cannot be diverted", files: map[string]string{user: installed, project: `{"env": {"AGENT_TELEMETRY_DATA": "$ROOT/elsewhere", "HOME": ""}}`}},
		{
			name: "managed hooks only", files: map[string]string{user: installed, managed: `{"allowManagedHooksOnly": true}`},
			want: []string{"fail managed-hooks-only " + managed},
		},
		{
			name: "managed hooks only, ours is", files: map[string]string{drop: installed, managed: `{"allowManagedHooksOnly": true}`},
			want: []string{"warn managed-hooks-only " + managed},
		},
		{name: "managed hooks only, set where it means nothing", files: map[string]string{user: `{"allowManagedHooksOnly": true, "hooks": $ALL}`}},
		{
			name: "a later drop-in decides", files: map[string]string{
				user: installed, managed: `{"allowManagedHooksOnly": true}`, "managed/managed-settings.d/90-open.json": `{"allowManagedHooksOnly": false}`,
			},
		},
		{name: "files that are no drop-ins", files: map[string]string{
			user: installed, "managed/managed-settings.d/.hidden.json": `{`, "managed/managed-settings.d/note.txt": "x", "managed/managed-settings.d/old.json/x": "x",
		}},
		{
			name: "plugin hooks only", files: map[string]string{user: installed, managed: `{"strictPluginOnlyCustomization": ["skills", "hooks"]}`},
			want: []string{"fail plugin-hooks-only " + managed},
		},
		{
			name: "plugin everything only", files: map[string]string{user: installed, managed: `{"strictPluginOnlyCustomization": true}`},
			want: []string{"fail plugin-hooks-only " + managed},
		},
		{name: "plugin skills only", files: map[string]string{user: installed, managed: `{"strictPluginOnlyCustomization": ["skills"]}`}},

		{
			name: "an old installation", files: map[string]string{project: only(slices.DeleteFunc(Events(), func(e string) bool { return e == "CwdChanged" })...)},
			want: []string{"warn events-missing " + project},
		},
		{
			name: "the specification's installation", files: map[string]string{project: only("PreToolUse", "PostToolUse")},
			want: []string{"fail events-missing " + project},
		},
		{
			name: "the rest is in another level", files: map[string]string{user: only(Events()[:5]...), project: only(Events()[5:]...)},
		},
		{
			name: "two data folders", files: map[string]string{user: strings.ReplaceAll(each("$ROOT/bin", ""), `"/data"`, `"/other"`), project: installed},
			want: []string{"warn hook-installed-twice " + project, "warn hook-args-differ " + user},
		},
		{
			name: "two binaries", files: map[string]string{user: each("$ROOT/old", ""), project: installed},
			want: []string{"warn hook-installed-twice " + project, "warn binary-differs " + user},
		},
		{
			name: "shadowed by async", files: map[string]string{user: installed, project: each("$ROOT/bin", `, "async": true`)},
			want: []string{"fail hook-shadowed " + project},
		},
		{
			name: "shadowed by a tiny timeout", files: map[string]string{user: installed, local: each("$ROOT/bin", `, "timeout": 0.001`)},
			want: []string{"fail hook-shadowed " + local},
		},
		{name: "policy cannot be shadowed", files: map[string]string{drop: installed, local: each("$ROOT/bin", `, "timeout": 0.001`)}},
		{
			name: "async", files: map[string]string{project: each("$ROOT/bin", `, "async": true`)},
			want: []string{"fail hook-async " + project},
		},
		{
			name: "async and rewake", files: map[string]string{project: each("$ROOT/bin", `, "asyncRewake": true`)},
			want: []string{"fail hook-async " + project},
		},
		{
			name: "tiny timeout", files: map[string]string{project: each("$ROOT/bin", `, "timeout": 0.5`)},
			want: []string{"fail hook-timeout " + project},
		},
		{
			name: "if", files: map[string]string{project: each("$ROOT/bin", `, "if": "Bash(*)"`)},
			want: []string{"fail hook-conditional " + project},
		},
		{
			name: "narrow matcher", files: map[string]string{project: strings.ReplaceAll(each("$ROOT/bin", ""), `{"hooks":`, `{"matcher": "Bash", "hooks":`)},
			want: []string{"fail hook-matcher " + project},
		},
		{name: "wide matcher", files: map[string]string{project: strings.ReplaceAll(each("$ROOT/bin", ""), `{"hooks":`, `{"matcher": "*", "hooks":`)}},
		{
			name: "shell form", files: map[string]string{project: `{"hooks": ` + hooksFor(Events(), `{"hooks": [{"type": "command", "command": "\"$ROOT/bin/agent-telemetry-hook\" --data /data"}]}`) + `}`},
			want: []string{"warn hook-shell-form " + project, "warn hook-args-differ " + project},
		},
		{
			name: "worktree", files: map[string]string{project: installed, user: only("WorktreeCreate")},
			want: []string{"fail worktree-create " + user},
		},

		{
			name: "binary missing", files: map[string]string{project: each("$ROOT/gone", "")},
			want: []string{"fail binary-missing gone/agent-telemetry-hook"},
		},
		{
			name: "binary not on PATH", files: map[string]string{project: strings.ReplaceAll(each("$ROOT/bin", ""), "$ROOT/bin/", "")},
			want: []string{"fail binary-missing " + project},
		},
		{
			name: "binary on PATH", vars: map[string]string{"PATH": "/nowhere" + string(os.PathListSeparator) + "$ROOT/bin"},
			files: map[string]string{project: strings.ReplaceAll(each("$ROOT/bin", ""), "$ROOT/bin/", "")},
		},
		{
			name: "binary is a folder", files: map[string]string{project: each("$ROOT/folder", ""), "folder/agent-telemetry-hook/x": ""},
			want: []string{"fail binary-not-executable folder/agent-telemetry-hook"},
		},
		{
			name: "binary differs", files: map[string]string{project: each("$ROOT/old", "")},
			want: []string{"warn binary-differs " + project},
		},
		{name: "hooks of others", files: map[string]string{project: installed, user: `{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done", "async": true}]}], "Later": 3}}`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			for name, content := range test.files {
				w.write(name, content)
			}
			for name, value := range test.vars {
				w.vars[name] = strings.ReplaceAll(value, "$ROOT", w.root)
			}
			w.expect(Inspect(w.path("project"), w.env(), w.want()), test.want)
		})
	}
}

// expect holds a report to what is not ok in it, and every finding to a remedy.
func (w world) expect(report Report, want []string) {
	w.t.Helper()
	var got []string
	installed := false
	for _, finding := range report.Findings {
		installed = installed || finding.Code == CodeInstalled
		if finding.Level == OK {
			continue
		}
		file, _ := filepath.Rel(w.root, finding.File)
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", finding.Level, finding.Code, filepath.ToSlash(file))))
		if finding.Remedy == "" || finding.Title == "" || strings.Contains(finding.Detail, "%!") {
			w.t.Errorf("finding %+v", finding)
		}
	}
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if diff := cmp.Diff(want, got, cmp.Transformer("nil", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
		w.t.Errorf("%s\n%+v", diff, report.Findings)
	}
	fails := slices.ContainsFunc(want, func(s string) bool { return strings.HasPrefix(s, "fail ") })
	if report.Records() == fails {
		w.t.Errorf("Records() = %v with %v", report.Records(), want)
	}
	if !installed && report.Records() {
		w.t.Error("recording is promised where nothing is installed")
	}
}

func TestInspectPlugin(t *testing.T) {
	const (
		id     = "agent-telemetry@agent-telemetry"
		list   = "home/.claude/plugins/installed_plugins.json"
		hooks  = "cache/hooks/hooks.json"
		v2     = `{"version": 2, "plugins": {"` + id + `": [{"scope": "user", "installPath": "$ROOT/cache"}]}}`
		v1     = `{"version": 1, "plugins": {"` + id + `": {"version": "1.0.0", "installPath": "$ROOT/cache"}}}`
		enable = `{"enabledPlugins": {"` + id + `": true}}`
	)
	tests := []struct {
		name  string
		files map[string]string
		vars  map[string]string
		want  []string
	}{
		{name: "installed", files: map[string]string{list: v2, user: enable}},
		{name: "installed by an older version", files: map[string]string{list: v1, user: enable}},
		{name: "not enabled", files: map[string]string{list: v2, user: `{}`}, want: []string{"fail hook-absent"}},
		{name: "not installed", files: map[string]string{user: enable}, want: []string{"fail hook-absent"}},
		{
			name: "disabled for the project", files: map[string]string{list: v2, user: enable, project: strings.Replace(enable, "true", "false", 1)},
			want: []string{"fail hook-absent"},
		},
		{
			name: "installed for another project", files: map[string]string{list: strings.Replace(v2, `"scope"`, `"projectPath": "/q", "scope"`, 1), user: enable},
			want: []string{"fail hook-absent"},
		},
		{
			name: "init too", files: map[string]string{list: v2, user: enable, project: `{"hooks": $ALL}`},
			want: []string{"warn hook-installed-twice " + project},
		},
		{
			name: "records are diverted", files: map[string]string{list: v2, user: enable, project: `{"env": {"AGENT_TELEMETRY_DATA": "$ROOT/elsewhere", "HOME": "/x"}}`},
			want: []string{"fail hook-env-diverts " + project},
		},
		{
			name: "records are diverted by the next variable", files: map[string]string{
				list: v2, user: enable, local: `{"env": {"AGENT_TELEMETRY_DATA": "relative", "XDG_STATE_HOME": "$ROOT/elsewhere"}}`,
			},
			want: []string{"fail hook-env-diverts " + local},
		},
		{
			name: "records are diverted by leaving a variable out", files: map[string]string{list: v2, user: enable, local: `{"env": {"XDG_STATE_HOME": ""}}`},
			vars: map[string]string{"XDG_STATE_HOME": "$ROOT/state"},
			want: []string{"fail hook-env-diverts " + local},
		},
		{
			name: "records are diverted by policy", files: map[string]string{list: v2, user: enable, managed: `{"env": {"AGENT_TELEMETRY_DATA": "$ROOT/elsewhere"}}`},
			want: []string{"warn hook-env-diverts " + managed},
		},
		{
			name: "some records are diverted", files: map[string]string{list: v2, user: enable, project: `{"env": {"HOME": "$ROOT/elsewhere"}, "hooks": $ALL}`},
			want: []string{"warn hook-env-diverts " + project, "warn hook-installed-twice " + project},
		},
		{
			name: "the data folder is where it is looked for", files: map[string]string{
				list: v2, user: enable, project: `{"env": {"AGENT_TELEMETRY_DATA": "$ROOT/data", "HOME": "$ROOT/elsewhere"}}`,
			},
			vars: map[string]string{"AGENT_TELEMETRY_DATA": "$ROOT/data"},
		},
		{name: "the home that it is anyway", files: map[string]string{list: v2, user: enable, project: `{"env": {"HOME": "$ROOT/home", "USERPROFILE": "/x"}}`}},
		{
			name: "disabled hooks", files: map[string]string{list: v2, user: enable, project: `{"disableAllHooks": true}`},
			want: []string{"fail all-hooks-disabled " + project},
		},
		{name: "plugin hooks only", files: map[string]string{list: v2, user: enable, managed: `{"strictPluginOnlyCustomization": true}`}, want: []string{"warn plugin-hooks-only " + managed}},
		{name: "managed hooks only", files: map[string]string{list: v2, user: enable, managed: `{"allowManagedHooksOnly": true}`}, want: []string{"fail managed-hooks-only " + managed}},
		{
			name: "managed hooks only, enabled by policy", files: map[string]string{list: v2, managed: strings.Replace(enable, "{", `{"allowManagedHooksOnly": true, `, 1)},
			want: []string{"warn managed-hooks-only " + managed},
		},
		{
			name: "without its binary", files: map[string]string{list: strings.Replace(v2, "$ROOT/cache", "$ROOT/bare", 1), "bare/hooks/hooks.json": pluginFile(), user: enable},
			want: []string{"fail binary-missing bare/bin/agent-telemetry-hook"},
		},
		{
			name: "hooks in the manifest", files: map[string]string{
				list: strings.Replace(v2, "$ROOT/cache", "$ROOT/other", 1), user: enable,
				"other/.claude-plugin/plugin.json":  `{"name": "x", "hooks": ["./more.json", {}]}`,
				"other/more.json":                   pluginFile(),
				"other/bin/agent-telemetry-hook/no": "",
			},
			want: []string{"fail binary-not-executable other/bin/agent-telemetry-hook"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.write(hooks, pluginFile())
			w.write("cache/bin/agent-telemetry-hook", "binary")
			if err := os.Chmod(w.path("cache/bin/agent-telemetry-hook"), 0o755); err != nil {
				t.Fatal(err)
			}
			for name, content := range test.files {
				w.write(name, content)
			}
			for name, value := range test.vars {
				w.vars[name] = strings.ReplaceAll(value, "$ROOT", w.root)
			}
			w.expect(Inspect(w.path("project"), w.env(), w.want()), test.want)
		})
	}
}

func TestInspectPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	tests := []struct {
		name string
		path string
		mode os.FileMode
		want []string
	}{
		{"settings", project, 0o666, []string{"warn settings-writable-by-others " + project}},
		{"folder of settings", "project/.claude", 0o777, []string{"warn settings-writable-by-others " + project}},
		{"folder with the sticky bit", "project/.claude", 0o777 | os.ModeSticky, nil},
		{"settings for the group", project, 0o664, nil},
		{"binary", "bin/agent-telemetry-hook", 0o757, []string{"warn binary-writable-by-others bin/agent-telemetry-hook"}},
		{"binary not executable", "bin/agent-telemetry-hook", 0o644, []string{"fail binary-not-executable bin/agent-telemetry-hook"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.write(project, `{"hooks": $ALL}`)
			if err := os.Chmod(w.path(test.path), test.mode); err != nil {
				t.Fatal(err)
			}
			w.expect(Inspect(w.path("project"), w.env(), w.want()), test.want)
		})
	}
	t.Run("settings unreadable", func(t *testing.T) {
		w := newWorld(t)
		w.write(project, `{"hooks": $ALL}`)
		if err := os.MkdirAll(w.path(user), 0o755); err != nil {
			t.Fatal(err)
		}
		w.expect(Inspect(w.path("project"), w.env(), w.want()), []string{"warn settings-unreadable " + user})
	})
}

func TestInspectAfterInstall(t *testing.T) {
	for _, level := range []Level{Project, Local, User, Managed} {
		t.Run(string(level), func(t *testing.T) {
			w := newWorld(t)
			file, err := Locate(level, w.path("project"), w.env())
			if err != nil {
				t.Fatal(err)
			}
			write(t, file.Path, read(t, filepath.Join("testdata", "busy.json")))
			if _, err := Install(file, w.want()); err != nil {
				t.Fatal(err)
			}
			report := Inspect(w.path("project"), w.env(), w.want())
			w.expect(report, nil)
			if len(report.Files) != 1 || report.Files[0] != file {
				t.Errorf("files %v", report.Files)
			}
		})
	}
}

func TestInspectInTheHomeFolder(t *testing.T) {
	w := newWorld(t)
	w.write(user, `{"hooks": $ALL}`)
	report := Inspect(w.path("home"), w.env(), w.want())
	w.expect(report, nil)
	if len(report.Files) != 1 {
		t.Errorf("one file is listed as %v", report.Files)
	}
}
