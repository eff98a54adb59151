//go:build unix

package capture_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/event"
)

// set gives a variable of the hook's environment a value; unset takes it out.
func (r *rig) set(name, value string) {
	r.unset(name)
	r.env = append(r.env, name+"="+value)
}

func (r *rig) unset(names ...string) {
	for _, name := range names {
		var kept []string
		for _, v := range r.env {
			if !strings.HasPrefix(v, name+"=") {
				kept = append(kept, v)
			}
		}
		r.env = kept
	}
}

// Whatever the environment is like, there is a record, of this project.
func TestEnvironment(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*rig)
		check func(*testing.T, *rig, entry)
	}{
		{name: "as it should be", spoil: func(*rig) {}, check: func(t *testing.T, _ *rig, e entry) {
			if e.Metadata.ClaudeVersion != "2.1.197" || e.Metadata.Scope != "project" || e.Metadata.Source != "hook" {
				t.Errorf("metadata: %+v", e.Metadata)
			}
		}},
		{name: "nothing at all, but for the project", spoil: func(r *rig) { r.env = []string{"CLAUDE_PROJECT_DIR=" + r.project, "TMPDIR=" + r.temp} }},
		{name: "no home, and no project but the working folder", spoil: func(r *rig) { r.env = []string{"TMPDIR=" + r.temp} }},
		{name: "empty values", spoil: func(r *rig) {
			r.env = []string{"PATH=", "HOME=", "CLAUDE_PROJECT_DIR=", "AI_AGENT=", "XDG_STATE_HOME=", "USER=", "TMPDIR=" + r.temp}
		}},
		{name: "huge", spoil: func(r *rig) {
			for _, name := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
				r.set(name, strings.Repeat("x", 100_000))
			}
			r.set("AI_AGENT", "claude-code_"+strings.Repeat("1-", 40_000)+"_harness")
			r.set("CLAUDE_CONFIG_DIR", strings.Repeat("/y", 40_000))
		}, check: func(t *testing.T, _ *rig, e entry) {
			if e.Metadata.AgentVersion != "" {
				t.Errorf("agent_version has %d bytes", len(e.Metadata.AgentVersion))
			}
		}},
		{name: "the working folder is gone", spoil: func(r *rig) {
			r.throughShell(`d=$TMPDIR/gone; mkdir "$d"; cd "$d"; rmdir "$d"; exec "$@"`)
		}},
		{name: "a relative project", spoil: func(r *rig) { r.set("CLAUDE_PROJECT_DIR", "../project") }},
		{name: "a home that is a file", spoil: func(r *rig) { r.write(r.base+"/home", ""); r.set("HOME", r.base+"/home") }},
		{name: "a data folder in the environment, pinned otherwise", spoil: func(r *rig) { r.set("AGENT_TELEMETRY_DATA", r.base+"/elsewhere") }, check: func(t *testing.T, r *rig, _ entry) {
			if exists(r.base + "/elsewhere") {
				t.Error("the environment won over the pinned arguments")
			}
		}},
		{name: "a data folder in the environment only", spoil: func(r *rig) { r.args = nil; r.set("AGENT_TELEMETRY_DATA", r.data) }},
		{name: "XDG_STATE_HOME", spoil: func(r *rig) {
			r.args = nil
			r.set("XDG_STATE_HOME", r.base)
			r.data = filepath.Join(r.base, "agent-telemetry")
		}},
		{name: "arguments of a later version", spoil: func(r *rig) { r.args = append([]string{"--new", "--other=1", "word"}, r.args...) }},
		{name: "another user's name", spoil: func(r *rig) { r.set("USER", "mallory"); r.set("LOGNAME", "mallory") }, check: func(t *testing.T, _ *rig, e entry) {
			if e.Metadata.UserID == "mallory" || e.Metadata.UserID == "" {
				t.Errorf("user_id is %q", e.Metadata.UserID)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			c.spoil(r)
			r.send(r.payload("one", "true"))
			e := r.only()
			if e.ToolUseID != "one" || e.ProjectPath != r.project || e.ProjectName != "project" {
				t.Errorf("record %q of project %q, %q", e.ToolUseID, e.ProjectPath, e.ProjectName)
			}
			if c.check != nil {
				c.check(t, r, e)
			}
			r.quiet()
		})
	}
}

// A user of whom the system knows no home still has a data folder.
func TestNoHomeAnywhere(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become a user whom nobody knows; TestDataDir covers the choice")
	}
	const unknown = 54321
	r := newRig(t)
	r.asNobody()
	for _, dir := range []string{r.temp, r.project} {
		if err := os.Chown(dir, unknown, unknown); err != nil {
			t.Fatal(err)
		}
	}
	r.configure = func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: unknown, Gid: unknown}}
	}
	r.unset("HOME")
	r.args = nil
	r.data = filepath.Join(r.temp, "agent-telemetry-54321")
	r.send(r.payload("one", "true"))
	if e := r.only(); e.ToolUseID != "one" || e.Metadata.UserID != "uid:54321" {
		t.Errorf("record %q of user %q", e.ToolUseID, e.Metadata.UserID)
	}
}

func TestDataDir(t *testing.T) {
	for _, c := range []struct {
		pinned string
		env    map[string]string
		want   string // "" any absolute path
	}{
		{pinned: "/p", env: map[string]string{"AGENT_TELEMETRY_DATA": "/e"}, want: "/p"},
		{env: map[string]string{"AGENT_TELEMETRY_DATA": "/e", "XDG_STATE_HOME": "/x", "HOME": "/h"}, want: "/e"},
		{env: map[string]string{"AGENT_TELEMETRY_DATA": "e", "XDG_STATE_HOME": "/x", "HOME": "/h"}, want: "/x/agent-telemetry"},
		{env: map[string]string{"XDG_STATE_HOME": "x", "HOME": "/h"}, want: "/h/.local/state/agent-telemetry"},
		{env: map[string]string{"HOME": "h"}},
		{},
	} {
		got := capture.DataDir(c.pinned, func(name string) string { return c.env[name] })
		if c.want != "" && got != c.want || !filepath.IsAbs(got) {
			t.Errorf("DataDir(%q, %v) = %q, want %q", c.pinned, c.env, got, c.want)
		}
	}
}

// With recording off nothing at all is written, not even a folder.
func TestRecordingOff(t *testing.T) {
	for name, prepare := range map[string]func(*rig){
		"no marker":                     func(r *rig) { r.remove(r.marker("")) },
		"a project that is not there":   func(r *rig) { r.set("CLAUDE_PROJECT_DIR", r.base+"/nowhere") },
		"a marker above the project":    func(r *rig) { r.mkdir(r.project + "/sub"); r.set("CLAUDE_PROJECT_DIR", r.project+"/sub") },
		"a project that is a file":      func(r *rig) { r.write(r.base+"/file", ""); r.set("CLAUDE_PROJECT_DIR", r.base+"/file") },
		"no payload and no marker":      func(r *rig) { r.remove(r.marker("")) },
		"no marker, whole folder given": func(r *rig) { r.remove(r.marker("")); r.unset("CLAUDE_PROJECT_DIR") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			prepare(r)
			r.send(r.payload("one", "true"))
			r.send("")
			if exists(r.data) || len(below(t, r.temp)) > 0 {
				t.Errorf("recording is off, and yet: %v %q", exists(r.data), below(t, r.temp))
			}
		})
	}
}

// A marker is found in its three places; hook.json can switch recording on for
// all projects and off for one.
func TestRecordingOn(t *testing.T) {
	for _, c := range []struct {
		name, place, config string
		scope               string // "" not recorded
	}{
		{name: "root", scope: "project"},
		{name: "claude", place: ".claude", scope: "project"},
		{name: "config", place: "config", scope: "project"},
		{name: "elsewhere", place: "src"},
		{name: "all projects", place: "none", config: `{"all_projects":true}`, scope: "user"},
		{name: "all projects and a marker", config: `{"all_projects":true}`, scope: "user"},
		{name: "off", config: `{"off":["PROJECT"]}`},
		{name: "off in all projects", place: "none", config: `{"all_projects":true,"off":["PROJECT"]}`},
		{name: "another one off", config: `{"off":["PROJECT/sub"]}`, scope: "project"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.remove(r.marker(""))
			if c.place != "none" {
				r.write(r.marker(c.place), "")
			}
			if c.config != "" {
				r.config(strings.ReplaceAll(c.config, "PROJECT", r.project))
			}
			r.send(r.payload("one", "true"))
			if c.scope == "" {
				if list := r.records(); len(list) != 0 {
					t.Errorf("recording is off, and yet there are %d records", len(list))
				}
				return
			}
			if e := r.only(); e.Metadata.Scope != c.scope || !e.TelemetryEnabled {
				t.Errorf("scope %q, telemetry_enabled %v", e.Metadata.Scope, e.TelemetryEnabled)
			}
		})
	}
}

// A marker that vanishes in mid-session is recorded once, without anything of
// what was done since, and then nothing more until it is back.
func TestMarkerVanishes(t *testing.T) {
	r := newRig(t)
	r.send(r.payload("one", "true"))
	r.remove(r.marker(""))
	r.send(r.payload("two", "echo after-the-marker"))
	r.send(r.payload("three", "echo after-the-marker"))
	list := r.records()
	if len(list) != 2 {
		t.Fatalf("%d records, not two", len(list))
	}
	e := list[1]
	if e.EventType != event.TelemetryDisabled || e.TelemetryEnabled || e.Level != event.Warn ||
		e.Action.MarkerRemoved != r.marker("") || e.SessionID != "s" || e.HookEvent != "PreToolUse" {
		t.Errorf("the notice is %s", e.line)
	}
	for _, file := range below(t, r.data) {
		if strings.Contains(r.text(file), "after-the-marker") || strings.Contains(r.text(file), `"two"`) {
			t.Errorf("%s holds something of what came after", file)
		}
	}
	r.write(r.marker("config"), "")
	r.send(r.payload("four", "true"))
	r.remove(r.marker("config"))
	r.send(r.payload("five", "true"))
	if list = r.records(); len(list) != 4 || list[2].ToolUseID != "four" || list[3].Action.MarkerRemoved != r.marker("config") {
		t.Errorf("after the marker came back and vanished again there are %d records", len(list))
	}
}

// A session that goes on in a project without a marker has not lost its own.
func TestSessionThatLeavesItsProject(t *testing.T) {
	r := newRig(t)
	r.send(r.payload("one", "true"))
	home := r.env
	r.env = append(slices.Clone(home), "CLAUDE_PROJECT_DIR="+t.TempDir()) // the last one counts
	r.send(r.payload("two", "true"))
	r.env = home
	if n := len(r.records()); n != 1 {
		t.Errorf("%d records, not one", n)
	}
	r.remove(r.marker(""))
	r.send(r.payload("three", "true"))
	if list := r.records(); len(list) != 2 || list[1].EventType != event.TelemetryDisabled {
		t.Errorf("the marker's end is told in %d records", len(list))
	}
}

// A session that ended leaves no note behind, and its marker may go.
func TestSessionEndForgets(t *testing.T) {
	r := newRig(t)
	r.send(r.payload("one", "true"))
	notes := below(t, capture.SessionsDir(r.data))
	if len(notes) != 1 {
		t.Fatalf("%d sessions noted, not one", len(notes))
	}
	r.send(`{"session_id":"s","hook_event_name":"SessionEnd","reason":"other"}`)
	if notes := below(t, capture.SessionsDir(r.data)); len(notes) != 0 {
		t.Errorf("the session ended, and its note stays: %q", notes)
	}
	r.remove(r.marker(""))
	r.send(r.payload("two", "true"))
	if n := len(r.records()); n != 2 {
		t.Errorf("%d records, not two", n)
	}
}

// What a session's note was replaced by does not hold up the hook.
func TestSessionNoteIsAPipe(t *testing.T) {
	r := newRig(t)
	r.send(r.payload("one", "true"))
	note := below(t, capture.SessionsDir(r.data))[0]
	r.remove(note)
	r.pipe(note)
	r.remove(r.marker(""))
	r.send(r.payload("two", "true"))
	if n := len(r.records()); n != 1 {
		t.Errorf("%d records, not one", n)
	}
}
