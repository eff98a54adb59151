package journal

import (
	"fmt"
	"path/filepath"
)

// Kind names what is wrong with a journal.
type Kind string

// The kinds of fault. Only Torn is honest: what an interrupted append leaves.
const (
	Edited     Kind = "edited"     // a record's bytes are not those that the chain vouches for
	Missing    Kind = "missing"    // records between two others are gone
	Inserted   Kind = "inserted"   // lines that the chain does not know
	Duplicated Kind = "duplicated" // a record stands twice
	Reordered  Kind = "reordered"  // a record or segment stands in the wrong place
	Torn       Kind = "torn"       // an incomplete line
	Restarted  Kind = "restarted"  // a new chain begins in the middle
	Cut        Kind = "cut"        // records at the end that are known to have existed are gone
	Rewritten  Kind = "rewritten"  // whole in itself, but not the journal that a noted head belongs to
	Unreadable Kind = "unreadable" // the file could not be read
)

// Fault is one thing that is wrong, and where.
type Fault struct {
	Kind   Kind   `json:"kind"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"` // from 1
	Seq    uint64 `json:"seq,omitempty"`  // the record, or the first of several
	Last   uint64 `json:"last_seq,omitempty"`
	Detail string `json:"detail"`

	Offset int64 `json:"-"` // of the line, before compression
	pos    int64 // in the journal, to sort by
}

// Tampering reports whether honest writers cannot have left this behind.
func (f *Fault) Tampering() bool { return f.Kind != Torn }

func (f *Fault) String() string {
	where := ""
	if f.File != "" {
		where = filepath.Base(f.File)
		if f.Line > 0 {
			where = fmt.Sprintf("%s:%d", where, f.Line)
		}
		where += ": "
	}
	return fmt.Sprintf("%-10s %s%s%s", f.Kind, where, f.records(), f.Detail)
}

func (f *Fault) records() string {
	switch {
	case f.Seq == 0:
		return ""
	case f.Last > f.Seq:
		return fmt.Sprintf("records %d to %d: ", f.Seq, f.Last)
	}
	return fmt.Sprintf("record %d: ", f.Seq)
}

// Noted is a head that was noted earlier: record Seq had this hash.
type Noted struct {
	Seq  uint64
	Hash Hash
}

func (n Noted) String() string { return fmt.Sprintf("%d:%s", n.Seq, n.Hash) }

// ParseNoted reads SEQ:HASH.
func ParseNoted(text string) (n Noted, err error) {
	var hash string
	if _, err = fmt.Sscanf(text, "%d:%64s", &n.Seq, &hash); err == nil {
		var ok bool
		if n.Hash, ok = ParseHash([]byte(hash)); ok && n.Seq > 0 && text == n.String() {
			return n, nil
		}
	}
	return n, fmt.Errorf("%q is not a head: it reads SEQ:HASH, as `agent-telemetry head` prints it", text)
}

// Report is what Verify found.
type Report struct {
	Journal  string  `json:"journal"`
	First    uint64  `json:"first_seq"`
	Last     uint64  `json:"last_seq"`
	Head     string  `json:"head"` // SEQ:HASH of the last record; "" for an empty journal
	Records  int64   `json:"records"`
	Bytes    int64   `json:"bytes"`
	Segments int     `json:"segments"`
	Faults   []Fault `json:"faults"`
}

// Intact reports whether there is no sign of tampering.
func (r *Report) Intact() bool {
	for i := range r.Faults {
		if r.Faults[i].Tampering() {
			return false
		}
	}
	return true
}
