package api

import "time"

// Health is what the collector says of itself: of the journal it reads, of what
// it feeds, and of what is wrong.
type Health struct {
	Status   Status        `json:"status"`
	Version  string        `json:"version"`
	Started  time.Time     `json:"started"`
	Ready    bool          `json:"ready"`    // the index has caught up with the journal
	Problems []string      `json:"problems"` // a sentence each, the gravest first
	Journal  JournalHealth `json:"journal"`
	Chain    ChainHealth   `json:"chain"`
	Sinks    []SinkHealth  `json:"sinks"`
	Index    IndexHealth   `json:"index"`
	Disk     DiskHealth    `json:"disk"`
	Hook     HookHealth    `json:"hook"`
	Streams  int           `json:"streams"` // open live streams; the server counts them
}

// Status sums Health up.
type Status string

// A collector starts until its index has caught up, and is degraded while there
// is a problem.
const (
	OK       Status = "ok"
	Starting Status = "starting"
	Degraded Status = "degraded"
)

// JournalHealth is where the journal ends and how large it is.
type JournalHealth struct {
	ID         string     `json:"id"`
	Path       string     `json:"path"`
	First      uint64     `json:"first"` // seq of the first record still there
	Seq        uint64     `json:"seq"`   // of the last
	Hash       string     `json:"hash"`  // of the last record's line
	LastEvent  *time.Time `json:"last_event,omitempty"`
	Segments   int        `json:"segments"`
	Compressed int        `json:"compressed"` // segments among them
	Bytes      int64      `json:"bytes"`      // on disk
}

// ChainState is what is known of the journal's chain.
type ChainState string

// The chain's states.
const (
	Whole     ChainState = "whole"
	Broken    ChainState = "broken"
	Unchecked ChainState = "unchecked" // nothing has been read yet
)

// ChainHealth is how far the chain was checked, and what broke it.
type ChainHealth struct {
	State  ChainState   `json:"state"`
	Seq    uint64       `json:"seq"`    // the last record that was checked
	Breaks int64        `json:"breaks"` // since the journal began
	Last   []ChainBreak `json:"last"`   // the latest few, latest first
}

// ChainBreak is one place where the chain does not hold.
type ChainBreak struct {
	Seq     uint64    `json:"seq"`
	Found   time.Time `json:"found"`
	Problem string    `json:"problem"`
}

// SinkState is what a sink is doing.
type SinkState string

// The states of a sink.
const (
	Running  SinkState = "running"
	Retrying SinkState = "retrying"
	Paused   SinkState = "paused"
	Stopped  SinkState = "stopped"
)

// SinkHealth is how far behind the journal a sink is.
type SinkHealth struct {
	Name        string     `json:"name"`
	State       SinkState  `json:"state"`
	Seq         uint64     `json:"seq"`         // of the last record it has
	Lag         uint64     `json:"lag"`         // records it has not
	LagSeconds  float64    `json:"lag_seconds"` // age of the oldest of them
	Delivered   uint64     `json:"delivered"`   // records since the collector started
	Retries     uint64     `json:"retries"`     // since the collector started
	DeadLetters uint64     `json:"dead_letters"`
	Error       string     `json:"error,omitempty"` // why the last attempt failed
	Since       *time.Time `json:"since,omitempty"` // when it began to fail
}

// IndexHealth is the size of the embedded index.
type IndexHealth struct {
	Records    int64  `json:"records"`
	Bytes      int64  `json:"bytes"`
	Blocks     int64  `json:"blocks"`
	Seq        uint64 `json:"seq"`     // the last record that answers know
	Durable    uint64 `json:"durable"` // the last record on disk
	Rebuilding bool   `json:"rebuilding"`
}

// DiskHealth is the room where the data lies.
type DiskHealth struct {
	Path  string `json:"path"`
	Free  uint64 `json:"free_bytes"`
	Total uint64 `json:"total_bytes"`
}

// HookHealth is what hooks could not do.
type HookHealth struct {
	Errors    int64      `json:"errors"`
	LastError string     `json:"last_error,omitempty"`
	LastAt    *time.Time `json:"last_at,omitempty"`
}

// Integrity is what the API answers of the journal's chain.
type Integrity struct {
	Journal JournalHealth `json:"journal"`
	Chain   ChainHealth   `json:"chain"`
}

// Code is a single-use code that a page exchanges for a session.
type Code struct {
	Code    string    `json:"code"`
	Expires time.Time `json:"expires"`
}

// Session is a token for one page.
type Session struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}
