package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
)

// schemaVersion goes up when anything below or the meaning of a blob changes. An
// index of an older version is brought up by migrations, where there is one for
// each step, or made again from the journal; one of a newer version is refused.
const schemaVersion = 1

const schema = `
CREATE TABLE meta(
	name TEXT PRIMARY KEY,
	data TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE value(
	dim  INTEGER NOT NULL,
	id   INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY(dim, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX value_text ON value(dim, text);

CREATE TABLE block(
	id   INTEGER PRIMARY KEY,
	data BLOB NOT NULL
);
CREATE TABLE col(
	id   INTEGER PRIMARY KEY,
	data BLOB NOT NULL
);
CREATE TABLE granule(
	id   INTEGER PRIMARY KEY,
	data BLOB NOT NULL
);
CREATE VIRTUAL TABLE trigram USING fts5(text, content='', contentless_delete=1, detail='none', tokenize='trigram');

CREATE TABLE session(
	id    INTEGER PRIMARY KEY,
	start INTEGER NOT NULL,
	data  TEXT NOT NULL
);
`

// migrations bring an index from the version that is their key to the next.
var migrations = map[int]string{}

// questions is how many are answered at once; the others wait. Each takes a
// connection for every worker, one for itself, and one for a moment now and then.
const (
	questions   = 4
	connections = questions*(workers+2) + 2
)

// connect opens the database, which it makes if there is none. Every page
// carries a checksum, so that noise in the file is an error and never an answer.
func connect(path string) (*sql.DB, error) {
	query := url.Values{"_pragma": {
		"busy_timeout(10000)", "page_size(16384)", "journal_mode(wal)", "synchronous(normal)", "cache_size(-4096)", "temp_store(memory)", "journal_size_limit(16777216)",
	}}
	uri := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	db, err := driver.Open(uri.String(), func(c *sqlite3.Conn) error {
		return errors.Join(fts5.Register(c), c.EnableChecksums("main"))
	})
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(2) // each has a page cache
	db.SetConnMaxIdleTime(time.Minute)
	return db, nil
}

// prepare makes the tables or brings them to the present version.
func prepare(ctx context.Context, db *sql.DB) error {
	var version int
	if err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	if version > schemaVersion {
		return fmt.Errorf("the index is of version %d; this program knows versions up to %d: use the newer program, or let 'agent-telemetry reindex' make it again", version, schemaVersion)
	}
	for version < schemaVersion {
		step, ok := migrations[version]
		if version == 0 {
			step, ok = schema, true
		}
		if !ok {
			return damaged("it is of version %d, which cannot be brought to version %d", version, schemaVersion)
		}
		next := version + 1
		if version == 0 {
			next = schemaVersion
		}
		if err := migrate(ctx, db, step, next); err != nil {
			return err
		}
		version = next
	}
	return nil
}

func migrate(ctx context.Context, db *sql.DB, step string, version int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, step); err != nil {
		return fmt.Errorf("bring the index to version %d: %w", version, err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version=%d`, version)); err != nil {
		return err
	}
	return tx.Commit()
}

// isDamage reports whether an error says that the file is not to be trusted.
func isDamage(err error) bool {
	var d *damageError
	return errors.As(err, &d) || errors.Is(err, sqlite3.CORRUPT) || errors.Is(err, sqlite3.NOTADB) ||
		errors.Is(err, sqlite3.IOERR_DATA) || errors.Is(err, sqlite3.IOERR_SHORT_READ)
}

// sealRoom is more than sealing a block takes of the disk.
const sealRoom = 4 << 20

// fullDisk gives a full disk the system's word for it: SQLite's is often no more
// than that input or output failed.
func (x *Index) fullDisk(err error) error {
	free, known := room(filepath.Dir(x.path))
	if errors.Is(err, sqlite3.FULL) || errors.Is(err, sqlite3.IOERR) && known && free < sealRoom {
		return fmt.Errorf("%w: %w", syscall.ENOSPC, err)
	}
	return err
}

// remove deletes the database's files.
func remove(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
