// Package index is the embedded engine: it answers every question of package query
// from one SQLite file that needs no server.
//
// # What it keeps
//
// Records lie in blocks of up to 4096 rows, column by column. A column of few
// values is a list of those values, with how often each occurs, and a code a row;
// a column of numbers, distances from the least. Strings lie in granules of 128
// rows, compressed, each with the trigrams of its strings in a full-text index. A
// count over whole blocks is read off the lists alone; everything else scans the
// columns that the question names, in blocks whose lists and times do not rule
// them out.
//
// The newest rows are in memory. When a block is full it is sealed: its columns,
// strings, trigrams, the sums of the sessions it touched and the journal's cursor
// are written in one transaction, so that every record is in the file exactly
// once. After a restart the rows behind the cursor are read from the journal again.
//
// The lines themselves stay in the journal; the index knows where they lie.
package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"agent-telemetry/internal/journal"

	"github.com/klauspost/compress/zstd"
)

// Lines finds a record's line in the journal; package journal/archive has it.
type Lines interface {
	Line(segment uint64, offset int64, size int) ([]byte, error)
}

// Options of an index.
type Options struct {
	Lines Lines // needed
	// Budget bounds the time one question may take before it is answered in part;
	// 0 is 400 ms.
	Budget time.Duration
	// Damaged is told what is wrong with the file. The index is then begun anew: by
	// Open at once, later by the next Put or by Heal. It may be nil.
	Damaged func(error)
}

// Index is an open index. One process has it open at a time.
type Index struct {
	path string
	opts Options
	lock *os.File

	// writing is held by Put, Reset and Close: one writer at a time.
	writing sync.Mutex
	encoder *zstd.Encoder
	decoder *zstd.Decoder
	failed  atomic.Pointer[error] // what is wrong with the file

	// gate is held, shared, by every question while it uses db.
	gate   sync.RWMutex
	asking chan struct{} // as many as may ask at once
	closed bool
	db     *sql.DB

	// mu guards what follows. Only the writer changes it.
	mu        sync.RWMutex
	values    [numDims]*dictionary // none for kinds
	blocks    []*block             // sealed, in order of id
	groups    [][]*block           // the same in order of time; see grouped
	builder   *builder
	nextBlock int64
	sessions  map[uint32]*session
	starts    []int64 // of each session, by id: when it began, in nanoseconds
	joiners   joiners
	seen      journal.Cursor // behind the last record taken
	seenTime  time.Time
	sealed    journal.Cursor // behind the last record in a sealed block
	floor     floor
	arrived   chan struct{} // closed and renewed when records arrived
}

// ErrLocked says that another process has the index open.
var ErrLocked = errors.New("another process has the index open")

// Open opens the index at path, which it makes if there is none. One that is
// damaged is thrown away and begun anew.
func Open(ctx context.Context, path string, opts Options) (*Index, error) {
	if opts.Budget == 0 {
		opts.Budget = 400 * time.Millisecond
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the index's folder: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("open index %s: %w", path, err)
	}
	x := &Index{path: path, opts: opts, lock: lock, arrived: make(chan struct{}), asking: make(chan struct{}, questions)}
	err = errors.Join(x.compression(), x.open(ctx))
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("open index %s: %w", path, err)
	}
	return x, nil
}

func (x *Index) compression() (err error) {
	x.encoder, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true))
	if err == nil {
		x.decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderLowmem(true))
	}
	return err
}

// Reset forgets everything, for the journal to be read from its beginning.
func (x *Index) Reset(ctx context.Context) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	return x.reset(ctx)
}

func (x *Index) reset(ctx context.Context) error {
	x.gate.Lock()
	defer x.gate.Unlock()
	if x.closed {
		return errClosed
	}
	if err := x.discard(); err != nil {
		return fmt.Errorf("reset the index: %w", err)
	}
	if err := x.load(ctx); err != nil {
		return fmt.Errorf("reset the index: %w", err)
	}
	return nil
}

// Close closes the index. Questions under way are waited for.
func (x *Index) Close() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.gate.Lock()
	defer x.gate.Unlock()
	if x.closed {
		return nil
	}
	x.closed = true
	var err error
	if x.db != nil {
		err = x.db.Close()
	}
	x.announce()
	return errors.Join(err, x.lock.Close())
}

// announce wakes whoever waits for records.
func (x *Index) announce() {
	x.mu.Lock()
	defer x.mu.Unlock()
	close(x.arrived)
	x.arrived = make(chan struct{})
}

// Stats of an index.
type Stats struct {
	Records int64          // that can be asked for
	Blocks  int            // sealed
	Bytes   int64          // of its files
	Seen    journal.Cursor // behind the last record that can be asked for
	Sealed  journal.Cursor // behind the last that is in the file
	Last    time.Time      // timestamp of the last record taken since the start
}

// Stats tells the size and the progress of the index.
func (x *Index) Stats() Stats {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := Stats{Blocks: len(x.blocks), Seen: x.seen, Sealed: x.sealed, Last: x.seenTime}
	for _, b := range x.blocks {
		s.Records += count(b.sums[dimKind].records) - x.floor.below(b, x.journalName(b.journal))
	}
	for d := range x.builder.dims[:1] {
		s.Records += count(x.builder.dims[d].records)
	}
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(x.path + suffix); err == nil {
			s.Bytes += info.Size()
		}
	}
	return s
}

func count(list []uint32) (n int64) {
	for _, c := range list {
		n += int64(c)
	}
	return n
}

func (x *Index) journalName(id uint32) string { return x.values[dimJournal].all()[id] }
