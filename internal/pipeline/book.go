package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

const (
	maxKnown   = 1000 // faults that are told; of more, only how many there are
	showFaults = 10
	// incident is how long readers may take to run into the same cut, each with a
	// cursor of its own.
	incident = 10 * time.Minute
)

// book is what the check of the chain has to remember.
type book struct {
	State  journal.State   `json:"state"`
	Faults int64           `json:"faults"`
	Known  []journal.Fault `json:"known,omitempty"`
	// Untold are faults whose records have not been met in the journal. One that was
	// written before a crash is ahead of the place where checking goes on.
	Untold []untold `json:"untold,omitempty"`

	cuts []seenCut
}

type untold struct {
	Fault  journal.Fault `json:"fault"`
	Offset int64         `json:"offset"`
	said   bool          // since the start
}

type seenCut struct {
	first, last uint64
	at          time.Time
}

// found takes a fault into the book, unless it is there.
func (c *chain) found(f journal.Fault) {
	f.File = strings.TrimSuffix(filepath.Base(f.File), archive.Suffix)
	f.Detail = plain(f.Detail)
	c.mu.Lock()
	defer c.mu.Unlock()
	b := &c.book
	if b.knows(&f) || b.sameCut(&f, c.p.opts.Now()) {
		return
	}
	b.Faults++
	if len(b.Known) < maxKnown {
		b.Known = append(b.Known, f)
		b.Untold = append(b.Untold, untold{Fault: f, Offset: f.Offset})
	}
	c.dirty, c.saved = true, time.Time{}
}

func (b *book) knows(f *journal.Fault) bool {
	for i := range b.Known {
		k := &b.Known[i]
		if k.Kind == f.Kind && k.Seq == f.Seq && k.Last == f.Last && (f.Seq > 0 || k.File == f.File && k.Detail == f.Detail) {
			return true
		}
	}
	return false
}

// plain bounds a text that may hold some of the journal's bytes, so that it comes back
// from JSON as it went.
func plain(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), 500)], "?")
}

// sameCut reports whether another reader has just told of the same incident.
func (b *book) sameCut(f *journal.Fault, now time.Time) bool {
	if f.Kind != journal.Cut && f.Kind != journal.Rewritten {
		return false
	}
	last := max(f.Seq, f.Last)
	for _, s := range b.cuts {
		if now.Sub(s.at) < incident && f.Seq <= s.last && s.first <= last {
			return true
		}
	}
	b.cuts = append(b.cuts, seenCut{f.Seq, last, now})
	if len(b.cuts) > maxKnown {
		b.cuts = b.cuts[1:]
	}
	return false
}

// tell appends a record for each fault that has none. The book is saved before, so
// that a crash in between neither loses a fault nor tells it twice.
func (c *chain) tell() error {
	for i := range c.book.Untold {
		u := &c.book.Untold[i]
		if u.said {
			continue
		}
		if c.dirty {
			if err := c.save(); err != nil {
				return err
			}
		}
		r := c.p.opts.Journal.NewRecord(event.Error, event.IntegrityFault)
		r.Integrity = u.told()
		r.Action.Reason = r.Integrity.Kind
		if _, err := c.p.opts.Journal.Append(journal.EntryOf(r)); err != nil {
			return fmt.Errorf("record that the journal is %s: %w", u.Fault.Kind, err)
		}
		u.said = true
	}
	return nil
}

func (u *untold) told() *event.Integrity {
	return &event.Integrity{
		Kind: string(u.Fault.Kind), Seq: u.Fault.Seq, LastSeq: u.Fault.Last,
		File: u.Fault.File, Offset: u.Offset, Detail: u.Fault.Detail,
	}
}

// met takes the faults out of the book that the line is the record of.
func (c *chain) met(l *journal.Line) {
	if !bytes.Contains(l.Bytes, []byte(`"event_type":"`+string(event.IntegrityFault)+`"`)) {
		return
	}
	var r event.Record
	if json.Unmarshal(l.Bytes, &r) != nil || r.Integrity == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.book.Untold {
		if *c.book.Untold[i].told() == *r.Integrity {
			c.book.Untold = append(c.book.Untold[:i], c.book.Untold[i+1:]...)
			c.dirty, c.saved = true, time.Time{}
			return
		}
	}
}
