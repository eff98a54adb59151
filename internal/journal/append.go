package journal

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"agent-telemetry/internal/event"
)

// Durability says what Append waits for.
type Durability uint8

// Fsync waits until the record is on the disk, OS until the system has it: then
// it outlives the process, but not the loss of power.
const (
	Fsync Durability = iota
	OS
)

// Options say how to append. The zero value of each means its default.
type Options struct {
	Durability   Durability
	LockWait     time.Duration  // 200 ms; then a record goes to the spool
	SegmentBytes int64          // 64 MiB; then the segment is rotated
	Metadata     event.Metadata // of the journal's own records

	Now   func() time.Time                        // time.Now
	Write func(f *os.File, b []byte) (int, error) // f.Write; for injecting faults
}

// Journal appends to the journal in one data folder. It holds nothing open, so
// that any number of processes may have one.
type Journal struct {
	data, logs string
	opts       Options
}

// New returns the journal in the data folder, which the first Append creates.
func New(data string, opts Options) *Journal {
	if opts.LockWait == 0 {
		opts.LockWait = 200 * time.Millisecond
	}
	if opts.SegmentBytes == 0 {
		opts.SegmentBytes = 64 << 20
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Write == nil {
		opts.Write = (*os.File).Write
	}
	return &Journal{data: data, logs: LogsDir(data), opts: opts}
}

// NewRecord begins a record of the journal's own, or of who tends it.
func (j *Journal) NewRecord(level event.Level, t event.Type) *event.Record {
	return &event.Record{Metadata: j.opts.Metadata, Level: level, EventType: t, TelemetryEnabled: true}
}

// Receipt says where a record went.
type Receipt struct {
	Seq     uint64
	Hash    Hash
	Spooled bool // in the spool; Seq and Hash are not known yet
}

// Append appends one record. When it returns without an error, the record is in
// the journal, or in the spool if the lock was not had in time or the journal
// could not be written; with Fsync it is on the disk.
func (j *Journal) Append(e Entry) (Receipt, error) {
	if e.Len() > Room {
		return Receipt{}, fmt.Errorf("append a record of %d bytes: at most %d fit a line", e.Len(), Room)
	}
	head, err := j.append(func(*session) (event.Chain, Entry, error) { return event.Chain{}, e, nil })
	if err == nil {
		return Receipt{Seq: head.Seq, Hash: head.Hash}, nil
	}
	if spoolErr := j.spool(e); spoolErr != nil {
		return Receipt{}, errors.Join(err, spoolErr)
	}
	return Receipt{Spooled: true}, nil
}

// session is one hold of the lock: the journal's end, and what is to follow it.
type session struct {
	j *Journal
	end
	active *os.File
	head   *os.File // journal.head; nil if it cannot be opened
	out    []byte   // lines to write
}

// append runs one session: what make returns is appended behind the spool. The
// head it returns is that of the last record.
func (j *Journal) append(make func(*session) (event.Chain, Entry, error)) (Head, error) {
	lock, err := j.lock()
	if err != nil {
		return Head{}, err
	}
	s := &session{j: j}
	err = s.run(make)
	if s.head != nil {
		_ = s.head.Close()
	}
	_ = lock.Close() // lets go of the lock
	if s.active == nil {
		return Head{}, err
	}
	defer func() { _ = s.active.Close() }()
	if err == nil {
		err = s.sync()
	}
	return s.Head, err
}

func (j *Journal) lock() (*os.File, error) {
	lock, err := acquire(j.logs, j.opts.LockWait)
	if errors.Is(err, os.ErrNotExist) {
		if err = os.MkdirAll(j.logs, 0o700); err != nil {
			return nil, fmt.Errorf("create the journal's folder: %w", err)
		}
		lock, err = acquire(j.logs, j.opts.LockWait)
	}
	return lock, err
}

func (s *session) run(make func(*session) (event.Chain, Entry, error)) error {
	if err := s.open(); err != nil {
		return err
	}
	if s.Seq == 0 {
		s.start()
	}
	spooled := s.drain()
	chain, e, err := make(s)
	if err != nil {
		return err
	}
	s.add(chain, e)
	if err := s.write(); err != nil {
		return err
	}
	return s.removeSpooled(spooled)
}

// start begins a journal: a random id, and the record that carries it.
func (s *session) start() {
	s.Journal = newID()
	s.add(event.Chain{}, EntryOf(s.j.NewRecord(event.Info, event.JournalStart)))
}

// newID returns 128 random bits from the runtime's generator, which the system
// seeds. The id tells journals apart; nothing depends on its being secret.
func newID() string { return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()) }

// add numbers, dates and chains one record and puts its line into out.
func (s *session) add(c event.Chain, e Entry) {
	st := stamp{seq: s.Seq + 1, prev: s.last, time: s.j.opts.Now(), journal: s.Journal, Chain: c}
	if !s.Time.IsZero() && !st.time.After(s.Time) {
		if back := s.Time.Sub(st.time); back > time.Second {
			st.ClockStepMS = -back.Milliseconds()
		} else {
			st.time = s.Time.Add(1).In(st.time.Location())
		}
	}
	st.Torn, st.Lost = s.torn, s.lost
	s.torn, s.lost = nil, nil
	start := len(s.out)
	s.out = appendLine(s.out, &st, e)
	if s.First == 0 {
		s.First = st.seq
	}
	s.Seq, s.Time = st.seq, st.time
	s.Hash = HashLine(s.out[start:])
	s.last = s.Hash
	s.out = append(s.out, '\n')
}

// write writes out in one piece, and then the head.
func (s *session) write() error {
	n, err := s.j.opts.Write(s.active, s.out)
	if err == nil && n < len(s.out) {
		err = io.ErrShortWrite
	}
	if err != nil {
		if n > 0 {
			_ = s.active.Truncate(s.Offset)
		}
		return fmt.Errorf("append to %s: %w", s.active.Name(), err)
	}
	s.Offset += int64(len(s.out))
	// A head that cannot be written costs the next appender a look at the tail.
	if s.head != nil {
		_, _ = s.head.WriteAt(s.Head.encode(), 0)
	}
	return nil
}

func (s *session) sync() error {
	if s.j.opts.Durability != Fsync {
		return nil
	}
	if err := syncData(s.active); err != nil {
		return fmt.Errorf("sync %s: %w", s.active.Name(), err)
	}
	return nil
}
