package pipeline

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

// checked waits until the chain is checked up to the journal's end.
func (r *rig) checked(p *Pipeline) {
	r.Helper()
	r.until("the chain is checked", func() bool { return p.Status().Chain.Seq == r.end().Seq })
}

func TestABreakIsToldOnce(t *testing.T) {
	s := &store{name: "s", block: 1}
	r := newRig(t, s)
	r.append(60)
	p, stop := r.start()
	r.checked(p)
	if c := p.Status().Chain; !c.Intact || c.Faults != 0 || len(r.integrity()) > 0 {
		t.Fatalf("%+v", c)
	}
	missingOne(t, r)
	r.until("it is told", func() bool { return len(r.integrity()) == 1 })
	r.checked(p)
	c := p.Status().Chain
	if c.Intact || c.Faults != 1 || c.First[0].Kind != journal.Missing || c.First[0].Seq != 63 || c.Error != "" {
		t.Errorf("%+v", c)
	}
	r.append(20)
	r.until("reading goes on", func() bool { return s.len() == int(r.end().Seq)-1 })
	stop()

	p, stop = r.start()
	r.checked(p)
	if c := p.Status().Chain; c.Intact || c.Faults != 1 {
		t.Errorf("after a restart: %+v", c)
	}
	stop()
	if err := os.Remove(p.chain.path); err != nil {
		t.Fatal(err)
	}
	p, _ = r.start()
	r.until("it is found anew", func() bool { return p.Status().Chain.Faults == 1 })
	got := r.integrity()
	if len(got) < 1 || got[0].Kind != "missing" || got[0].Seq != 63 || got[0].File == "" || got[0].Detail == "" {
		t.Errorf("%+v", got)
	}
}

// missingOne appends two records of three that follow the last.
func missingOne(t *testing.T, r *rig) {
	t.Helper()
	other := newRig(t)
	if err := os.CopyFS(other.data, os.DirFS(r.data)); err != nil {
		t.Fatal(err)
	}
	other.append(3)
	lines := other.lines()[r.end().Seq:]
	f, err := os.OpenFile(journal.ActivePath(r.data), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(slices.Concat(lines[0], []byte{'\n'}, lines[2], []byte{'\n'}))
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// A crash between the record and the book's note of it does not have it told twice.
func TestACrashBehindTheRecord(t *testing.T) {
	r := newRig(t)
	r.append(10)
	p := New(r.opts)
	if err := p.chain.load(); err != nil {
		t.Fatal(err)
	}
	fault := journal.Fault{Kind: journal.Missing, Seq: 3, Last: 5, File: "claude-telemetry.jsonl", Detail: "gone \xff"}
	p.chain.found(fault)
	if err := p.chain.tell(); err != nil { // the book is as it was before the record
		t.Fatal(err)
	}
	if n := len(r.integrity()); n != 1 {
		t.Fatalf("%d records", n)
	}
	if left, err := readJSON[book](p.chain.path); err != nil || len(left.Untold) != 1 {
		t.Fatalf("the crash left %+v, %v", left, err)
	}
	p, _ = r.start()
	r.checked(p)
	r.append(1)
	r.checked(p)
	if n := len(r.integrity()); n != 1 {
		t.Errorf("told %d times", n)
	}
}

func TestACrashBeforeTheRecord(t *testing.T) {
	r := newRig(t)
	r.append(10)
	p := New(r.opts)
	if err := p.chain.load(); err != nil {
		t.Fatal(err)
	}
	p.chain.found(journal.Fault{Kind: journal.Missing, Seq: 3, File: "claude-telemetry.jsonl", Detail: "gone"})
	if err := p.chain.save(); err != nil {
		t.Fatal(err)
	}
	p, stop := r.start()
	r.until("it is told", func() bool { return len(r.integrity()) == 1 })
	r.checked(p)
	stop()
	if c := p.Status().Chain; c.Faults != 1 || len(p.chain.book.Untold) != 0 {
		t.Errorf("%+v", p.chain.book)
	}
}

// A journal that was cut, or is another one, rolls all sinks back, and is one
// incident.
func TestRollBack(t *testing.T) {
	for name, c := range map[string]struct {
		running bool
		disturb func(t *testing.T, r *rig)
		kind    string
	}{
		"cut while nobody looks": {false, func(t *testing.T, r *rig) { cutLast(t, r, 2) }, "cut"},
		"cut while it is read":   {true, func(t *testing.T, r *rig) { cutLast(t, r, 2) }, "cut"},
		"cut, and grown beyond": {false, func(t *testing.T, r *rig) {
			cutLast(t, r, 2)
			r.append(40)
		}, "rewritten"},
		"another journal": {false, func(t *testing.T, r *rig) {
			if err := os.RemoveAll(journal.LogsDir(r.data)); err != nil {
				t.Fatal(err)
			}
			r.append(70)
		}, "rewritten"},
		"no journal": {false, func(t *testing.T, r *rig) {
			if err := os.RemoveAll(journal.LogsDir(r.data)); err != nil {
				t.Fatal(err)
			}
		}, "cut"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := &store{name: "a", block: 1}, &store{name: "b", block: 1}
			r := newRig(t)
			r.opts.Sinks = []Sink{a, KeepCursor(r.data, b)}
			r.append(60)
			p, stop := r.start()
			r.until("all is there", func() bool { return a.len() == 61 && b.len() == 61 })
			r.checked(p)
			if !c.running {
				stop()
			}
			c.disturb(t, r)
			if !c.running {
				p, stop = r.start()
			}
			r.until("the sinks begin anew", func() bool { return a.resetTimes() == 1 && b.resetTimes() == 1 })
			r.until("it is told", func() bool { return len(r.integrity()) >= 1 })
			r.checked(p)
			r.append(5)
			r.checked(p)
			r.until("all is there again", func() bool { n := int(r.end().Seq); return a.len() == n && b.len() == n })
			status := p.Status()
			stop()
			a.mustEqual(r)
			b.mustEqual(r)
			told := r.integrity()
			if len(told) != 1 || told[0].Kind != c.kind || status.Chain.Faults != 1 {
				t.Errorf("%+v, %+v", told, status.Chain)
			}
			for _, s := range status.Sinks {
				if s.Resets != 1 || s.LastError == "" || s.State != Running {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}

// cutLast removes the last lines of the active segment.
func cutLast(t *testing.T, r *rig, n int) {
	t.Helper()
	text, err := os.ReadFile(journal.ActivePath(r.data))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte{'\n'})
	if len(lines) <= n+1 {
		t.Fatalf("the active segment has %d lines", len(lines))
	}
	if err := os.Truncate(journal.ActivePath(r.data), int64(len(bytes.Join(lines[:len(lines)-1-n], nil)))); err != nil {
		t.Fatal(err)
	}
}

// What cannot be read is told and passed over; the rest is read.
func TestADamagedSegment(t *testing.T) {
	s := &store{name: "s", block: 1}
	r := newRig(t, s)
	r.append(200)
	segments, err := journal.Segments(r.data)
	if err != nil || len(segments) < 5 {
		t.Fatal(segments, err)
	}
	if err := archive.Compress(t.Context(), segments[1].Path); err != nil {
		t.Fatal(err)
	}
	path := segments[1].Path + archive.Suffix
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	p, stop := r.start()
	gone := int(segments[2].First - segments[1].First)
	r.until("it is told", func() bool { return len(r.integrity()) == 2 })
	r.until("the rest is there", func() bool { return s.len() == int(r.end().Seq)-gone })
	r.checked(p)
	stop()
	var kinds []string
	for _, told := range r.integrity() {
		kinds = append(kinds, told.Kind)
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []string{"missing", "unreadable"}) {
		t.Errorf("told of %q", kinds)
	}
}

// More faults than anybody reads are counted, not told.
func TestFaultsWithoutEnd(t *testing.T) {
	r := newRig(t)
	p := New(r.opts)
	if err := p.chain.load(); err != nil {
		t.Fatal(err)
	}
	for i := range 3 * maxKnown {
		p.chain.found(journal.Fault{Kind: journal.Edited, Seq: uint64(i + 1)})
	}
	if s := p.chain.status(); s.Faults != 3*maxKnown || len(s.First) != showFaults || len(p.chain.book.Untold) != maxKnown {
		t.Errorf("%+v", s)
	}
}

func TestStatusWhileNothingRuns(t *testing.T) {
	r := newRig(t, &store{name: "s"})
	p := New(r.opts)
	if s := p.Status(); s.Head != 0 || len(s.Sinks) != 1 || s.Error != "" {
		t.Errorf("%+v", s)
	}
	if s := New(Options{Data: "/nonexistent", Now: time.Now}).Status(); s.Error != "" || s.Head != 0 {
		t.Errorf("%+v", s)
	}
}
