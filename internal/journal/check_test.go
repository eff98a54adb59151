package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// check reads the journal on from a state and returns all that is wrong, as "kind seq".
func (b *bench) check(s State, stops int) (found []string, end State) {
	b.t.Helper()
	tell := func(faults []Fault) {
		for _, f := range faults {
			b.t.Log(f.String())
			found = append(found, fmt.Sprintf("%s %d", f.Kind, f.Seq))
		}
	}
	for n := 0; ; n++ {
		r, err := NewReaderAt(b.data, s.Cursor, nil)
		if err != nil {
			b.t.Fatal(err)
		}
		c := NewChecker(s)
		for lines := 0; ; lines++ {
			line, err := r.Next()
			if errors.Is(err, io.EOF) {
				tell(c.Rest(true))
				r.Close()
				return found, c.State
			}
			if err != nil {
				b.t.Fatal(err)
			}
			tell(c.Check(line))
			if stops > 0 && lines > stops {
				break
			}
		}
		tell(c.Rest(false))
		r.Close()
		s = c.State
	}
}

// A fault that the chain itself shows is found, and found once or, where something
// was moved, at either place. What only a head noted elsewhere shows is not.
func TestCheckerOnForgeries(t *testing.T) {
	want := map[string][]string{
		"nothing":                                        nil,
		"edit a record":                                  {"edited 5"},
		"edit a record to another length":                {"edited 5"},
		"edit the first record":                          {"edited 1"},
		"edit the last record":                           nil, // the next one will tell
		"edit a record's prev":                           {"edited 5"},
		"edit a record beyond recognition":               {"edited 5"},
		"edit a record into invalid JSON":                {"edited 5"},
		"edit two records":                               {"edited 3", "edited 7"},
		"edit the last record of a segment":              {"edited 10"},
		"delete a record":                                {"missing 5"},
		"delete three records":                           {"missing 5"},
		"delete the first record":                        {"missing 1"},
		"insert a well-chained record":                   {"inserted 6"},
		"insert two records":                             {"inserted 6"},
		"insert a record behind its namesake":            {"inserted 6"},
		"insert a line of text":                          {"inserted 0"},
		"reorder two records":                            {"missing 5", "reordered 5"},
		"move a record far":                              {"missing 8", "reordered 8"},
		"duplicate a record":                             {"duplicated 5"},
		"duplicate a record elsewhere":                   {"duplicated 2"},
		"duplicate three records":                        {"duplicated 3"},
		"swap two segments":                              {"missing 11", "reordered 11"},
		"swap the first two segments":                    {"reordered 1", "missing 1"},
		"drop a segment":                                 {"missing 21"},
		"drop the first segment":                         {"missing 1"},
		"copy a segment":                                 {"duplicated 11"},
		"CR LF":                                          {"edited 11"},
		"append garbage":                                 nil, // the next record will tell
		"append garbage without a newline":               nil,
		"append garbage that a writer then finds":        {"inserted 0"},
		"start anew behind the old chain":                {"restarted 1"},
		"remove everything, and a writer finds the head": {"cut 0"},
		"cut the tail":                                   nil, // the cursor will tell
		"cut the tail, and a writer finds the head":      {"cut 60"},
		"cut the tail and the head":                      nil,
		"remove the active segment":                      nil,
		"roll back to an old copy":                       nil,
		"rewrite the whole chain":                        nil,
	}
	for _, f := range forgeries() {
		t.Run(f.name, func(t *testing.T) {
			b := sixty(t)
			if f.change != nil {
				f.change(b)
			}
			expected, ok := want[f.name]
			if !ok {
				t.Fatal("say what is to be found")
			}
			if got, _ := b.check(State{}, 0); fmt.Sprint(got) != fmt.Sprint(expected) {
				t.Errorf("got  %q\nwant %q", got, expected)
			}
		})
	}
}

// Nor is an honest journal called forged by one who reads along, wherever it stops.
func TestCheckerOnHonestJournals(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t)
		b.opts.SegmentBytes = int64(rapid.IntRange(500, 5000).Draw(rt, "segment"))
		var s State
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			switch rapid.IntRange(0, 4).Draw(rt, "step") {
			case 0, 1:
				b.append(rapid.IntRange(1, 5).Draw(rt, "n"))
			case 2: // killed in the middle of a write
				n := rapid.IntRange(1, 600).Draw(rt, "written")
				o := b.opts
				o.Write = func(f *os.File, text []byte) (int, error) {
					_, _ = f.Write(text[:min(n, len(text))])
					panic("killed")
				}
				killed(func() { _, _ = New(b.data, o).Append(entry(7)) })
			case 3:
				b.now = b.now.AddDate(0, 0, 1)
			case 4:
				if _, err := New(b.data, b.opts).Retain(s.Cursor.Seq, nil); err != nil && !errors.Is(err, errBusy) { // the killed keep their locks until collected
					rt.Fatal(err)
				}
			}
			var found []string
			from := s
			if rapid.Bool().Draw(rt, "from the beginning") {
				from = State{}
			}
			if found, s = b.check(from, rapid.IntRange(0, 3).Draw(rt, "stops")); len(found) > 0 {
				rt.Fatalf("called forged: %q", found)
			}
		}
		if end, err := ReadEnd(b.data); err != nil || end.Seq != s.Cursor.Seq || end.Seq > 0 && end.Hash != s.Cursor.Hash {
			rt.Fatalf("checked up to %+v; the journal ends with %d, %v", s.Cursor, end.Seq, err)
		}
	})
}
