package journal

import (
	"fmt"
	"os"

	"agent-telemetry/internal/event"
)

// Retain removes the older segments whose records all have numbers up to through,
// and returns them. Before the first is removed, a record that says so is durably
// in the journal. The active segment stays.
func (j *Journal) Retain(through uint64, open Opener) ([]Segment, error) {
	segments, err := Segments(j.data)
	if err != nil {
		return nil, err
	}
	n, point, err := removable(segments, through, open)
	if err != nil || n == 0 {
		return nil, err
	}
	if err := j.appendRetention(point); err != nil {
		return nil, err
	}
	for i, s := range segments[:n] {
		if err := os.Remove(s.Path); err != nil {
			return segments[:i], fmt.Errorf("remove segment %s, which a retention record has announced: %w", s.Path, err)
		}
	}
	syncDir(j.logs)
	return segments[:n], nil
}

func (j *Journal) appendRetention(point event.Point) error {
	durable := *j
	durable.opts.Durability = Fsync
	record := EntryOf(j.NewRecord(event.Info, event.Retention))
	_, err := durable.append(func(*session) (event.Chain, Entry, error) {
		return event.Chain{Retention: &point}, record, nil
	})
	if err != nil {
		return fmt.Errorf("record the retention: %w", err)
	}
	return nil
}

// removable counts the segments at the beginning that may go, and names the last
// record in them, as the segment behind them does.
func removable(segments []Segment, through uint64, open Opener) (n int, point event.Point, err error) {
	for i := 0; i+1 < len(segments); i++ {
		next, err := open.firstHeader(segments[i+1].Path)
		if err != nil {
			return 0, point, err
		}
		if next.seq == 0 || next.seq-1 > through {
			break
		}
		n, point = i+1, event.Point{Seq: next.seq - 1, Hash: next.prev.String()}
	}
	return n, point, nil
}
