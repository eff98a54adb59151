package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/event/eventtest"
)

// bench is a journal under test, with a clock of its own.
type bench struct {
	t    testing.TB
	data string
	now  time.Time
	opts Options
}

func newBench(t testing.TB) *bench {
	b := &bench{t: t, data: t.TempDir(), now: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)}
	own := event.Metadata{TelemetryVersion: event.SchemaVersion, Scope: "user", Source: "hook"}
	b.opts = Options{Durability: OS, Metadata: own, Now: func() time.Time { b.now = b.now.Add(time.Millisecond); return b.now }}
	return b
}

func entry(i int) Entry {
	r := event.Record{EventType: event.FileRead, SessionID: fmt.Sprintf("session-%d", i), Level: event.Info}
	r.Metadata = event.Metadata{Host: "h", TelemetryVersion: event.SchemaVersion, Scope: "project", Source: "hook"}
	return EntryOf(&r)
}

func (b *bench) append(n int) {
	b.t.Helper()
	j := New(b.data, b.opts)
	for i := range n {
		if _, err := j.Append(entry(i)); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) lines() [][]byte {
	b.t.Helper()
	var out [][]byte
	segments, err := Segments(b.data)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, s := range segments {
		text, err := os.ReadFile(s.Path)
		if err != nil {
			b.t.Fatal(err)
		}
		out = append(out, bytes.SplitAfter(text, []byte{'\n'})...)
		out = out[:len(out)-1]
	}
	return out
}

func (b *bench) verify(noted ...Noted) *Report {
	b.t.Helper()
	r, err := Verify(context.Background(), b.data, VerifyOptions{Noted: noted})
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *bench) mustBeWhole(records int) {
	b.t.Helper()
	r := b.verify()
	if len(r.Faults) > 0 || r.Records != int64(records) || r.Last != uint64(records) {
		b.t.Fatalf("want %d records and no fault: %+v", records, r)
	}
	b.validate()
}

// onlyTorn checks that honest damage is not called tampering.
func (b *bench) onlyTorn(torn int) {
	b.t.Helper()
	n := 0
	for _, f := range b.verify().Faults {
		if f.Tampering() {
			b.t.Errorf("honest journal called forged: %s", f.String())
		}
		n++
	}
	if n != torn {
		b.t.Errorf("%d torn lines named, want %d", n, torn)
	}
	b.validate()
}

func (b *bench) validate() {
	for _, line := range b.lines() {
		if line = bytes.TrimSuffix(line, []byte{'\n'}); complete(line) {
			eventtest.Validate(b.t, line)
		}
	}
}

func (b *bench) active() string { return ActivePath(b.data) }

func (b *bench) edit(path string, change func([]byte) []byte) {
	b.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, change(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// The chain must be checkable with nothing but a JSON parser and sha256sum.
func TestChainIsWhatTheProtocolSays(t *testing.T) {
	b := newBench(t)
	b.append(20)
	prev := strings.Repeat("0", 64)
	var last time.Time
	var id string
	for i, line := range b.lines() {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		var r event.Record
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		if r.Seq != uint64(i+1) || r.Prev != prev || !r.Timestamp.After(last) {
			t.Fatalf("line %d: %s", i+1, line)
		}
		if i == 0 && r.EventType != event.JournalStart {
			t.Errorf("the first record is %s", r.EventType)
		}
		if i == 0 {
			id = r.Metadata.Journal
		}
		if len(id) != 32 || r.Metadata.Journal != id {
			t.Errorf("journal id %q, then %q", id, r.Metadata.Journal)
		}
		sum := sha256.Sum256(line)
		prev, last = hex.EncodeToString(sum[:]), r.Timestamp
	}
	b.mustBeWhole(21)
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	b := newBench(t)
	b.data = filepath.Join(b.data, "new", "data")
	b.append(1)
	err := filepath.Walk(b.data, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestClock(t *testing.T) {
	b := newBench(t)
	b.opts.Now = func() time.Time { return b.now }
	b.append(3)                         // the clock stands still
	b.now = b.now.Add(-time.Second / 2) // a small step back is smoothed
	b.append(1)
	b.now = b.now.Add(-time.Hour) // a large one is recorded
	b.append(2)
	b.mustBeWhole(7)
	var steps []int64
	var last time.Time
	for _, line := range b.lines() {
		var r event.Record
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		if r.ClockStepMS != 0 {
			steps = append(steps, r.ClockStepMS)
		} else if !r.Timestamp.After(last) {
			t.Errorf("time stands still at record %d", r.Seq)
		}
		last = r.Timestamp
	}
	if len(steps) != 1 || steps[0] > -3600_000+1000 || steps[0] < -3600_000-1000 {
		t.Errorf("clock steps recorded: %v", steps)
	}
}

func TestHonestTails(t *testing.T) {
	next := func(b *bench) []byte { // the record that would come next, as bytes
		c := newBench(t)
		if err := os.CopyFS(filepath.Join(c.data), os.DirFS(b.data)); err != nil {
			t.Fatal(err)
		}
		c.append(1)
		lines := c.lines()
		return lines[len(lines)-1]
	}
	for name, c := range map[string]struct {
		tail    func(b *bench) []byte
		torn    int
		records int // with the one appended afterwards
	}{
		"nothing":           {func(*bench) []byte { return nil }, 0, 12},
		"half a record":     {func(b *bench) []byte { n := next(b); return n[:len(n)/2] }, 1, 12},
		"ends like a whole": {func(b *bench) []byte { n := next(b); return n[:bytes.Index(n, []byte("},"))+1] }, 1, 12},
		"so, with newline": {func(b *bench) []byte {
			n := next(b)
			return append(n[:bytes.Index(n, []byte("},"))+1:bytes.Index(n, []byte("},"))+1], '\n')
		}, 1, 12},
		"a few bytes":         {func(b *bench) []byte { return next(b)[:3] }, 1, 12},
		"NULs":                {func(*bench) []byte { return make([]byte, 4000) }, 1, 12},
		"a record, then NULs": {func(b *bench) []byte { n := next(b); return append(n[:200:200], make([]byte, 300)...) }, 1, 12},
		"no newline":          {func(b *bench) []byte { n := next(b); return n[:len(n)-1] }, 0, 13},
		"record but no head":  {next, 0, 13},
		"a lone newline":      {func(*bench) []byte { return []byte{'\n'} }, 1, 12},
		"two torn lines":      {func(b *bench) []byte { n := next(b); return append(append(n[:90:90], '\n'), n[:20]...) }, 2, 12},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.append(10)
			tail := c.tail(b)
			b.edit(b.active(), func(text []byte) []byte { return append(text, tail...) })
			b.onlyTorn(c.torn)
			b.append(1)
			b.onlyTorn(c.torn)
			if r := b.verify(); r.Records != int64(c.records) || r.Last != uint64(c.records) {
				t.Errorf("%d records, last %d; want %d", r.Records, r.Last, c.records)
			}
			b.append(3)
			b.onlyTorn(c.torn)
		})
	}
}

func TestHeadThatCannotBeTrusted(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"gone":      nil,
		"empty":     func([]byte) []byte { return nil },
		"torn":      func(h []byte) []byte { return h[:100] },
		"noise":     func([]byte) []byte { return []byte("noise") },
		"half new":  func(h []byte) []byte { return bytes.Replace(h, []byte(`"seq":1`), []byte(`"seq":2`), 1) },
		"unchanged": func(h []byte) []byte { return h },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.append(10)
			if change == nil {
				if err := os.Remove(headPath(LogsDir(b.data))); err != nil {
					t.Fatal(err)
				}
			} else {
				b.edit(headPath(LogsDir(b.data)), change)
			}
			b.append(5)
			b.mustBeWhole(16)
		})
	}
}

func TestRotation(t *testing.T) {
	b := newBench(t)
	b.opts.SegmentBytes = 2000
	b.append(40)
	b.now = b.now.AddDate(0, 0, 1)
	b.opts.SegmentBytes = 0
	b.append(1)
	b.mustBeWhole(42)
	segments, err := Segments(b.data)
	if err != nil || len(segments) < 5 {
		t.Fatalf("%d segments, %v", len(segments), err)
	}
	for _, s := range segments {
		h, err := Opener(nil).firstHeader(s.Path)
		if err != nil || !s.Active && h.seq != s.First {
			t.Errorf("%s begins with record %d, %v", s.Path, h.seq, err)
		}
	}
	if last := segments[len(segments)-1]; !last.Active {
		t.Error("no active segment")
	}
}

// A file that is not ours may stand where a segment is to go. Appending goes on.
func TestRotationIntoAnExistingFile(t *testing.T) {
	b := newBench(t)
	b.append(5)
	if err := os.WriteFile(segmentPath(LogsDir(b.data), 1), []byte("not ours\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.opts.SegmentBytes = 1
	b.append(2)
	if r := b.verify(); r.Last != 8 || len(r.Faults) != 1 || r.Faults[0].Kind != Inserted {
		t.Errorf("%+v", r)
	}
	if names := New(b.data, b.opts).spooled(); len(names) > 0 {
		t.Errorf("records wait in the spool: %v", names)
	}
}

// A crash may come between any two steps of a rotation.
func TestCrashDuringRotation(t *testing.T) {
	for _, c := range []struct {
		name   string
		active bool // the new segment was created
		head   bool // the head was emptied
	}{{"before the new segment", false, true}, {"before the first line", true, true}, {"with an old head", true, false}} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.append(10)
			if err := os.Rename(b.active(), segmentPath(LogsDir(b.data), 1)); err != nil {
				t.Fatal(err)
			}
			if c.active {
				if err := os.WriteFile(b.active(), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if c.head {
				b.edit(headPath(LogsDir(b.data)), func([]byte) []byte { return nil })
			}
			b.append(2)
			b.mustBeWhole(13)
		})
	}
}

func TestSpool(t *testing.T) {
	b := newBench(t)
	b.append(3)
	b.opts.LockWait = time.Millisecond
	lock, err := acquire(LogsDir(b.data), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		got, err := New(b.data, b.opts).Append(entry(100 + i))
		if err != nil || !got.Spooled {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	b.mustBeWhole(4)
	_ = lock.Close()
	b.opts.LockWait = 0 // those who gave up let go of the lock one by one
	b.append(1)
	b.mustBeWhole(10)
	var sessions []string
	for _, line := range b.lines()[4:] {
		var r event.Record
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		if r.Spool != "" && (r.CapturedAt == nil || !r.CapturedAt.Before(r.Timestamp) || r.Metadata.Host != "h") {
			t.Errorf("drained record %s", line)
		}
		sessions = append(sessions, r.SessionID)
	}
	if got := strings.Join(sessions, " "); got != "session-100 session-101 session-102 session-103 session-104 session-0" {
		t.Errorf("order %s", got)
	}
	if left, _ := os.ReadDir(SpoolDir(b.data)); len(left) > 0 {
		t.Errorf("%d files left in the spool", len(left))
	}
}

// A drainer may die between writing a record and removing its file.
func TestSpoolIsDrainedOnce(t *testing.T) {
	b := newBench(t)
	b.opts.SegmentBytes = 1500
	for i := range 4 {
		if err := New(b.data, b.opts).spool(entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	saved := t.TempDir()
	if err := os.CopyFS(saved, os.DirFS(SpoolDir(b.data))); err != nil {
		t.Fatal(err)
	}
	b.append(1)
	if err := os.CopyFS(SpoolDir(b.data), os.DirFS(saved)); err != nil {
		t.Fatal(err)
	}
	b.append(1) // behind a rotation
	b.mustBeWhole(7)
}

func TestSpoolLeftoversAreRemovedWhenOld(t *testing.T) {
	b := newBench(t)
	if err := os.MkdirAll(SpoolDir(b.data), 0o700); err != nil {
		t.Fatal(err)
	}
	old, young := filepath.Join(SpoolDir(b.data), "1-1-1.tmp"), filepath.Join(SpoolDir(b.data), "2-1-1.tmp")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hours := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, hours, hours); err != nil {
		t.Fatal(err)
	}
	b.append(1)
	_, errOld := os.Stat(old)
	_, errYoung := os.Stat(young)
	if !errors.Is(errOld, os.ErrNotExist) || errYoung != nil {
		t.Errorf("old: %v, young: %v", errOld, errYoung)
	}
}

func TestDamagedSpoolFilesAreKeptAndOutOfTheWay(t *testing.T) {
	b := newBench(t)
	if err := os.MkdirAll(SpoolDir(b.data), 0o700); err != nil {
		t.Fatal(err)
	}
	at := `{"captured_at":"2026-07-01T12:00:00.000000000Z"`
	for i, text := range []string{
		`{"captured_at":"x"`, at, at + `}`, at + `,"x":{}}`, "", "[]",
		at + `,"metadata":{"host":"h"},` + "\n" + `"level":"INFO"}`,
		at + `,"metadata":{"host":"` + strings.Repeat("h", MaxLine) + `"}}`,
	} {
		path := filepath.Join(SpoolDir(b.data), fmt.Sprintf("%d-1-1.json", i))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b.append(1)
		if _, err := os.Stat(path + ".bad"); err != nil {
			t.Errorf("%.80s: %v", text, err)
		}
	}
	b.mustBeWhole(9)
}

func TestFailedWriteLeavesNothingBehind(t *testing.T) {
	b := newBench(t)
	b.append(5)
	full := true
	b.opts.Write = func(f *os.File, text []byte) (int, error) {
		if full {
			n, _ := f.Write(text[:len(text)/2])
			return n, syscall.ENOSPC
		}
		return f.Write(text)
	}
	if _, err := New(b.data, b.opts).Append(entry(9)); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v", err)
	}
	b.mustBeWhole(6)
	full = false
	b.append(2)
	b.mustBeWhole(8)
	if left, _ := os.ReadDir(SpoolDir(b.data)); len(left) > 0 {
		t.Errorf("%d files left in the spool", len(left))
	}
}

func TestTooLongIsRefused(t *testing.T) {
	b := newBench(t)
	e := NewEntry(nil, []byte(`"x":"`+strings.Repeat("x", Room)+`"`))
	if _, err := New(b.data, b.opts).Append(e); err == nil {
		t.Error("a line beyond the limit was appended")
	}
}

func TestRetention(t *testing.T) {
	b := newBench(t)
	b.opts.SegmentBytes = 2000
	b.append(40)
	before, _ := Segments(b.data)
	removed, err := New(b.data, b.opts).Retain(before[2].First-1, nil)
	if err != nil || len(removed) != 2 {
		t.Fatalf("removed %d segments, %v", len(removed), err)
	}
	r := b.verify()
	if len(r.Faults) > 0 || r.First != before[2].First || r.Last != 42 {
		t.Errorf("%+v", r)
	}
	b.append(5)
	if removed, err = New(b.data, b.opts).Retain(1, nil); err != nil || len(removed) != 0 {
		t.Errorf("removed %d segments, %v", len(removed), err)
	}
	if r := b.verify(); len(r.Faults) > 0 {
		t.Errorf("%+v", r.Faults)
	}
	// A hole that nobody recorded is a fault.
	if err := os.Remove(before[2].Path); err != nil {
		t.Fatal(err)
	}
	if f := b.verify().Faults; len(f) != 1 || f[0].Kind != Missing {
		t.Errorf("%+v", f)
	}
}

func TestReaderFollowsRotation(t *testing.T) {
	b := newBench(t)
	b.opts.SegmentBytes = 1500
	r := NewReader(b.data, nil)
	defer r.Close()
	want := uint64(0)
	read := func() {
		for {
			line, err := r.Next()
			if err != nil {
				return
			}
			h, ok := parseHeader(line.Bytes)
			if want++; !ok || h.seq != want {
				t.Fatalf("got record %d, want %d", h.seq, want)
			}
		}
	}
	for i := range 30 {
		b.append(i % 7)
		read()
	}
	if last := b.verify().Last; want != last || want == 0 {
		t.Errorf("read %d records of %d", want, last)
	}
}

func TestTailAndSinceReaders(t *testing.T) {
	b := newBench(t)
	b.opts.SegmentBytes = 2000
	b.append(20)
	middle := b.now
	b.append(20)
	first := func(r *Reader, err error) uint64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		line, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		h, ok := parseHeader(line.Bytes)
		if !ok {
			t.Fatalf("not a whole line: %s", line.Bytes)
		}
		return h.seq
	}
	if seq := first(NewTailReader(b.data, 1000, nil)); seq < 36 {
		t.Errorf("tail begins at %d", seq)
	}
	if seq := first(NewTailReader(b.data, 1<<30, nil)); seq != 1 {
		t.Errorf("a tail longer than the journal begins at %d", seq)
	}
	if seq := first(NewReaderSince(b.data, middle, nil)); seq < 10 || seq > 21 {
		t.Errorf("since the middle begins at %d", seq)
	}
	if seq := first(NewReaderSince(b.data, time.Time{}, nil)); seq != 1 {
		t.Errorf("since ever begins at %d", seq)
	}
}

func TestVerifyTellsHowFarItIs(t *testing.T) {
	b := newBench(t)
	long := NewEntry(nil, []byte(`"raw_input":"`+strings.Repeat("x", 200<<10)+`"`))
	for range 100 {
		if _, err := New(b.data, b.opts).Append(long); err != nil {
			t.Fatal(err)
		}
	}
	var told []int64
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Verify(ctx, b.data, VerifyOptions{Progress: func(done, total int64) {
		told = append(told, done)
		if done > total {
			t.Errorf("%d bytes of %d", done, total)
		}
	}})
	if err != nil || len(told) < 4 || len(told) > 6 {
		t.Errorf("told %d times of 20 MB: %v", len(told), err)
	}
	cancel()
	if _, err := Verify(ctx, b.data, VerifyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("went on after it was cancelled: %v", err)
	}
}
