package journal

import (
	"bytes"
	"fmt"

	"agent-telemetry/internal/event"
)

// Checker holds lines against the chain as a Reader hands them out, and can go on
// where another one stopped. It knows little more than the last record, so that
// Verify, which sees the whole journal, may name the same damage more exactly.
type Checker struct {
	State
	last, before record
	text         []byte // last's line
	bad          []badLine
	skipped      int         // bad lines beyond those kept
	held         *Fault      // which of two records was edited, the next line may tell
	recent       [4096]known // records, by their numbers
	faults       []Fault
}

// State is what a Checker has to know to go on.
type State struct {
	Cursor Cursor `json:"cursor"` // behind the last record checked
	// Gap is set while the journal begins behind this record, and no retention
	// record that says so has been met.
	Gap *event.Point `json:"gap,omitempty"`
}

type known struct {
	seq  uint64
	hash Hash
}

// maxBad is how many lines that are no records are kept between two that are.
const maxBad = 1000

// NewChecker goes on from a state; the zero State is the journal's beginning. The
// lines to check are those behind its cursor.
func NewChecker(s State) *Checker {
	c := &Checker{State: s}
	c.last = record{seq: s.Cursor.Seq, hash: s.Cursor.Hash}
	c.remember(&c.last)
	return c
}

// Check takes the next line and returns what is wrong. Torn lines that the next
// record names are not.
func (c *Checker) Check(l *Line) []Fault {
	c.faults = nil
	if l.head.seq == 0 {
		c.badLine(l)
		return nil
	}
	at := place{file: l.path, offset: l.Offset, size: l.Size}
	r := record{seq: l.head.seq, prev: l.head.prev, hash: l.Hash(), at: at}
	if !l.head.plain || len(c.bad) > 0 || r.seq != c.last.seq+1 || r.prev != c.last.hash {
		if !c.slowly(&r, l) {
			return c.faults
		}
	} else {
		c.release()
	}
	c.before, c.last = c.last, r
	c.text = append(c.text[:0], l.Bytes...)
	c.remember(&r)
	c.Cursor = Cursor{Journal: c.journal(l), Seq: r.seq, Hash: r.hash, Segment: l.Segment, Offset: l.Offset + l.Size + 1}
	c.bad, c.skipped = c.bad[:0], 0
	return c.faults
}

// Rest returns what is wrong as far as the lines up to here can tell. End says that
// they are all there are.
func (c *Checker) Rest(end bool) []Fault {
	c.faults = nil
	c.release()
	if end && c.Gap != nil {
		c.fault(Missing, place{}, 1, c.Gap.Seq, "gone from the journal's beginning, and no retention record says so")
		c.Gap = nil
	}
	return c.faults
}

// journal avoids making the same string for every record.
func (c *Checker) journal(l *Line) string {
	if id := c.Cursor.Journal; id != "" && bytes.Contains(l.Bytes, []byte(`,"metadata":{"journal":"`+id+`"`)) {
		return id
	}
	return journalOf(l.Bytes)
}

func (c *Checker) badLine(l *Line) {
	if len(c.bad) == maxBad {
		c.skipped++
		return
	}
	b := badLine{at: place{file: l.path, offset: l.Offset}, hash: l.Hash(), size: l.Size}
	after := c.last.hash
	b.torn = l.long == nil && looksTorn(l.Bytes, c.last.seq+1, after)
	if n := len(c.bad); n > 0 && !b.torn && l.long == nil {
		b.torn = looksTorn(l.Bytes, c.last.seq+1, c.bad[n-1].hash)
	}
	c.bad = append(c.bad, b)
}

// slowly takes a record that does not simply follow the last. It reports whether
// it is a record.
func (c *Checker) slowly(r *record, l *Line) bool {
	var chain event.Chain
	if !l.head.plain {
		if _, v, ok := parseRecord(l.Bytes); ok {
			chain = chainOf(v)
		}
	}
	if !c.follows(r, chain.Torn) {
		if !complete(l.Bytes) {
			c.badLine(l)
			return false
		}
		if !c.dropIncomplete() || !c.follows(r, chain.Torn) {
			c.broken(r, l)
		}
	}
	if p := chain.Retention; p != nil && c.Gap != nil && *p == *c.Gap {
		c.Gap = nil
	}
	if chain.Lost != nil {
		c.cut(r, chain.Lost, l)
	}
	return true
}

// follows reports whether r is what follows the last record, and names what stands
// between them.
func (c *Checker) follows(r *record, torn *event.Torn) bool {
	if r.seq != c.last.seq+1 {
		return false
	}
	byName := named(c.bad, torn, c.last.hash, r)
	if !byName && r.prev != c.last.hash {
		return false
	}
	c.release()
	c.inserted(byName)
	return true
}

// inserted names the lines before a record that no append of ours leaves behind, as
// one fault.
func (c *Checker) inserted(byName bool) {
	n, first := c.skipped, place{}
	for i := len(c.bad) - 1; i >= 0; i-- {
		if !byName || !c.bad[i].torn {
			n, first = n+1, c.bad[i].at
		}
	}
	if n > 0 {
		c.fault(Inserted, first, 0, 0, "%d lines that are no records, behind record %d", n, c.last.seq)
	}
}

// dropIncomplete takes the last record back where it is none after all: a torn line
// may by chance end like a whole one.
func (c *Checker) dropIncomplete() bool {
	if len(c.text) == 0 || complete(c.text) {
		return false
	}
	torn := badLine{at: c.last.at, hash: c.last.hash, size: c.last.at.size, torn: true}
	c.bad = append([]badLine{torn}, c.bad...)
	c.last, c.before, c.text = c.before, record{}, nil
	return true
}

// broken names what is wrong where r does not follow the last record.
func (c *Checker) broken(r *record, l *Line) {
	last := &c.last
	back := c.recent[(r.seq-1)%uint64(len(c.recent))]
	switch {
	case r.seq == 1 && r.prev.IsZero() && last.seq > 0 && journalOf(l.Bytes) != c.Cursor.Journal:
		c.fault(Restarted, r.at, 1, 0, "a new chain (journal %s) begins behind record %d of journal %s", journalOf(l.Bytes), last.seq, c.Cursor.Journal)
		c.recent = [len(c.recent)]known{}
	case last.seq == 0 && r.seq > 1:
		c.Gap = &event.Point{Seq: r.seq - 1, Hash: r.prev.String()}
		c.inserted(true)
	case last.seq == 0:
		c.fault(Edited, r.at, r.seq, 0, "the first record names a predecessor")
	case r.seq <= last.seq:
		c.stray(r)
	case back.seq == r.seq-1 && back.hash == r.prev:
		c.inserted(false) // the chain goes on behind what was out of place
	case r.seq > last.seq+1:
		c.jump(r)
	case c.held != nil:
		c.held = nil
		c.fault(Edited, last.at, last.seq, 0, "fits neither its predecessor nor its successor, so that nothing vouches for record %d either", last.seq-1)
	default:
		c.held = &Fault{Kind: Edited, File: last.at.file, Seq: last.seq, Offset: last.at.offset, Detail: fmt.Sprintf("its bytes are not those that record %d vouches for", r.seq)}
		c.inserted(false)
		return
	}
	c.release()
}

// stray names a record whose number the chain has passed.
func (c *Checker) stray(r *record) {
	switch k := c.recent[r.seq%uint64(len(c.recent))]; {
	case k.seq == r.seq && k.hash == r.hash:
		c.fault(Duplicated, r.at, r.seq, 0, "stands in the journal a second time")
	case k.seq == r.seq:
		c.fault(Inserted, r.at, r.seq, 0, "the chain has another record of that number")
	default:
		c.fault(Reordered, r.at, r.seq, 0, "stands behind record %d", c.last.seq)
	}
}

// jump names the records between the last and r.
func (c *Checker) jump(r *record) {
	first, gap, n := c.last.seq+1, r.seq-c.last.seq-1, uint64(len(c.bad)+c.skipped)
	if n > 0 && gap <= n {
		c.fault(Edited, c.bad[0].at, first, r.seq-1, "what stands in its place is no record")
		return
	}
	c.fault(Missing, r.at, first, r.seq-1, "gone from between %d and %d, where %d lines are no records", c.last.seq, r.seq, n)
}

// cut names what an append found gone.
func (c *Checker) cut(r *record, l *event.Lost, line *Line) {
	switch {
	case l.Journal != journalOf(line.Bytes):
		c.fault(Cut, r.at, 0, 0, "journal %s with %d records was gone when record %d was appended", l.Journal, l.Seq, r.seq)
	case l.Seq >= r.seq:
		c.fault(Cut, r.at, r.seq, l.Seq, "records of these numbers had been written before and were gone when this record %d was appended", r.seq)
	default:
		c.fault(Edited, r.at, l.Seq, 0, "was another one before record %d was appended", r.seq)
	}
}

// remember keeps the first record met of each number.
func (c *Checker) remember(r *record) {
	if k := &c.recent[r.seq%uint64(len(c.recent))]; k.seq != r.seq || r.seq == 0 {
		*k = known{r.seq, r.hash}
	}
}

// release lets go of what the next line has not shown to be otherwise.
func (c *Checker) release() {
	if c.held != nil {
		c.faults = append(c.faults, *c.held)
		c.held = nil
	}
}

func (c *Checker) fault(kind Kind, at place, seq, last uint64, format string, args ...any) {
	if last == seq {
		last = 0
	}
	c.faults = append(c.faults, Fault{Kind: kind, File: at.file, Seq: seq, Last: last, Detail: fmt.Sprintf(format, args...), Offset: at.offset})
}
