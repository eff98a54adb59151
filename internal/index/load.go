package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

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
