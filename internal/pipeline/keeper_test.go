package pipeline

import (
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

func (r *rig) segments() []journal.Segment {
	r.Helper()
	s, err := journal.Segments(r.data)
	if err != nil {
		r.Fatal(err)
	}
	return s
}

func (r *rig) verify() *journal.Report {
	r.Helper()
	report, err := journal.Verify(r.Context(), r.data, journal.VerifyOptions{Open: archive.Open})
	if err != nil {
		r.Fatal(err)
	}
	return report
}

func TestOldSegmentsAreCompressed(t *testing.T) {
	s := &store{name: "s", block: 1}
	r := newRig(t, s)
	r.opts.Tend = 5 * time.Millisecond
	var day atomic.Int64
	r.opts.Now = func() time.Time { return time.Now().Add(time.Duration(day.Load()) * 25 * time.Hour) }
	r.append(200)
	p, stop := r.start()
	r.checked(p)
	lookedTwice(r, p)
	if n := compressed(r); n > 0 {
		t.Errorf("%d segments of today are compressed", n)
	}
	day.Store(1)
	segments := r.segments()
	r.until("all but the newest older one are", func() bool { return compressed(r) == len(segments)-2 })
	lookedTwice(r, p)
	stop()
	segments = r.segments()
	if last := segments[len(segments)-2]; last.Compressed || last.Active {
		t.Errorf("%+v is the newest older one", last)
	}
	if k := p.Status().Keeper; k.LastError != "" || k.Compressed != int64(len(segments)-2) {
		t.Errorf("%+v", k)
	}
	if v := r.verify(); !v.Intact() || v.Last != r.end().Seq {
		t.Errorf("%+v", v)
	}
	late := &store{name: "late", block: 1}
	r.opts.Sinks = []Sink{late}
	r.start()
	r.until("who comes late reads it all", func() bool { return late.len() == int(r.end().Seq) })
	late.mustEqual(r)
}

// lookedTwice waits for a look at the segments that begins after this.
func lookedTwice(r *rig, p *Pipeline) {
	r.Helper()
	for range 2 {
		before := p.Status().Keeper.LastRun
		r.until("it has looked", func() bool {
			run := p.Status().Keeper.LastRun
			return run != nil && (before == nil || run.After(*before))
		})
	}
}

func TestWhatASinkHasNotPassedStays(t *testing.T) {
	var busy atomic.Bool
	busy.Store(true)
	lagging := &store{name: "lagging", block: 1, fail: func(_ int, batch []journal.Stored) error {
		if busy.Load() && batch[0].Record.Seq > 50 {
			return errors.New("not yet")
		}
		return nil
	}}
	r := newRig(t, lagging, &store{name: "fast", block: 1})
	r.append(50)
	r.opts.Tend, r.opts.CompressAfter, r.opts.RetainFor = 5*time.Millisecond, time.Nanosecond, time.Nanosecond
	p, stop := r.start()
	r.until("the first are there", func() bool { return lagging.len() >= 50 })
	r.append(200)
	r.checked(p)
	lookedTwice(r, p)
	if first := r.verify().First; first > uint64(lagging.len()) {
		t.Fatalf("the journal begins with record %d, the sink has %d", first, lagging.len())
	}
	busy.Store(false)
	r.until("it has all", func() bool { return p.Status().Sinks[0].LagRecords == 0 })
	r.until("what is passed goes", func() bool { return len(r.segments()) == 1 })
	stop()
	v := r.verify()
	if k := p.Status().Keeper; !v.Intact() || k.RetainedTo == 0 || k.LastError != "" || v.First <= 51 {
		t.Errorf("%+v, %+v", v, k)
	}
	if c := p.Status().Chain; !c.Intact {
		t.Errorf("%+v", c)
	}
	p, _ = r.start()
	r.append(3)
	r.checked(p)
	r.until("it goes on behind what is gone", func() bool { return p.Status().Sinks[0].LagRecords == 0 })
	if s := p.Status(); !s.Chain.Intact || s.Sinks[0].Resets != 0 || lagging.len() != int(r.end().Seq) {
		t.Errorf("%+v, %d records", s, lagging.len())
	}
}

func TestRetentionBySize(t *testing.T) {
	r := newRig(t, &store{name: "s", block: 1})
	r.opts.Tend, r.opts.CompressAfter, r.opts.RetainBytes = 5*time.Millisecond, -1, 50_000
	r.append(300)
	p, stop := r.start()
	r.until("it fits", func() bool { return p.Status().Keeper.Removed > 0 && bytesOf(r) <= 50_000 })
	stop()
	if n := bytesOf(r); n < 20_000 {
		t.Errorf("only %d bytes are left", n)
	}
	if v := r.verify(); !v.Intact() || p.Status().Chain.Faults > 0 {
		t.Errorf("%+v", v)
	}
}

func bytesOf(r *rig) (n int64) {
	r.Helper()
	for _, s := range r.segments() {
		n += s.Bytes
	}
	return n
}

func TestLeftoversOfCompressionAreRemoved(t *testing.T) {
	r := newRig(t, &store{name: "s", block: 1})
	r.append(1)
	left := journal.SegmentPath(r.data, 1) + ".zst.tmp"
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.until("it is gone", func() bool { _, err := os.Stat(left); return errors.Is(err, os.ErrNotExist) })
}
