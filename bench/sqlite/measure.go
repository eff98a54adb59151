package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"agent-telemetry/internal/query/enginetest"
	"agent-telemetry/internal/service"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// figureOf is one line of the table; below 0 is none.
type figureOf struct {
	What  string  `json:"what"`
	Value float64 `json:"value"`
}

// result is what one process found.
type result struct {
	Version  string     `json:"version"`
	Answers  string     `json:"answers"` // a digest of all that was read
	Measures []figureOf `json:"measures"`
}

// bench is a driver under measurement.
type bench struct {
	result
	options
	ctx    context.Context
	db     *sql.DB
	read   hash.Hash
	values []value // some that there are
	rand   *rand.Rand
}

// pointReads is how many rows are read one by one.
const pointReads = 20_000

func measure(ctx context.Context, o options) (*result, error) {
	debug.SetGCPercent(50) // as the collector
	path := filepath.Join(o.dir, "index.db")
	db, err := open(o.driver, path)
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, ctx: ctx, db: db, read: sha256.New(), rand: rand.New(rand.NewPCG(o.seed, 9))}
	err = db.QueryRow(`SELECT sqlite_version()`).Scan(&b.Version)
	if err == nil {
		b.figure("RssAnon after opening, MB", float64(service.RSS(os.Getpid()))/1e6)
		err = errors.Join(b.seal(), b.reads(), b.searches())
	}
	b.figure("RssAnon at the end, MB", float64(rss())/1e6)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("measure the file: %w", err)
	}
	b.figure("file, bytes a record", float64(info.Size())/float64(o.blocks*blockRows))
	b.Answers = hex.EncodeToString(b.read.Sum(nil))
	return &b.result, nil
}

func (b *bench) figure(what string, v float64) {
	b.Measures = append(b.Measures, figureOf{what, v})
}

// rss is the memory of this process once what Go no longer needs is given back.
func rss() int64 {
	debug.FreeOSMemory()
	return service.RSS(os.Getpid())
}

// seal writes all blocks. Only the transactions are timed.
func (b *bench) seal() error {
	var took, slowest time.Duration
	var most int64
	n, rows := 0, 0
	for blk := range blocks(b.seed, b.blocks) {
		began := time.Now()
		wrote, err := b.write(blk)
		if err != nil {
			return fmt.Errorf("seal a block: %w", err)
		}
		d := time.Since(began)
		took, slowest, most = took+d, max(slowest, d), max(most, service.RSS(os.Getpid()))
		b.values = append(b.values, blk.values[:min(20, len(blk.values))]...)
		n, rows = n+1, rows+wrote
	}
	b.figure("seal blocks, records/s", float64(n*blockRows)/took.Seconds())
	b.figure("seal blocks, rows of SQLite/s", float64(rows)/took.Seconds())
	b.figure("seal a block, ms, mean", took.Seconds()*1e3/float64(n))
	b.figure("seal a block, ms, slowest", slowest.Seconds()*1e3)
	b.figure("RssAnon, most while sealing, MB", float64(most)/1e6)
	return nil
}

// write is one transaction, as package index writes it.
func (b *bench) write(blk *block) (rows int, err error) {
	tx, err := b.db.BeginTx(b.ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	exec := func(query string, args ...any) {
		if err == nil {
			_, err = tx.ExecContext(b.ctx, query, args...)
			rows++
		}
	}
	exec(`INSERT INTO block(id, data) VALUES(?,?)`, blk.id, blk.columns[2])
	for c, data := range blk.columns {
		exec(`INSERT INTO col(id, data) VALUES(?,?)`, colID(c, blk.id), data)
	}
	for i := range blk.granules {
		exec(`INSERT INTO granule(id, data) VALUES(?,?)`, granuleID(blk.id, i), blk.granules[i])
		exec(`INSERT INTO trigram(rowid, text) VALUES(?,?)`, granuleID(blk.id, i), blk.documents[i])
	}
	for _, v := range blk.values {
		exec(`INSERT INTO value(dim, id, text) VALUES(?,?,?)`, v.dim, v.id, v.text)
	}
	for i := range blk.sessions {
		exec(`INSERT INTO session(id, start, data) VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET start=excluded.start, data=excluded.data`,
			blk.id<<10|int64(i), blk.id, blk.state[:400])
	}
	exec(`INSERT INTO meta(name, data) VALUES('state', ?) ON CONFLICT(name) DO UPDATE SET data=excluded.data`, blk.state)
	if err != nil {
		return 0, err
	}
	return rows, tx.Commit()
}

// each times n calls and notes microseconds a call.
func (b *bench) each(what string, n int, call func(i int) error) error {
	began := time.Now()
	for i := range n {
		if err := call(i); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	b.figure(what+", µs", float64(time.Since(began).Microseconds())/float64(n))
	return nil
}

// code is a column of codes, of one random block.
func (b *bench) code() int64 { return colID(13+2+b.rand.IntN(9), 1+b.rand.Int64N(int64(b.blocks))) }

func (b *bench) reads() error {
	col, err := b.db.Prepare(`SELECT data FROM col WHERE id=?`)
	if err != nil {
		return err
	}
	defer col.Close()
	var data []byte
	err = b.each("read a column of 4 KB, database/sql", pointReads, func(int) error {
		err := col.QueryRow(b.code()).Scan(&data)
		b.read.Write(data[:4])
		return err
	})
	return errors.Join(err, b.own(), b.together(col), b.ranges(), b.dictionaries(),
		b.each("read a granule of 3.5 KB", pointReads, func(int) error {
			id := granuleID(1+b.rand.Int64N(int64(b.blocks)), b.rand.IntN(blockRows/granuleRows))
			err := b.db.QueryRow(`SELECT data FROM granule WHERE id=?`, id).Scan(&data)
			b.read.Write(data[:4])
			return err
		}))
}

// own reads columns by SQLite's own interface, which only one driver gives.
func (b *bench) own() error {
	const what = "read a column of 4 KB, SQLite's own interface"
	conn, err := b.db.Conn(b.ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		ours, ok := c.(driver.Conn)
		if !ok {
			b.figure(what+", µs", -1)
			return nil
		}
		raw := ours.Raw()
		stmt, _, err := raw.Prepare(`SELECT data FROM col WHERE id=?`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		if err := raw.Exec(`BEGIN`); err != nil {
			return err
		}
		err = b.each(what, pointReads, func(i int) error { return step(stmt, colID(13+2+i%9, 1+int64(i*7919%b.blocks))) })
		return errors.Join(err, raw.Exec(`ROLLBACK`))
	})
}

func step(stmt *sqlite3.Stmt, id int64) error {
	if err := errors.Join(stmt.Reset(), stmt.BindInt64(1, id)); err != nil {
		return err
	}
	if !stmt.Step() || len(stmt.ColumnRawBlob(0)) == 0 {
		return errors.Join(errors.New("nothing was read"), stmt.Err())
	}
	return nil
}

// together reads columns on two connections at once.
func (b *bench) together(col *sql.Stmt) error {
	const readers = 2
	var wait sync.WaitGroup
	errs := make([]error, readers)
	began := time.Now()
	for w := range readers {
		wait.Go(func() {
			var data []byte
			for i := 0; i < pointReads && errs[w] == nil; i++ {
				errs[w] = col.QueryRow(colID(13+2+i%9, 1+int64((i+w)*7919%b.blocks))).Scan(&data)
			}
		})
	}
	wait.Wait()
	b.figure("read columns on two connections at once, columns/s", readers*pointReads/time.Since(began).Seconds())
	return errors.Join(errs...)
}

// ranges reads the lists of values of all blocks, as at every start.
func (b *bench) ranges() error {
	const times = 10
	began, n := time.Now(), 0
	for range times {
		rows, err := b.db.Query(`SELECT id, data FROM col WHERE id BETWEEN ? AND ?`, colID(0, 0), colID(13, 0)-1)
		if err != nil {
			return err
		}
		for rows.Next() {
			var id int64
			var data []byte
			if err := rows.Scan(&id, &data); err != nil {
				return errors.Join(err, rows.Close())
			}
			b.read.Write(data[:4])
			n++
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	b.figure("read all blocks' lists of values, a range, rows/s", float64(n)/time.Since(began).Seconds())
	return nil
}

func (b *bench) dictionaries() error {
	some := func() value { return b.values[b.rand.IntN(len(b.values))] }
	return errors.Join(
		b.each("look a value up by its text", pointReads, func(int) error {
			var id int
			v := some()
			err := b.db.QueryRow(`SELECT id FROM value WHERE dim=? AND text=?`, v.dim, v.text).Scan(&id)
			fmt.Fprint(b.read, id)
			return err
		}),
		b.each("look a value up by its number", pointReads, func(int) error {
			var text string
			v := some()
			err := b.db.QueryRow(`SELECT text FROM value WHERE dim=? AND id=?`, v.dim, v.id).Scan(&text)
			fmt.Fprint(b.read, text)
			return err
		}))
}

// searches asks for granules that have all trigrams of a text.
func (b *bench) searches() error {
	for _, s := range []struct {
		what, text string
		times      int
	}{
		{"search: a rare text, 9 trigrams", enginetest.Needle, 50},
		{"search: a frequent one, 10 trigrams", "git commit -", 20},
		{"search: a word in every granule, 2 trigrams", enginetest.Common, 20},
		{"search: a text that is not there, 10 trigrams", "xylophone-qq", 50},
	} {
		if err := b.each(s.what, s.times, func(int) error { return b.search(s.text) }); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) search(text string) error {
	rows, err := b.db.Query(`SELECT rowid FROM trigram WHERE trigram MATCH ? AND rowid BETWEEN ? AND ?`, trigrams(text), 0, granuleID(int64(b.blocks)+1, 0))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		fmt.Fprint(b.read, id)
	}
	return rows.Err()
}

// trigrams is the full-text query for a text.
func trigrams(text string) string {
	var parts []string
	for i := 0; i+3 <= len(text); i++ {
		parts = append(parts, `"`+text[i:i+3]+`"`)
	}
	return strings.Join(parts, " AND ")
}
