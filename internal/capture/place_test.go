//go:build unix

package capture_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/journal"
)

// Where the data folder can be written, odd things in it cost no record.
func TestOddDataFolders(t *testing.T) {
	for _, c := range []struct {
		name       string
		spoil      func(*rig)
		complaints int // lines in <data>/logs
	}{
		{name: "missing", spoil: func(*rig) {}},
		{name: "missing, three levels", spoil: func(r *rig) { r.moveData("a/b/c") }},
		{name: "relative", spoil: func(r *rig) { r.args = []string{"--data=../data"} }},
		{name: "journal.head is a directory", spoil: func(r *rig) { r.mkdir(r.data + "/logs/journal.head/x") }},
		{name: "journal.head is a directory, and segments rotate", spoil: func(r *rig) {
			r.mkdir(r.data + "/logs/journal.head/x")
			r.config(`{"segment_bytes":1}`)
		}},
		{name: "journal.head is nonsense", spoil: func(r *rig) { r.write(r.data+"/logs/journal.head", strings.Repeat("\x00\xff{", 100)) }},
		{name: "spool is a file", spoil: func(r *rig) { r.write(r.data+"/spool", "") }},
		{name: "sessions is a file", spoil: func(r *rig) { r.write(r.data+"/sessions", "") }},
		{name: "hook-errors.log is a directory", spoil: func(r *rig) { r.mkdir(r.data + "/logs/hook-errors.log") }},
		{name: "the journal is empty", spoil: func(r *rig) { r.write(journal.ActivePath(r.data), "") }},
		{name: "the journal begins with NUL", spoil: func(r *rig) { r.write(journal.ActivePath(r.data), strings.Repeat("\x00", 10_000)) }},
		{name: "the journal is cut short", spoil: func(r *rig) { r.write(journal.ActivePath(r.data), `{"seq":1,"prev":"00`) }},
		{name: "hook.json is not JSON", spoil: func(r *rig) { r.config("durability: os\n") }, complaints: 1},
		{name: "hook.json is empty", spoil: func(r *rig) { r.config("") }, complaints: 1},
		{name: "hook.json is a list", spoil: func(r *rig) { r.config("[]") }},
		{name: "hook.json has wrong types", spoil: func(r *rig) {
			r.config(`{"durability":7,"segment_bytes":"x","all_projects":"yes","off":{},"allow":7,"uid":"root","user":[],"privacy":[]}`)
		}},
		{name: "hook.json has unknown levels", spoil: func(r *rig) { r.config(`{"privacy":{"contents":"everything"}}`) }, complaints: 1},
		{name: "hook.json has an unknown durability", spoil: func(r *rig) { r.config(`{"durability":"never"}`) }, complaints: 1},
		{name: "hook.json has a negative segment size", spoil: func(r *rig) { r.config(`{"segment_bytes":-1}`) }},
		{name: "hook.json is a directory", spoil: func(r *rig) { r.mkdir(capture.ConfigPath(r.data)) }, complaints: 1},
		{name: "hook.json is a pipe", spoil: func(r *rig) { r.mkdir(r.data); r.pipe(capture.ConfigPath(r.data)) }, complaints: 1},
		{name: "hook.json is huge", spoil: func(r *rig) { r.config(strings.Repeat(" ", 2<<20)) }, complaints: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			c.spoil(r)
			r.send(r.payload("one", "true"))
			r.send(r.payload("two", "true"))
			list := r.records()
			if len(list) != 2 || list[0].ToolUseID != "one" || list[1].ToolUseID != "two" {
				t.Errorf("%d records, not those of two calls", len(list))
			}
			got := r.complaints()
			if len(got[0]) != 2*c.complaints || len(got[1]) > 0 {
				t.Errorf("the error logs have, of two calls, %q", got)
			}
		})
	}
}

func (r *rig) moveData(to string) {
	r.data = filepath.Join(r.base, to)
	r.args = []string{"--data", r.data}
}

func (r *rig) pipe(path string) {
	r.t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// Where the journal cannot be written but the spool can, the record is there and
// is taken along once the journal is well again.
func TestJournalCannotBeWritten(t *testing.T) {
	for name, spoil := range map[string]func(r *rig) (mend func()){
		"the journal is a directory": func(r *rig) func() {
			r.mkdir(journal.ActivePath(r.data))
			return func() { r.remove(journal.ActivePath(r.data)) }
		},
		"journal.lock is a directory": func(r *rig) func() {
			lock := filepath.Join(journal.LogsDir(r.data), "journal.lock")
			r.mkdir(lock)
			return func() { r.remove(lock) }
		},
		"logs is a file": func(r *rig) func() {
			r.write(journal.LogsDir(r.data), "")
			return func() { r.remove(journal.LogsDir(r.data)) }
		},
		"files may not grow": func(r *rig) func() {
			for len(r.text(journal.ActivePath(r.data))) < 8<<10 {
				r.send(r.payload("before", "true"))
			}
			r.throughShell(`ulimit -f 8; exec "$@"`) // blocks of 512 or 1024 bytes
			return func() { r.configure = nil }
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			mend := spoil(r)
			r.send(r.payload("one", "true"))
			r.send(r.payload("two", "true"))
			if n := len(r.spooled()); n != 2 {
				t.Fatalf("%d records in the spool, not two; the error logs say %q", n, r.complaints())
			}
			mend()
			r.send(r.payload("three", "true"))
			var ids []string
			for _, e := range r.records() {
				if e.ToolUseID != "before" {
					ids = append(ids, e.ToolUseID)
				}
			}
			if got := strings.Join(ids, " "); got != "one two three" {
				t.Errorf("the journal has %q", got)
			}
			r.quiet()
		})
	}
}

func (r *rig) text(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

// Where no record can be written at all, each call leaves one line in the first
// error log that takes it.
func TestNothingCanBeWritten(t *testing.T) {
	for _, c := range []struct {
		name   string
		spoil  func(*rig)
		inData bool // the line is in <data>/logs
	}{
		{name: "the data folder is a file", spoil: func(r *rig) { r.write(r.data, "") }},
		{name: "the data folder lies below a file", spoil: func(r *rig) { r.write(r.base+"/file", ""); r.moveData("file/data") }},
		{name: "the data folder is a link to nothing", spoil: func(r *rig) {
			if err := os.Symlink("/nowhere/at/all", r.data); err != nil {
				r.t.Fatal(err)
			}
		}},
		{name: "the data folder is read-only", spoil: func(r *rig) {
			r.mkdir(r.data)
			r.asNobody()
			r.readOnly(r.data)
		}},
		{name: "its parent is read-only", spoil: func(r *rig) {
			r.asNobody()
			r.mkdir(r.base + "/parent")
			r.readOnly(r.base + "/parent")
			r.moveData("parent/data")
		}},
		{name: "the data folder cannot be entered", spoil: func(r *rig) {
			r.mkdir(r.data)
			r.asNobody()
			if err := os.Chmod(r.data, 0); err != nil {
				r.t.Fatal(err)
			}
			r.t.Cleanup(func() { _ = os.Chmod(r.data, 0o700) })
		}},
		{name: "journal and spool are broken", inData: true, spoil: func(r *rig) {
			r.mkdir(journal.ActivePath(r.data))
			r.write(journal.SpoolDir(r.data), "")
		}},
		{name: "hook.json is broken as well", inData: true, spoil: func(r *rig) {
			r.mkdir(journal.ActivePath(r.data))
			r.write(journal.SpoolDir(r.data), "")
			r.config("nonsense")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			c.spoil(r)
			r.send(r.payload("one", "true"))
			got := r.complaints()
			if c.inData != (len(got[0]) == 1) || c.inData == (len(got[1]) == 1) || len(got[0])+len(got[1]) != 1 {
				t.Errorf("the error logs have, of one call, %q", got)
			}
		})
	}
}

const nobody = 65534

// asNobody makes sure that permissions hold: they do not for root.
func (r *rig) asNobody() {
	if os.Getuid() != 0 {
		return
	}
	r.t.Helper()
	for dir := r.base; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			r.t.Fatal(err)
		}
	}
	for _, dir := range []string{r.temp, r.data, r.project} {
		if err := os.Chown(dir, nobody, nobody); err != nil && !os.IsNotExist(err) {
			r.t.Fatal(err)
		}
	}
	r.configure = func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}

func (r *rig) readOnly(dir string) {
	r.t.Helper()
	if err := os.Chmod(dir, 0o500); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
}

// An error log that somebody else put into the temp folder is not written to.
func TestErrorLogOfSomebodyElse(t *testing.T) {
	r := newRig(t)
	r.write(r.data, "") // a file, so that the temp folder's log is the only one
	r.send(r.payload("one", "true"))
	logs, err := filepath.Glob(filepath.Join(r.temp, "*.log"))
	if err != nil || len(logs) != 1 {
		t.Fatalf("error logs %q: %v", logs, err)
	}
	log := logs[0]
	r.remove(log)
	victim := filepath.Join(r.base, "victim")
	r.write(victim, "mine")
	for name, put := range map[string]func() error{
		"link to a file": func() error { return os.Symlink(victim, log) },
		"link to none":   func() error { return os.Symlink(victim+"2", log) },
		"pipe":           func() error { return syscall.Mkfifo(log, 0o600) },
		"folder":         func() error { return os.Mkdir(log, 0o700) },
	} {
		if err := put(); err != nil {
			t.Fatal(err)
		}
		r.send(r.payload("two", "true"))
		if got := r.text(victim); got != "mine" || exists(victim+"2") {
			t.Errorf("%s: the hook followed it: %q", name, got)
		}
		r.remove(log)
	}
	if os.Getuid() == 0 {
		r.write(log, "")
		if err := os.Chown(log, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		r.send(r.payload("three", "true"))
		if got := r.text(log); got != "" {
			t.Errorf("the hook wrote into another user's file: %q", got)
		}
	}
}

// No file may be written, not even an error log: still nothing is heard of it.
func TestNoFileMayGrow(t *testing.T) {
	r := newRig(t)
	r.throughShell(`ulimit -f 0; exec "$@"`)
	r.send(r.payload("one", "true"))
	r.configure = nil
	r.send(r.payload("two", "true"))
	if list := r.records(); len(list) == 0 || list[len(list)-1].ToolUseID != "two" {
		t.Errorf("afterwards the hook does not record: %d records", len(list))
	}
}
