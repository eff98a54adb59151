package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
	_ "modernc.org/sqlite"
)

// candidate is a driver, as the index would open it.
type candidate struct {
	name string
	open func(path string) (*sql.DB, error)
}

func drivers() []candidate {
	return []candidate{
		{"modernc", func(path string) (*sql.DB, error) { return sql.Open("sqlite", uri(path)) }},
		{"ncruces", func(path string) (*sql.DB, error) {
			return driver.Open(uri(path), func(c *sqlite3.Conn) error { return fts5.Register(c) })
		}},
		{"ncruces, page checksums", func(path string) (*sql.DB, error) {
			return driver.Open(uri(path), func(c *sqlite3.Conn) error {
				return errors.Join(fts5.Register(c), c.EnableChecksums("main"))
			})
		}},
	}
}

func open(name, path string) (*sql.DB, error) {
	for _, d := range drivers() {
		if d.name != name {
			continue
		}
		db, err := d.open(path)
		if err == nil {
			db.SetMaxOpenConns(connections)
			db.SetMaxIdleConns(2)
			_, err = db.Exec(schema)
		}
		if err != nil {
			return nil, fmt.Errorf("open %s with %s: %w", path, name, err)
		}
		return db, nil
	}
	return nil, fmt.Errorf("no driver %q", name)
}

// The index's own settings.
const connections = 4

func uri(path string) string {
	query := url.Values{"_pragma": {
		"busy_timeout(10000)", "page_size(16384)", "journal_mode(wal)", "synchronous(normal)", "cache_size(-4096)", "temp_store(memory)", "journal_size_limit(16777216)",
	}}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	return u.String()
}

// schema is that of package index.
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
