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
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query"

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

// open opens the database and reads what is held in memory.
func (x *Index) open(ctx context.Context) error {
	err := x.load(ctx)
	if err == nil || !isDamage(err) {
		return err
	}
	if x.opts.Damaged != nil {
		x.opts.Damaged(err)
	}
	if err := x.discard(); err != nil {
		return err
	}
	return x.load(ctx)
}

// discard closes the database and deletes it.
func (x *Index) discard() error {
	if x.db != nil {
		_ = x.db.Close()
		x.db = nil
	}
	return remove(x.path)
}

func (x *Index) load(ctx context.Context) (err error) {
	if x.db, err = connect(x.path); err != nil {
		return err
	}
	if err := errors.Join(prepare(ctx, x.db), x.private()); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.builder, x.sessions, x.joiners, x.starts = newBuilder(), map[uint32]*session{}, joiners{}, nil
	x.failed.Store(nil)
	for d := range x.values {
		if dimension(d) == dimKind {
			continue
		}
		x.values[d] = newDictionary(dimension(d))
		if err := x.values[d].load(ctx, x.db); err != nil {
			return err
		}
	}
	if err := x.loadStarts(ctx); err != nil {
		return err
	}
	if err := x.loadBlocks(ctx); err != nil {
		return err
	}
	return x.loadState(ctx)
}

// private takes the files from all but their owner: SQLite makes them by the umask.
func (x *Index) private() error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Chmod(x.path+suffix, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (x *Index) loadBlocks(ctx context.Context) error {
	rows, err := x.db.QueryContext(ctx, `SELECT id, data FROM block ORDER BY id`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var blocks []*block
	byID := map[int64]*block{}
	x.nextBlock = 1
	for rows.Next() {
		var id int64
		var data []byte
		if err := rows.Scan(&id, &data); err != nil {
			return err
		}
		if data, err = unseal("block", id, data); err != nil {
			return err
		}
		var h header
		if err := json.Unmarshal(data, &h); err != nil {
			return damaged("block %d: %v", id, err)
		}
		b := &block{id: id, rows: h.Rows, first: h.First, last: h.Last, firstSeq: h.FirstSeq, lastSeq: h.LastSeq, journal: h.Journal}
		blocks = append(blocks, b)
		byID[id] = b
		x.nextBlock = id + 1
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := x.loadSums(ctx, byID); err != nil {
		return err
	}
	x.setBlocks(blocks)
	return nil
}

// loadSums reads the lists of values of all blocks, but for the long ones of paths.
func (x *Index) loadSums(ctx context.Context, blocks map[int64]*block) error {
	rows, err := x.db.QueryContext(ctx, `SELECT id, data FROM col WHERE id BETWEEN ? AND ?`, colID(sumColumn, 0), colID(sumColumn+int(numDims), 0)-1)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for rows.Next() {
		var id int64
		var data []byte
		if err := rows.Scan(&id, &data); err != nil {
			return err
		}
		d, b := dimension(id>>40)-sumColumn, blocks[id&(1<<40-1)]
		if b == nil {
			return damaged("a column of a block that is missing")
		}
		n++
		if d == dimPath {
			continue
		}
		if data, err = unseal("col", id, data); err != nil {
			return err
		}
		if b.sums[d], err = decodeSummary(data); err != nil {
			return err
		}
	}
	if n != len(blocks)*int(numDims) {
		return damaged("%d columns of %d blocks", n, len(blocks))
	}
	return rows.Err()
}

func (x *Index) loadState(ctx context.Context) error {
	var data []byte
	var st state
	err := x.db.QueryRowContext(ctx, `SELECT data FROM meta WHERE name='state'`).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case json.Unmarshal(data, &st) != nil:
		return damaged("its state cannot be read")
	}
	x.seen, x.sealed, x.floor = st.Cursor, st.Cursor, st.Floor
	return x.rejoin(ctx, st.Open)
}

// rejoin takes up the calls that were under way when the last block was sealed.
func (x *Index) rejoin(ctx context.Context, list []open) error {
	var keys []query.Key
	for _, o := range list {
		keys = append(keys, o.Records...)
	}
	v := &view{x: x, reader: reader{ctx: ctx, db: x.db}, groups: x.groups}
	defer v.close()
	err := v.records(keys, func(r *event.Record) {
		x.joiners.in(r.Metadata.Journal)
		j := x.joiners.of(r)
		j.Add(r)
		x.joiners.open += len(j.Actions())
	})
	if err != nil {
		return err
	}
	x.joiners.in(x.seen.Journal)
	for _, o := range list {
		if a := x.joiners.action(o.Session, o.Call); a != nil {
			a.Outcome = o.Outcome
		}
	}
	return nil
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

// records reads records from the journal, in the order in which they arrived, each
// once. Those that retention removed are left out.
func (v *view) records(keys []query.Key, yield func(*event.Record)) error {
	type place struct {
		b *block
		i int
	}
	var places []place
	for _, key := range keys {
		b, i, err := v.find(key)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		places = append(places, place{b, i})
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.b.id, b.b.id), cmp.Compare(a.i, b.i)) })
	for _, p := range slices.Compact(places) {
		line, err := v.lineAt(p.b, p.i)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		r := &event.Record{}
		if err := json.Unmarshal(line, r); err != nil {
			return fmt.Errorf("read a record: %w", err)
		}
		yield(r)
	}
	return nil
}
