package settings

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files and the plugin's hooks.json anew")

func TestLocate(t *testing.T) {
	env := func(pairs ...string) Env {
		return Env{ManagedRoot: "/managed", Getenv: func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}}
	}
	home := "HOME"
	if runtime.GOOS == "windows" {
		home = "USERPROFILE"
	}
	tests := []struct {
		level Level
		env   Env
		want  string
	}{
		{Project, env(), "/p/.claude/settings.json"},
		{Local, env(), "/p/.claude/settings.local.json"},
		{User, env(home, "/h"), "/h/.claude/settings.json"},
		{User, env(home, "/h", "CLAUDE_CONFIG_DIR", "/c"), "/c/settings.json"},
		{User, env(), ""},
		{Managed, env(), "/managed/managed-settings.d/50-agent-telemetry.json"},
		{"global", env(), ""},
	}
	for _, test := range tests {
		file, err := Locate(test.level, absolute("/p"), test.env)
		got := filepath.ToSlash(strings.TrimPrefix(file.Path, "C:"))
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("Locate(%s) = %q, %v, want %q", test.level, got, err, test.want)
		}
	}
}

func TestPlanTouchesNothing(t *testing.T) {
	file := at(t, "{}")
	plan, err := PlanInstall(file, testHook("/data"))
	if err != nil {
		t.Fatal(err)
	}
	if read(t, file.Path) != "{}" {
		t.Error("planning changed the file")
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(plan.Result()), read(t, file.Path)); diff != "" {
		t.Error(diff)
	}
	var shown struct {
		Action  string
		File    File
		Changes []Change
	}
	if encoded, err := json.Marshal(plan); err != nil || json.Unmarshal(encoded, &shown) != nil {
		t.Fatal(err)
	}
	if shown.Action != "edit" || shown.File != file || len(shown.Changes) != len(Events()) {
		t.Errorf("shown as %+v", shown)
	}
}

func TestApplyRefusesAFileThatChanged(t *testing.T) {
	for name, before := range map[string]string{"edited": "{}", "created": ""} {
		t.Run(name, func(t *testing.T) {
			file := at(t, before)
			plan, err := PlanInstall(file, testHook("/data"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, file.Path, `{"model": "opus"}`)
			if err := plan.Apply(); err == nil || read(t, file.Path) != `{"model": "opus"}` {
				t.Errorf("Apply wrote over another's edit: %v", err)
			}
		})
	}
}

func TestBackupIsTheFileBeforeUs(t *testing.T) {
	file := at(t, `{"model": "opus"}`)
	backup := install(t, file, testHook("/a")).Backup
	for _, data := range []string{"/a", "/b"} {
		install(t, file, testHook(data))
		if got := read(t, backup); got != `{"model": "opus"}` {
			t.Errorf("after another install the copy is %s", got)
		}
	}
	if plan := uninstall(t, file); !plan.DropBackup {
		t.Error("the copy was not needed to restore the file")
	}
	if _, err := os.Stat(backup); err == nil {
		t.Error("the copy is left, though the file is what it was")
	}
	write(t, file.Path, `{"model": "sonnet"}`)
	install(t, file, testHook("/a"))
	if got := read(t, backup); got != `{"model": "sonnet"}` {
		t.Errorf("a first install kept %s", got)
	}
}

func TestUninstallDeletesWhatWasCreatedAndUpdated(t *testing.T) {
	file := at(t, "")
	install(t, file, testHook("/a"))
	if plan := install(t, file, testHook("/b")); plan.Action != Edit || plan.SaveBackup {
		t.Errorf("a copy of our own entries is kept: %+v", plan)
	}
	if plan := uninstall(t, file); plan.Action != Delete {
		t.Errorf("plan %+v leaves %s", plan, plan.Result())
	}
	if _, err := os.Stat(filepath.Dir(file.Path)); err == nil {
		t.Error("the folder that was made for the file is left")
	}
}

func TestUninstallKeepsLaterEdits(t *testing.T) {
	file := at(t, read(t, filepath.Join("testdata", "busy.json")))
	backup := install(t, file, testHook("/data")).Backup
	edited := strings.Replace(read(t, file.Path), `"cleanupPeriodDays": 90`, `"cleanupPeriodDays": 7`, 1)
	write(t, file.Path, edited)
	plan := uninstall(t, file)
	if plan.DropBackup || plan.Action != Edit {
		t.Errorf("plan %+v", plan)
	}
	want := without(t, []byte(read(t, filepath.Join("testdata", "busy.json"))))
	want["cleanupPeriodDays"] = 7.0
	if diff := cmp.Diff(want, without(t, []byte(read(t, file.Path)))); diff != "" {
		t.Error(diff)
	}
	if len(ours(t, read(t, file.Path))) > 0 {
		t.Error("entries of ours are left")
	}
	if _, err := os.Stat(backup); err != nil {
		t.Errorf("the copy is gone, though the file is not what it was: %v", err)
	}
}

func TestUninstallWithoutABackup(t *testing.T) {
	file := at(t, read(t, filepath.Join("testdata", "busy.json")))
	os.Remove(install(t, file, testHook("/data")).Backup)
	uninstall(t, file)
	// An array that was empty before cannot be told from one that install made.
	want := strings.Replace(read(t, filepath.Join("testdata", "busy.json")), "    \"Stop\": [],\n", "", 1)
	if diff := cmp.Diff(want, read(t, file.Path)); diff != "" {
		t.Error(diff)
	}
}

func TestUninstallOfNothing(t *testing.T) {
	for _, content := range []string{"", "{}", `{"hooks": {"Stop": []}}`} {
		file := at(t, content)
		if plan := uninstall(t, file); !plan.Unchanged() {
			t.Errorf("%q: %+v", content, plan)
		}
		if content != "" && read(t, file.Path) != content {
			t.Errorf("%q became %q", content, read(t, file.Path))
		}
	}
}

func TestUninstallAfterClaudeCodeRewroteTheFile(t *testing.T) {
	file := at(t, "")
	install(t, file, testHook("/data"))
	var value any
	if err := json.Unmarshal([]byte(read(t, file.Path)), &value); err != nil {
		t.Fatal(err)
	}
	rewritten, _ := json.MarshalIndent(value, "", "  ")
	write(t, file.Path, string(rewritten))
	if plan := install(t, file, testHook("/data")); !plan.Unchanged() {
		t.Errorf("a rewritten file is changed again: %+v", plan.Changes)
	}
	if plan := uninstall(t, file); plan.Action != Delete {
		t.Errorf("plan %+v leaves %s", plan, plan.Result())
	}
}
