package pipeline

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"agent-telemetry/internal/journal"

	"pgregory.net/rapid"
)

func TestEverySinkGetsEverything(t *testing.T) {
	a, b := &store{name: "a", block: 1}, &store{name: "b", block: 100}
	r := newRig(t, a, b)
	r.append(50)
	p, stop := r.start()
	r.until("both have it", func() bool { return a.len() == 51 && b.len() == 51 })
	r.append(1)
	r.until("both have one more", func() bool { return a.len() == 52 && b.len() == 52 })
	s := p.Status()
	for _, f := range s.Sinks {
		if f.State != Running || f.LagRecords != 0 || f.LagBytes != 0 || f.LagSeconds != 0 || f.Records != 52 || f.LastError != "" {
			t.Errorf("%+v", f)
		}
	}
	if s.Head != 52 || !s.Chain.Intact || s.Journal != r.end().Journal || s.Error != "" {
		t.Errorf("%+v", s)
	}
	stop()
	a.mustEqual(r)
	b.mustEqual(r)
}

// A slow sink holds up nobody, and says how far it is behind.
func TestASlowSinkHoldsUpNobody(t *testing.T) {
	free := make(chan struct{})
	slow := &store{name: "slow", block: 1, fail: func(int, []journal.Stored) error { <-free; return nil }}
	fast := &store{name: "fast", block: 1}
	r := newRig(t, slow, fast)
	p, _ := r.start()
	r.append(30)
	r.until("the fast one has all", func() bool { return fast.len() == 31 })
	s := p.Status().Sinks[0]
	if s.LagRecords != 31 || s.LagBytes == 0 || s.LagSeconds == 0 {
		t.Errorf("%+v", s)
	}
	close(free)
	r.until("the slow one has all", func() bool { return slow.len() == 31 })
	slow.mustEqual(r)
}

// What fails for a while comes again, in order, none left out.
func TestTemporaryFailures(t *testing.T) {
	s := &store{name: "s", block: 7}
	s.fail = func(int, []journal.Stored) error {
		if rand.IntN(3) == 0 {
			s.lines, s.since = s.lines[:len(s.lines)-s.since], 0 // it forgets, too
			return errors.New("not today")
		}
		return nil
	}
	r := newRig(t, s)
	p, stop := r.start()
	for range 40 {
		r.append(rand.IntN(30))
	}
	want := int(r.end().Seq)
	r.until("all is there", func() bool { return s.len() == want })
	if status := p.Status().Sinks[0]; status.Retries == 0 || status.LastError != "not today" || status.State != Running {
		t.Errorf("%+v", status)
	}
	stop()
	s.mustEqual(r)
}

func TestAFullDiskPauses(t *testing.T) {
	var full sync.Map
	full.Store("full", true)
	s := &store{name: "s", block: 1, fail: func(int, []journal.Stored) error {
		if _, yes := full.Load("full"); yes {
			return &os.PathError{Op: "write", Path: "index.db", Err: syscall.ENOSPC}
		}
		return nil
	}}
	r := newRig(t, s)
	r.append(5)
	p, _ := r.start()
	r.until("it is paused", func() bool { return p.Status().Sinks[0].State == Paused })
	full.Delete("full")
	r.until("it goes on", func() bool { return s.len() == 6 && p.Status().Sinks[0].State == Running })
	s.mustEqual(r)
}

// Records that a sink will never take go to its dead letters, the others to the sink.
func TestPermanentFailures(t *testing.T) {
	s := &store{name: "s", block: 1}
	s.fail = func(_ int, batch []journal.Stored) error {
		var refused []int
		for i := range batch {
			if batch[i].Record.Seq%10 == 3 {
				refused = append(refused, i)
			}
		}
		if refused == nil {
			return nil
		}
		return Permanent(errors.New("never on a three"), refused...)
	}
	r := newRig(t, s)
	r.append(99)
	p, stop := r.start()
	r.until("the rest is there", func() bool { return s.len() == 90 })
	r.until("it is counted", func() bool { return p.Status().Sinks[0].DeadLetters == 10 })
	stop()
	lines := r.lines()
	for i, l := range r.letters("s") {
		if want := uint64(10*i + 3); l.Seq != want || l.Reason != "never on a three" || l.Line != string(lines[want-1]) || l.Hash != journal.HashLine(lines[want-1]) {
			t.Errorf("%+v", l)
		}
	}
	s.mu.Lock()
	s.cursor, s.lines = journal.Cursor{}, nil // begun anew: what is refused again is not written again
	s.mu.Unlock()
	p, _ = r.start()
	r.until("all was put again", func() bool { return s.len() == 90 && p.Status().Sinks[0].LagRecords == 0 })
	if n := p.Status().Sinks[0].DeadLetters; n != 10 || len(r.letters("s")) != 10 {
		t.Errorf("%d dead letters are counted, %d written", n, len(r.letters("s")))
	}
}

func TestARefusalOfAll(t *testing.T) {
	s := &store{name: "s", block: 1, fail: func(int, []journal.Stored) error { return Permanent(errors.New("never")) }}
	r := newRig(t, KeepCursor("", s))
	r.opts.Sinks = []Sink{KeepCursor(r.data, s)}
	r.append(4)
	p, stop := r.start()
	r.until("all are dead letters", func() bool { return p.Status().Sinks[0].DeadLetters == 5 })
	r.until("they are passed", func() bool { return p.Status().Sinks[0].LagRecords == 0 })
	stop()
	if c, err := r.opts.Sinks[0].Cursor(t.Context()); err != nil || c.Seq != 5 {
		t.Errorf("the cursor is %+v, %v", c, err)
	}
}

// Lines that begin like records but cannot be decoded are not lost sight of.
func TestUndecodableRecords(t *testing.T) {
	s := &store{name: "s", block: 1}
	r := newRig(t, s)
	r.append(3)
	forge(t, r, `"level":"INFO"`, `"level":["I"]`)
	r.append(3)
	p, stop := r.start()
	r.until("the others are there", func() bool { return s.len() >= 6 })
	r.until("it is counted", func() bool { return p.Status().Sinks[0].DeadLetters == 1 })
	stop()
	if l := r.letters("s")[0]; l.Seq != 4 || !strings.Contains(l.Line, `["I"]`) {
		t.Errorf("%+v", l)
	}
}

// forge changes the last record of the active segment.
func forge(t *testing.T, r *rig, old, to string) {
	t.Helper()
	path := journal.ActivePath(r.data)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(string(text), old)
	if at < 0 {
		t.Fatalf("no %s in %s", old, text)
	}
	if err := os.WriteFile(path, []byte(string(text[:at])+to+string(text[at+len(old):])), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Many append, segments rotate, the pipeline is stopped and started, the sink
// forgets what its cursor is not behind: in the end it has every record once.
func TestExactlyOnceWhateverStops(t *testing.T) {
	own := &store{name: "own", block: 64}
	theirs := &store{name: "theirs", block: 1}
	r := newRig(t)
	r.opts.Sinks = []Sink{own, KeepCursor(r.data, theirs)}
	r.opts.CompressAfter, r.opts.Tend = time.Nanosecond, 20*time.Millisecond
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { r.append(400) })
	}
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(rand.N(60 * time.Millisecond)):
		}
		_, stop := r.start()
		time.Sleep(rand.N(60 * time.Millisecond))
		stop()
		own.crash()
	}
	p, stop := r.start()
	r.until("all is there", func() bool { return own.len() == 3201 && theirs.len() == 3201 })
	r.until("it is compressed", func() bool { return compressed(r) > 5 })
	if s := p.Status(); !s.Chain.Intact || s.Keeper.LastError != "" {
		t.Errorf("%+v", s)
	}
	stop()
	own.mustEqual(r)
	theirs.mustEqual(r)
}

func compressed(r *rig) (n int) {
	r.Helper()
	segments, err := journal.Segments(r.data)
	if err != nil {
		r.Fatal(err)
	}
	for _, s := range segments {
		if s.Compressed {
			n++
		}
	}
	return n
}

// Batches end in every place; so do runs.
func TestStopAndGo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := &store{name: "s", block: rapid.IntRange(1, 20).Draw(rt, "block")}
		r := newRig(t, s)
		for range rapid.IntRange(1, 5).Draw(rt, "runs") {
			r.append(rapid.IntRange(0, 40).Draw(rt, "before"))
			_, stop := r.start()
			r.append(rapid.IntRange(0, 40).Draw(rt, "during"))
			want := int(r.end().Seq)
			if rapid.Bool().Draw(rt, "to the end") {
				r.until("all is there", func() bool { return s.len() == want })
			}
			stop()
			s.crash()
		}
		_, stop := r.start()
		want := int(r.end().Seq)
		r.until("all is there", func() bool { return s.len() == want })
		stop()
		s.mustEqual(r)
	})
}

func TestPollingAlone(t *testing.T) {
	s := &store{name: "s", block: 1}
	r := newRig(t, s)
	p := New(r.opts)
	p.watch.logs = r.data + "/nowhere"
	stop := runOf(r, p)
	r.append(3)
	r.until("it is there", func() bool { return s.len() == 4 })
	if p.Status().Watching {
		t.Error("there is nothing to watch")
	}
	stop()
}
