package journal

import "agent-telemetry/internal/event"

// Stored is a record as it lies in the journal.
type Stored struct {
	Segment uint64 // seq of the first record of its segment; names it for good
	Offset  int64  // of its line in the segment, before compression
	Line    []byte // without the newline
	Hash    Hash   // of the line
	Record  *event.Record
}

// Cursor is the place behind the record.
func (s *Stored) Cursor() Cursor {
	return Cursor{
		Journal: s.Record.Metadata.Journal, Seq: s.Record.Seq, Hash: s.Hash,
		Segment: s.Segment, Offset: s.Offset + int64(len(s.Line)) + 1,
	}
}

// Cursor is a place between two records: how far a reader has come. The zero
// Cursor is the journal's beginning.
type Cursor struct {
	Journal string `json:"journal"`
	Seq     uint64 `json:"seq"`  // of the last record before it
	Hash    Hash   `json:"hash"` // of that record's line
	Segment uint64 `json:"segment"`
	Offset  int64  `json:"offset"` // of the line behind it, before compression
}
