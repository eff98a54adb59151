package journal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

// forget makes the journal's end one that has to be recovered from an older segment.
func forget(t *testing.T, data string) {
	t.Helper()
	if err := errors.Join(os.Truncate(journal.ActivePath(data), 0), os.Remove(filepath.Join(journal.LogsDir(data), "journal.head"))); err != nil {
		t.Fatal(err)
	}
}

func edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func cutLines(n int) func([]byte) []byte {
	return func(text []byte) []byte {
		lines := bytes.SplitAfter(text, []byte{'\n'})
		return bytes.Join(lines[:len(lines)-1-n], nil)
	}
}

// disturbances are what a cursor at the end of the active segment must not survive.
func disturbances() map[string]func(t *testing.T, data string, j *journal.Journal) {
	return map[string]func(t *testing.T, data string, j *journal.Journal){
		"cut": func(t *testing.T, data string, _ *journal.Journal) {
			edit(t, journal.ActivePath(data), cutLines(1))
		},
		"cut within a line": func(t *testing.T, data string, _ *journal.Journal) {
			edit(t, journal.ActivePath(data), func(b []byte) []byte { return b[:len(b)-20] })
		},
		"cut, and grown beyond": func(t *testing.T, data string, j *journal.Journal) {
			edit(t, journal.ActivePath(data), cutLines(2))
			grow(t, j, 1)
			long := journal.EntryOf(&event.Record{EventType: event.FileRead, Level: event.Info, RawInput: event.RawJSON(`"` + strings.Repeat("x", 2000) + `"`)})
			if _, err := j.Append(long); err != nil {
				t.Fatal(err)
			}
		},
		"another file in its place, cut": func(t *testing.T, data string, _ *journal.Journal) {
			replace(t, data, cutLines(1))
		},
		"gone": func(t *testing.T, data string, _ *journal.Journal) {
			if err := os.RemoveAll(journal.LogsDir(data)); err != nil {
				t.Fatal(err)
			}
		},
		"another journal": func(t *testing.T, data string, j *journal.Journal) {
			if err := os.RemoveAll(journal.LogsDir(data)); err != nil {
				t.Fatal(err)
			}
			grow(t, j, 200)
		},
	}
}

func replace(t *testing.T, data string, change func([]byte) []byte) {
	t.Helper()
	path := journal.ActivePath(data)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(path+".new", change(text), 0o600), os.Rename(path+".new", path)); err != nil {
		t.Fatal(err)
	}
}

func TestCursorsThatTheJournalDoesNotBearOut(t *testing.T) {
	for name, disturb := range disturbances() {
		t.Run(name, func(t *testing.T) {
			data, _ := journalOf(t, 100)
			j := journal.New(data, journal.Options{Durability: journal.OS})
			grow(t, j, 4)
			awake := journal.NewReader(data, archive.Open)
			defer awake.Close()
			end := read(t, awake, journal.Cursor{})
			disturb(t, data, j)
			var wrong *journal.CursorError
			if _, err := journal.NewReaderAt(data, end, archive.Open); !errors.As(err, &wrong) || wrong.Cursor != end {
				t.Errorf("a new reader: %v", err)
			}
			if name == "gone" {
				return // a folder that is away for a moment is not a cut for one who has the file open
			}
			if _, err := awake.Next(); !errors.As(err, &wrong) || wrong.Cursor.Seq != end.Seq {
				t.Errorf("one who is reading: %v", err)
			}
			if _, err := awake.Next(); !errors.As(err, &wrong) {
				t.Errorf("and reads on: %v", err)
			}
		})
	}
}

// Another file of the same content is no disturbance: an editor may have put it there.
func TestAnEqualFileInTheActiveOnesPlace(t *testing.T) {
	data, j := journalOf(t, 100)
	r := journal.NewReader(data, archive.Open)
	defer r.Close()
	end := read(t, r, journal.Cursor{})
	replace(t, data, bytes.Clone)
	grow(t, j, 20)
	if end = read(t, r, end); end.Seq != 121 {
		t.Errorf("read up to %d", end.Seq)
	}
}

// What a failed append takes back is not read, nor is it in the way of what follows.
func TestUnfinishedLinesThatAreTakenBack(t *testing.T) {
	data, j := journalOf(t, 5)
	r := journal.NewReader(data, archive.Open)
	defer r.Close()
	end := read(t, r, journal.Cursor{})
	info, err := os.Stat(journal.ActivePath(data))
	if err != nil {
		t.Fatal(err)
	}
	edit(t, journal.ActivePath(data), func(b []byte) []byte { return append(b, `{"seq":7,"prev":"00`...) })
	end = read(t, r, end)
	if err := os.Truncate(journal.ActivePath(data), info.Size()); err != nil {
		t.Fatal(err)
	}
	end = read(t, r, end)
	grow(t, j, 3)
	if end = read(t, r, end); end.Seq != 9 {
		t.Errorf("read up to %d", end.Seq)
	}
}
