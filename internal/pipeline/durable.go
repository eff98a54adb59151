package pipeline

import (
	"sync"

	"agent-telemetry/internal/journal"
)

// durability knows up to where the journal is on the disk, so that of all readers
// only the first waits for it.
type durability struct {
	mu      sync.Mutex
	segment uint64
	offset  int64
}

// ensure returns once the journal is durable up to c, which r has read.
func (d *durability) ensure(r *journal.Reader, c journal.Cursor) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c.Segment < d.segment || c.Segment == d.segment && c.Offset <= d.offset {
		return nil
	}
	if err := r.Sync(); err != nil {
		return err
	}
	d.segment, d.offset = c.Segment, c.Offset
	return nil
}

// forget is for a journal that was cut or rewritten.
func (d *durability) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.segment, d.offset = 0, 0
}
