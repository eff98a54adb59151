package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/journal"

	"github.com/google/go-cmp/cmp"
)

// patient is a project with a data folder, and nothing installed.
func patient(t *testing.T) *examination {
	t.Helper()
	root := t.TempDir()
	getenv := func(name string) string {
		if name == "HOME" || name == "USERPROFILE" {
			return root
		}
		return ""
	}
	o := Options{
		Project: filepath.Join(root, "project"), Data: filepath.Join(root, "data"),
		Env: settings.Env{Getenv: getenv, ManagedRoot: filepath.Join(root, "managed")},
		Now: time.Now, Free: func(string) (uint64, error) { return 1 << 40, nil },
	}
	for _, folder := range []string{o.Project, o.Data} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return &examination{Options: o, report: Report{Project: o.Project, Data: o.Data}}
}

func (x *examination) codes() (codes []string) {
	for _, f := range x.report.Findings {
		codes = append(codes, string(f.Level)+" "+f.Code)
	}
	return codes
}

func TestDiskSpace(t *testing.T) {
	for _, c := range []struct {
		left uint64
		err  error
		want string
	}{
		{2 << 30, nil, "ok data-ok"},
		{1<<30 - 1, nil, "warn disk-low"},
		{32<<20 - 1, nil, "fail disk-low"},
		{0, errors.New("no such call"), "ok data-ok"},
	} {
		x := patient(t)
		x.Free = func(string) (uint64, error) { return c.left, c.err }
		if !x.data() || !slices.Equal(x.codes(), []string{c.want}) {
			t.Errorf("%d bytes left: got %v, want %s", c.left, x.codes(), c.want)
		}
	}
}

func TestSystemTellsFreeSpace(t *testing.T) {
	if left, err := free(t.TempDir()); err != nil || left == 0 {
		t.Errorf("free space: %d, %v", left, err)
	}
	if _, err := free(filepath.Join(t.TempDir(), "nothing")); err == nil {
		t.Error("no error for a folder that does not exist")
	}
}

// TestJournalTail changes the end of a journal as a long one's end is examined.
func TestJournalTail(t *testing.T) {
	dropLast := func(text string) string {
		lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
		return strings.Join(lines[:len(lines)-1], "")
	}
	for name, c := range map[string]struct {
		change func(string) string
		noHead bool
		want   string
	}{
		"honest":           {change: func(s string) string { return s }, want: "ok journal-whole"},
		"edited":           {change: func(s string) string { return strings.Replace(s, "number 2", "number 7", 1) }, want: "fail journal-broken"},
		"last one edited":  {change: func(s string) string { return strings.Replace(s, "number 4", "number 7", 1) }, want: "fail journal-broken"},
		"cut":              {change: dropLast, want: "fail journal-broken"},
		"cut, and no head": {change: dropLast, noHead: true, want: "ok journal-whole"},
		"torn tail":        {change: func(s string) string { return s + `{"seq":` }, want: "ok journal-whole"},
	} {
		t.Run(name, func(t *testing.T) {
			x := patient(t)
			j := journal.New(x.Data, journal.Options{})
			for _, text := range []string{"1", "2", "3", "4"} {
				if _, err := j.Append(journal.NewEntry([]byte(`"host":"h"`), []byte(`"session_id":"number `+text+`"`))); err != nil {
					t.Fatal(err)
				}
			}
			path := journal.ActivePath(x.Data)
			text, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, []byte(c.change(string(text))), 0o600)
			}
			if c.noHead {
				err = errors.Join(err, os.Remove(filepath.Join(journal.LogsDir(x.Data), "journal.head")))
			}
			if err != nil {
				t.Fatal(err)
			}
			x.journalTail()
			if diff := cmp.Diff([]string{c.want}, x.codes()); diff != "" {
				t.Error(diff, x.report.Findings)
			}
		})
	}
}

func TestRedirected(t *testing.T) {
	for _, c := range []struct{ args, want []string }{
		{nil, []string{"--data", "/x"}},
		{[]string{"--data", "/a"}, []string{"--data", "/x"}},
		{[]string{"-v", "--data=/a", "more"}, []string{"-v", "more", "--data", "/x"}},
		{[]string{"--data"}, []string{"--data", "/x"}},
	} {
		if diff := cmp.Diff(c.want, redirected(c.args, "/x")); diff != "" {
			t.Errorf("%q: %s", c.args, diff)
		}
	}
}

// TestEveryFindingHasARemedy examines a project where as much as possible is wrong.
func TestEveryFindingHasARemedy(t *testing.T) {
	x := patient(t)
	for path, text := range map[string]string{
		"hook.json": "{", "logs/claude-telemetry.jsonl": "{}\n", "logs/hook-errors.log": "not JSON\n", "spool/1.bad": "", "spool/1.json": "",
	} {
		path = filepath.Join(x.Data, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	x.Now = func() time.Time { return time.Now().Add(time.Hour) }
	x.Free = func(string) (uint64, error) { return 0, nil }
	r := Examine(context.Background(), x.Options)
	if r.Records {
		t.Error("such a project would not be recorded")
	}
	var bad []string
	for _, f := range r.Findings {
		if f.Level == settings.OK {
			continue
		}
		bad = append(bad, f.Code)
		if f.Remedy == "" || f.Title == "" {
			t.Errorf("%s has no remedy or title: %+v", f.Code, f)
		}
	}
	want := []string{
		"hook-absent", "project-not-enabled", "data-open-to-others", "disk-low", "hook-config-invalid",
		"journal-broken", "spool-waiting", "spool-damaged", "hook-errors",
	}
	if diff := cmp.Diff(want, bad); diff != "" {
		t.Error(diff)
	}
}
