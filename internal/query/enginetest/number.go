package enginetest

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"strings"

	"agent-telemetry/internal/event"
)

// first is the record that begins a journal.
func (w *office) first() event.Record {
	r := event.Record{Timestamp: w.o.Start, Metadata: w.metadata(), Level: event.Info, EventType: event.JournalStart, TelemetryEnabled: true}
	r.Metadata.Journal = w.hex(32)
	return r
}

// numbered hands on n records, the first and what follows it, as a journal has them.
func numbered(first event.Record, rest iter.Seq[event.Record], n int, yield func(event.Record) bool) {
	c := chain{journal: first.Metadata.Journal, prev: strings.Repeat("0", 64)}
	if n <= 0 || !yield(c.next(first)) {
		return
	}
	for r := range rest {
		if c.seq == uint64(n) || !yield(c.next(r)) {
			return
		}
	}
}

// chain gives records what a journal would.
type chain struct {
	journal, prev string
	seq           uint64
}

func (c *chain) next(r event.Record) event.Record {
	c.seq++
	r.Seq, r.Prev, r.Metadata.Journal = c.seq, c.prev, c.journal
	sum := sha256.Sum256(Line(&r))
	c.prev = hex.EncodeToString(sum[:])
	return r
}

// Number numbers and chains records, in place, as those of one journal.
func Number(journal string, records []event.Record) {
	c := chain{journal: journal, prev: strings.Repeat("0", 64)}
	for i := range records {
		records[i] = c.next(records[i])
	}
}

// Slice makes a slice of n made-up records, numbered.
func Slice(seed uint64, n int, o Options) []event.Record {
	o.Numbered = true
	list := make([]event.Record, 0, n)
	for r := range Generate(seed, n, o) {
		list = append(list, r)
	}
	return list
}
