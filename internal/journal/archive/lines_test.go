package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
)

// place is one line's place.
type place struct {
	segment uint64
	offset  int64
	line    []byte
}

// filled makes a journal of n records in several segments and returns their places.
func filled(t testing.TB, n int) (data string, places []place) {
	t.Helper()
	data = t.TempDir()
	j := journal.New(data, journal.Options{Durability: journal.OS, SegmentBytes: 100_000})
	for i := range n {
		r := event.Record{SessionID: fmt.Sprint(i), EventType: event.FileRead, RawInput: event.RawJSON(`"` + string(bytes.Repeat([]byte{'x'}, i%900)) + `"`)}
		if _, err := j.Append(journal.EntryOf(&r)); err != nil {
			t.Fatal(err)
		}
	}
	segments, err := journal.Segments(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segments {
		text, err := os.ReadFile(s.Path)
		if err != nil {
			t.Fatal(err)
		}
		p := place{segment: s.First}
		if s.Active {
			p.segment = uint64(len(places) + 1)
		}
		for line := range bytes.Lines(text) {
			p.line = bytes.TrimSuffix(line, []byte{'\n'})
			places = append(places, p)
			p.offset += int64(len(line))
		}
	}
	return data, places
}

func mustRead(t testing.TB, l *Lines, p place) {
	t.Helper()
	got, err := l.Line(p.segment, p.offset, len(p.line))
	if err != nil || !bytes.Equal(got, p.line) {
		t.Errorf("the line at %d of segment %d: %.60q, %v", p.offset, p.segment, got, err)
	}
}

func compressAll(t testing.TB, data string) {
	t.Helper()
	segments, err := journal.Segments(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segments {
		if !s.Active && !s.Compressed {
			if err := Compress(t.Context(), s.Path); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestLinesWhereverTheyAre(t *testing.T) {
	data, places := filled(t, 1000)
	l := NewLines(data)
	defer func() { _ = l.Close() }()
	for _, p := range places {
		mustRead(t, l, p)
	}
	compressAll(t, data)
	fresh := NewLines(data)
	defer func() { _ = fresh.Close() }()
	for i := range places {
		p := places[(i*377)%len(places)]
		mustRead(t, l, p)
		mustRead(t, fresh, p)
	}
	rest := NewLines(data)
	if err := os.Rename(journal.ActivePath(data), journal.SegmentPath(data, places[len(places)-1].segment)); err != nil {
		t.Fatal(err)
	}
	mustRead(t, l, places[len(places)-1])
	mustRead(t, rest, places[len(places)-1])
	if err := rest.Close(); err != nil {
		t.Error(err)
	}
	if _, err := rest.Line(1, 0, 10); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
}

func TestLinesThatAreNone(t *testing.T) {
	data, places := filled(t, 400)
	compressAll(t, data)
	l := NewLines(data)
	defer func() { _ = l.Close() }()
	last := places[len(places)-1]
	for name, p := range map[string]place{"compressed": places[1], "active": last} {
		n := len(p.line)
		for why, bad := range map[string]struct {
			offset int64
			size   int
		}{
			"too short": {p.offset, n - 1}, "too long": {p.offset, n + 1}, "from within": {p.offset + 1, n - 1},
			"two lines": {places[0].offset, len(places[0].line) + 1 + len(places[1].line)}, "behind the end": {1 << 40, 5},
			"negative": {-1, 5}, "negative size": {5, -1}, "absurd": {0, 1 << 30},
		} {
			if got, err := l.Line(p.segment, bad.offset, bad.size); err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s, %s: %.40q, %v", name, why, got, err)
			}
		}
	}
	if _, err := l.Line(7777, 0, 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a segment that never was: %v", err)
	}
	if _, err := NewLines(t.TempDir()).Line(1, 0, 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no journal at all: %v", err)
	}
}

// A removed segment is not given away for longer than it takes to look again.
func TestLinesOfARemovedSegment(t *testing.T) {
	data, places := filled(t, 400)
	l := NewLines(data)
	defer func() { _ = l.Close() }()
	mustRead(t, l, places[0])
	if err := os.Remove(journal.SegmentPath(data, 1)); err != nil {
		t.Fatal(err)
	}
	l.files[0].checked = time.Time{}
	if _, err := l.Line(1, 0, len(places[0].line)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("want it gone: %v", err)
	}
}

func TestLinesAtOnceWhileSegmentsAreCompressed(t *testing.T) {
	data, places := filled(t, 1500)
	l := NewLines(data)
	defer func() { _ = l.Close() }()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			for range 500 {
				mustRead(t, l, places[random.IntN(len(places))])
			}
		})
	}
	group.Go(func() { compressAll(t, data) })
	group.Wait()
	if len(l.files) > maxOpen || l.frames.used > maxCache {
		t.Errorf("%d files and %d bytes are kept", len(l.files), l.frames.used)
	}
}

func TestFrameCacheIsBounded(t *testing.T) {
	c := frameCache{room: 1000}
	for i := range 100 {
		c.put(frameKey{1, i}, make([]byte, 300))
		if c.used > 1000 || c.order.Len() != len(c.byKey) {
			t.Fatalf("after %d: %d bytes, %d and %d frames", i, c.used, c.order.Len(), len(c.byKey))
		}
	}
	if c.get(frameKey{1, 99}) == nil || c.get(frameKey{1, 0}) != nil {
		t.Error("what was used last is to be kept")
	}
}
