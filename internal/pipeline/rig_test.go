package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a journal with a pipeline over it.
type rig struct {
	testing.TB
	data string
	opts Options
	j    *journal.Journal
}

func newRig(t testing.TB, sinks ...Sink) *rig {
	t.Helper()
	r := &rig{TB: t, data: t.TempDir()}
	own := event.Metadata{Host: "h", TelemetryVersion: event.SchemaVersion, Scope: "user", Source: "collector"}
	r.j = journal.New(r.data, journal.Options{Durability: journal.OS, SegmentBytes: 20_000, Metadata: own, LockWait: 10 * time.Second})
	r.opts = Options{Data: r.data, Sinks: sinks, Journal: r.j, Poll: 5 * time.Millisecond, Retry: time.Millisecond}
	return r
}

func (r *rig) append(n int) {
	r.Helper()
	for i := range n {
		e := event.Record{EventType: event.FileRead, Level: event.Info, SessionID: fmt.Sprintf("session-%d", i), RawInput: event.RawJSON(`{"x":"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"}`)}
		if _, err := r.j.Append(journal.EntryOf(&e)); err != nil {
			r.Error(err)
		}
	}
}

func (r *rig) end() journal.Head {
	r.Helper()
	end, err := journal.ReadEnd(r.data)
	if err != nil {
		r.Fatal(err)
	}
	return end
}

// start runs a pipeline; the function it returns stops it and waits.
func (r *rig) start() (p *Pipeline, stop func()) {
	p = New(r.opts)
	return p, runOf(r, p)
}

func runOf(r *rig, p *Pipeline) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				r.Error(err)
			}
		})
	}
	r.Cleanup(stop)
	return stop
}

// until waits for something that has to come; the deadline is for what never does.
func (r *rig) until(what string, ok func() bool) {
	r.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			r.Fatalf("waited in vain until %s", what)
		}
	}
}

// lines are the journal's records as they lie, by the plain reader.
func (r *rig) lines() (list [][]byte) {
	r.Helper()
	in := journal.NewReader(r.data, archive.Open)
	defer in.Close()
	for {
		l, err := in.Next()
		if errors.Is(err, archive.ErrDamaged) {
			in.Skip()
			continue
		}
		if err != nil {
			return list
		}
		if l.Seq() > 0 {
			list = append(list, append([]byte(nil), l.Bytes...))
		}
	}
}

// integrity are the faults that the journal has records of.
func (r *rig) integrity() (list []event.Integrity) {
	r.Helper()
	for _, line := range r.lines() {
		var e event.Record
		if err := json.Unmarshal(line, &e); err == nil && e.Integrity != nil {
			if e.EventType != event.IntegrityFault || e.Level != event.Error || e.Metadata.Source != "collector" {
				r.Errorf("%s", line)
			}
			list = append(list, *e.Integrity)
		}
	}
	return list
}

// store is a sink that keeps records in memory, as a database would on the disk:
// it outlives pipelines, and its cursor may lag behind what it was given.
type store struct {
	mu     sync.Mutex
	name   string
	cursor journal.Cursor
	lines  []string
	resets int
	puts   int
	block  int // the cursor moves by so many records
	since  int
	fail   func(put int, batch []journal.Stored) error
}

func (s *store) Name() string { return s.name }

func (s *store) Cursor(context.Context) (journal.Cursor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursor, nil
}

func (s *store) Put(_ context.Context, batch []journal.Stored) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts++
	if s.fail != nil {
		if err := s.fail(s.puts, batch); err != nil {
			return err
		}
	}
	for i := range batch {
		b := &batch[i]
		if c := b.Cursor(); c.Segment < s.cursor.Segment || c.Segment == s.cursor.Segment && c.Offset <= s.cursor.Offset {
			return fmt.Errorf("record %d was put before", b.Record.Seq)
		}
		s.lines = append(s.lines, string(b.Line))
		if s.since++; s.since >= s.block {
			s.cursor, s.since = b.Cursor(), 0
		}
	}
	return nil
}

// crash forgets what the cursor is not behind.
func (s *store) crash() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines, s.since = s.lines[:len(s.lines)-s.since], 0
}

func (s *store) Reset(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursor, s.lines, s.since = journal.Cursor{}, nil, 0
	s.resets++
	return nil
}

func (s *store) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines)
}

func (s *store) resetTimes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.resets
}

// mustEqual holds what the sink has against the journal, line by line.
func (s *store) mustEqual(r *rig) {
	r.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := r.lines()
	for i, l := range s.lines {
		if i >= len(lines) || l != string(lines[i]) {
			r.Fatalf("%s: line %d of %d is not the journal's: %.80s", s.name, i, len(s.lines), l)
		}
	}
	if len(s.lines) != len(lines) {
		r.Errorf("%s has %d records, the journal %d", s.name, len(s.lines), len(lines))
	}
}

func (r *rig) letters(sink string) (list []Letter) {
	r.Helper()
	text, err := os.ReadFile(filepath.Join(r.data, "dead-letter", sink+".jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		r.Fatal(err)
	}
	for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
		var l Letter
		if err := d.Decode(&l); err != nil {
			r.Fatal(err)
		}
		list = append(list, l)
	}
	return list
}
