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
