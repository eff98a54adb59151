//go:build unix

package capture_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"agent-telemetry/internal/journal"
)

// Every call's record is in the journal once, whatever else is appending, with
// every durability and while segments rotate.
func TestNothingLost(t *testing.T) {
	for _, c := range []struct {
		name, config string
		events       int
		segments     bool // there are to be several
	}{
		{"one segment", `{"durability":"os"}`, 10_000, false},
		{"rotation", `{"durability":"os","segment_bytes":200000}`, 10_000, true},
		{"fsync and rotation", `{"durability":"fsync","segment_bytes":50000}`, 1_000, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() {
				c.events /= 10
			}
			r := newRig(t)
			r.config(c.config)
			r.parallel(16, c.events)
			seen := map[string]int{}
			for _, e := range r.settled() {
				seen[e.ToolUseID]++
			}
			for i := range c.events {
				if id := toolID(i); seen[id] != 1 {
					t.Errorf("%s was recorded %d times", id, seen[id])
				}
			}
			if len(seen) != c.events {
				t.Errorf("%d ids in the journal, %d were sent", len(seen), c.events)
			}
			report := r.verify()
			if len(report.Faults) > 0 {
				t.Errorf("verify: %v", report.Faults)
			}
			if report.Last != uint64(report.Records) || c.segments != (report.Segments > 1) {
				t.Errorf("%d records up to number %d in %d segments", report.Records, report.Last, report.Segments)
			}
			r.quiet()
		})
	}
}

func toolID(i int) string { return fmt.Sprintf("toolu_%05d", i) }

// parallel sends so many payloads, from so many senders at a time.
func (r *rig) parallel(senders, events int) {
	var senderGroup sync.WaitGroup
	for s := range senders {
		senderGroup.Go(func() {
			for i := s; i < events; i += senders {
				if err := r.try(strings.NewReader(r.payload(toolID(i), "echo hi"))); err != nil {
					r.t.Error(err)
				}
			}
		})
	}
	senderGroup.Wait()
}

// settled returns the records once the spool is empty: whoever did not get the
// lock in time left its record there for the next.
func (r *rig) settled() []entry {
	r.t.Helper()
	const last = "toolu_last"
	for range 100 {
		if len(r.spooled()) == 0 {
			break
		}
		r.send(r.payload(last, "true"))
	}
	if left := r.spooled(); len(left) > 0 {
		r.t.Errorf("%d records stay in the spool", len(left))
	}
	var list []entry
	for _, e := range r.records() {
		if e.ToolUseID != last {
			list = append(list, e)
		}
	}
	return list
}

// While another process has the lock, records wait in the spool; the next call
// that gets it takes them along.
func TestLockHeld(t *testing.T) {
	r := newRig(t)
	r.send(r.payload("first", "true"))
	release := holdLock(t, r.data)
	before := time.Now()
	r.send(r.payload("second", "true"))
	r.send(r.payload("third", "true"))
	if n := len(r.spooled()); n != 2 {
		t.Fatalf("%d records in the spool, not two", n)
	}
	release()
	r.send(r.payload("fourth", "true"))
	list := r.records()
	var ids []string
	for _, e := range list {
		ids = append(ids, e.ToolUseID)
	}
	if got := strings.Join(ids, " "); got != "first second third fourth" {
		t.Fatalf("the journal has %s", got)
	}
	for i, waited := range []bool{false, true, true, false} {
		e := list[i]
		if waited != (e.CapturedAt != nil) || waited != (e.Spool != "") {
			t.Errorf("record %s: captured_at %v, spool %q", e.ToolUseID, e.CapturedAt, e.Spool)
		}
		if waited && (e.CapturedAt.Before(before) || !e.CapturedAt.Before(e.Timestamp)) {
			t.Errorf("record %s: captured at %v, appended at %v", e.ToolUseID, e.CapturedAt, e.Timestamp)
		}
	}
	if n := len(r.spooled()); n != 0 {
		t.Errorf("%d records stay in the spool", n)
	}
	if segments, err := journal.Segments(r.data); err != nil || len(segments) != 1 {
		t.Errorf("%d segments: %v", len(segments), err)
	}
	r.quiet()
}
