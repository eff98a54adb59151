package index

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// reader reads single rows of the database by their ids, many of them fast: on one
// connection, within one transaction, by SQLite's own interface.
type reader struct {
	ctx  context.Context
	db   *sql.DB
	conn *sql.Conn
	raw  *sqlite3.Conn
	was  context.Context // what interrupted the connection before
	stmt [numReads]*sqlite3.Stmt
}

// read is what is read by id.
type read int

const (
	readColumn read = iota
	readGranule
	readValue // by dimension and id
	numReads
)

var reads = [numReads]string{
	readColumn:  `SELECT data FROM col WHERE id=?`,
	readGranule: `SELECT data FROM granule WHERE id=?`,
	readValue:   `SELECT text FROM value WHERE dim=? AND id=?`,
}

// open takes a connection; close gives it back.
func (r *reader) open() (err error) {
	if r.conn, err = r.db.Conn(r.ctx); err != nil {
		return err
	}
	err = r.conn.Raw(func(c any) error {
		r.raw = c.(driver.Conn).Raw()
		return nil
	})
	if err != nil {
		return err
	}
	r.was = r.raw.SetInterrupt(r.ctx)
	return r.raw.Exec(`BEGIN`)
}

func (r *reader) close() {
	if r.conn == nil {
		return
	}
	for _, s := range r.stmt {
		_ = s.Close()
	}
	if r.raw != nil {
		r.raw.SetInterrupt(r.was)
		_ = r.raw.Exec(`ROLLBACK`)
	}
	_ = r.conn.Close()
	*r = reader{ctx: r.ctx, db: r.db}
}

// get returns the one column of the row with these ids; errGone if there is none.
// It is valid until the next call.
func (r *reader) get(what read, ids ...int64) ([]byte, error) {
	if r.conn == nil {
		if err := r.open(); err != nil {
			return nil, fmt.Errorf("read the index: %w", err)
		}
	}
	s := r.stmt[what]
	if s == nil {
		var err error
		if s, _, err = r.raw.Prepare(reads[what]); err != nil {
			return nil, fmt.Errorf("read the index: %w", err)
		}
		r.stmt[what] = s
	}
	if err := s.Reset(); err != nil {
		return nil, fmt.Errorf("read the index: %w", err)
	}
	for i, id := range ids {
		if err := s.BindInt64(i+1, id); err != nil {
			return nil, fmt.Errorf("read the index: %w", err)
		}
	}
	if !s.Step() {
		if err := s.Err(); err != nil {
			if r.ctx.Err() != nil {
				err = r.ctx.Err()
			}
			return nil, fmt.Errorf("read the index: %w", err)
		}
		return nil, errGone
	}
	return s.ColumnRawBlob(0), nil
}
