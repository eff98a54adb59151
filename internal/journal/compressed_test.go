package journal_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func verify(t *testing.T, data string, noted []journal.Noted) *journal.Report {
	t.Helper()
	r, err := journal.Verify(t.Context(), data, journal.VerifyOptions{Noted: noted, Open: archive.Open})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Faults {
		r.Faults[i].File = strings.TrimSuffix(r.Faults[i].File, archive.Suffix)
	}
	return r
}

// compress compresses some of the older segments.
func compress(t *testing.T, data string, some func(i int) bool) {
	t.Helper()
	segments, err := journal.Segments(data)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range segments {
		if !s.Active && !s.Compressed && some(i) {
			if err := archive.Compress(t.Context(), s.Path); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Compression hides no forgery, and makes none.
func TestForgeriesInCompressedSegments(t *testing.T) {
	journal.Forged(t, func(t *testing.T, data string, noted []journal.Noted) {
		want := verify(t, data, noted)
		for _, some := range []func(int) bool{
			func(i int) bool { return i%2 == 0 },
			func(int) bool { return true },
		} {
			compress(t, data, some)
			if diff := cmp.Diff(want, verify(t, data, noted), cmpopts.IgnoreUnexported(journal.Fault{})); diff != "" {
				t.Errorf("- before compression, + behind\n%s", diff)
			}
		}
	})
}

// journalOf makes a journal of n records in small segments.
func journalOf(t *testing.T, n int) (data string, j *journal.Journal) {
	t.Helper()
	data = t.TempDir()
	j = journal.New(data, journal.Options{Durability: journal.OS, SegmentBytes: 3000})
	grow(t, j, n)
	return data, j
}

func grow(t *testing.T, j *journal.Journal, n int) {
	t.Helper()
	for range n {
		if _, err := j.Append(journal.EntryOf(&event.Record{EventType: event.FileRead, Level: event.Info})); err != nil {
			t.Fatal(err)
		}
	}
}

// read reads on to the end and returns the cursor there; every record must follow
// the one before.
func read(t *testing.T, r *journal.Reader, from journal.Cursor) journal.Cursor {
	t.Helper()
	for {
		line, err := r.Next()
		if errors.Is(err, io.EOF) {
			return from
		}
		if err != nil {
			t.Fatal(err)
		}
		if line.Seq() != from.Seq+1 {
			t.Fatalf("record %d follows %d", line.Seq(), from.Seq)
		}
		from = line.Cursor()
	}
}

func TestReaderWhileSegmentsAreCompressed(t *testing.T) {
	data, j := journalOf(t, 100)
	var cursors []journal.Cursor
	plain := journal.NewReader(data, archive.Open)
	defer plain.Close()
	for {
		line, err := plain.Next()
		if err != nil {
			break
		}
		cursors = append(cursors, line.Cursor())
	}
	middle, err := journal.NewReaderAt(data, cursors[20], archive.Open)
	if err != nil {
		t.Fatal(err)
	}
	defer middle.Close()
	line, err := middle.Next()
	if err != nil || line.Seq() != 22 {
		t.Fatalf("%+v, %v", line, err)
	}
	before := line.Cursor()
	compress(t, data, func(int) bool { return true })
	if end := read(t, middle, before); end.Seq != 101 {
		t.Errorf("read up to %d", end.Seq)
	}
	for _, i := range rand.Perm(len(cursors)) {
		r, err := journal.NewReaderAt(data, cursors[i], archive.Open)
		if err != nil {
			t.Fatalf("the cursor behind record %d: %v", cursors[i].Seq, err)
		}
		if end := read(t, r, cursors[i]); end != cursors[len(cursors)-1] {
			t.Errorf("from record %d on, read up to %+v", cursors[i].Seq, end)
		}
		r.Close()
	}
	grow(t, j, 30)
	if end := read(t, plain, cursors[len(cursors)-1]); end.Seq != 131 {
		t.Errorf("read up to %d", end.Seq)
	}
}

func TestRetentionOfCompressedSegments(t *testing.T) {
	data, j := journalOf(t, 100)
	segments, err := journal.Segments(data)
	if err != nil {
		t.Fatal(err)
	}
	inside, err := journal.NewReaderAt(data, journal.Cursor{}, archive.Open)
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	var cursor, end journal.Cursor
	for cursor.Seq+1 < segments[3].First {
		line, err := inside.Next()
		if err != nil {
			t.Fatal(err)
		}
		cursor = line.Cursor()
		if cursor.Seq+3 == segments[3].First {
			end = cursor
		}
	}
	compress(t, data, func(int) bool { return true })
	removed, err := j.Retain(segments[4].First, archive.Open)
	if err != nil || len(removed) != 4 {
		t.Fatalf("removed %v, %v", removed, err)
	}
	if r := verify(t, data, nil); !r.Intact() || r.First != segments[4].First {
		t.Errorf("%+v", r)
	}
	for _, c := range []journal.Cursor{cursor, end} {
		r, err := journal.NewReaderAt(data, c, archive.Open)
		if err != nil {
			t.Fatal(err)
		}
		if line, err := r.Next(); err != nil || line.Seq() != segments[4].First {
			t.Errorf("goes on with %+v, %v", line, err)
		}
		r.Close()
	}
	if line, err := inside.Next(); err != nil || line.Seq() != segments[4].First {
		t.Errorf("goes on with %+v, %v", line, err)
	}
}

// A hook that has to recover the journal's end does not take a compressed segment
// for the end of nothing.
func TestRecoveryNeedsAPlainSegment(t *testing.T) {
	data, j := journalOf(t, 100)
	compress(t, data, func(int) bool { return true })
	forget(t, data)
	receipt, err := j.Append(journal.EntryOf(&event.Record{EventType: event.FileRead, Level: event.Info}))
	if err != nil || !receipt.Spooled {
		t.Errorf("%+v, %v", receipt, err)
	}
	if _, err := journal.ReadEnd(data); !errors.Is(err, journal.ErrCompressed) {
		t.Errorf("%v", err)
	}
}

func TestPlainReadersSayWhatIsCompressed(t *testing.T) {
	data, _ := journalOf(t, 100)
	compress(t, data, func(int) bool { return true })
	if _, err := journal.NewReader(data, nil).Next(); !errors.Is(err, journal.ErrCompressed) {
		t.Errorf("%v", err)
	}
	r, err := journal.Verify(t.Context(), data, journal.VerifyOptions{})
	if err != nil || r.Intact() || !bytes.Contains([]byte(r.Faults[0].String()), []byte("compressed")) {
		t.Errorf("%+v, %v", r, err)
	}
}
