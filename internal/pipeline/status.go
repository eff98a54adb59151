package pipeline

import (
	"time"

	"agent-telemetry/internal/journal"
)

// Status is how all is going.
type Status struct {
	Journal  string       `json:"journal"`  // the journal's id
	Head     uint64       `json:"head_seq"` // its last record
	HeadTime time.Time    `json:"head_time"`
	Watching bool         `json:"watching"` // the system tells of appends; else they are polled for
	Sinks    []SinkStatus `json:"sinks"`
	Chain    ChainStatus  `json:"chain"`
	Keeper   KeeperStatus `json:"keeper"`
	Error    string       `json:"error,omitempty"` // why the journal could not be looked at
}

// State is what a sink is about.
type State string

// Running includes waiting for records. Retrying says that the last batch was not
// taken, Paused that there is no room for it on the disk; both go on by themselves.
const (
	Running  State = "running"
	Retrying State = "retrying"
	Paused   State = "paused"
)

// SinkStatus is how one sink is going.
type SinkStatus struct {
	Name        string         `json:"name"`
	State       State          `json:"state"`
	Cursor      journal.Cursor `json:"cursor"` // behind the last record that the sink took
	LagRecords  uint64         `json:"lag_records"`
	LagBytes    int64          `json:"lag_bytes"`
	LagSeconds  float64        `json:"lag_seconds"` // age of the oldest record that it has not taken
	Records     int64          `json:"records"`     // taken since the start
	Retries     int64          `json:"retries"`
	Resets      int64          `json:"resets"` // times that the journal did not bear its cursor out
	DeadLetters int64          `json:"dead_letters"`
	LastError   string         `json:"last_error,omitempty"`
	LastErrorAt *time.Time     `json:"last_error_at,omitempty"`
}

// ChainStatus is what the check of the chain has found.
type ChainStatus struct {
	Intact bool            `json:"intact"`
	Faults int64           `json:"faults"`
	First  []journal.Fault `json:"first_faults"` // the first few
	Seq    uint64          `json:"seq"`          // checked up to this record
	Error  string          `json:"error,omitempty"`
}

// KeeperStatus is what was done about older segments.
type KeeperStatus struct {
	LastRun    *time.Time `json:"last_run,omitempty"`
	Compressed int64      `json:"compressed"` // segments, since the start
	Removed    int64      `json:"removed"`
	RetainedTo uint64     `json:"retained_to,omitempty"` // the last record removed
	LastError  string     `json:"last_error,omitempty"`
}

// Status tells how all is going. It is cheap, and safe to call at any time.
func (p *Pipeline) Status() Status {
	head, err := journal.ReadEnd(p.opts.Data)
	s := Status{Journal: head.Journal, Head: head.Seq, HeadTime: head.Time, Watching: p.watch.watching.Load(), Chain: p.chain.status()}
	if err != nil {
		s.Error = err.Error()
	}
	segments, err := journal.Segments(p.opts.Data)
	if err != nil {
		s.Error = err.Error()
	}
	for _, f := range p.feeds {
		s.Sinks = append(s.Sinks, f.lag(&head, segments))
	}
	p.keeper.mu.Lock()
	defer p.keeper.mu.Unlock()
	s.Keeper = p.keeper.status
	return s
}

// lag is the feed's status beside the journal's end.
func (f *feed) lag(head *journal.Head, segments []journal.Segment) SinkStatus {
	f.mu.Lock()
	s, oldest := f.status, f.oldest
	f.mu.Unlock()
	s.DeadLetters = f.dead.total()
	if s.Cursor.Seq < head.Seq {
		s.LagRecords = head.Seq - s.Cursor.Seq
		s.LagBytes = bytesBehind(s.Cursor, head, segments)
	}
	if !oldest.IsZero() {
		s.LagSeconds = max(0, f.p.opts.Now().Sub(oldest).Seconds())
	}
	return s
}

// bytesBehind is how much of the journal's files lies behind a cursor.
func bytesBehind(c journal.Cursor, head *journal.Head, segments []journal.Segment) (n int64) {
	for _, s := range segments {
		first := s.First
		if s.Active {
			first = head.First
		}
		switch {
		case first > c.Segment:
			n += s.Bytes
		case first == c.Segment && !s.Compressed:
			n += max(0, s.Bytes-c.Offset)
		}
	}
	return n
}
