package index

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"agent-telemetry/internal/query"
)

// dictionary gives a dimension's values numbers, from 0 on. Those of most
// dimensions are few and held in memory; those of sessions and paths are looked
// up in the database, with the latest at hand.
type dictionary struct {
	dim  dimension
	wide bool

	mu    sync.RWMutex
	texts []string          // narrow: all of them, by id
	ids   map[string]uint32 // narrow: all; wide: the latest
	n     uint32            // how many there are
	added []string          // not in the database yet; the last ones of n
}

func newDictionary(d dimension) *dictionary {
	return &dictionary{dim: d, wide: d == dimSession || d == dimPath || d == dimAgent, ids: map[string]uint32{}}
}

// maxLatest bounds what a wide dictionary holds in memory.
const maxLatest = 8192

// id returns a value's number, giving it one if it is new. Only the writer calls it.
func (d *dictionary) id(ctx context.Context, db *sql.DB, text string) (uint32, error) {
	if id, ok := d.ids[text]; ok { // only the writer changes the map
		return id, nil
	}
	if d.wide {
		var id uint32
		err := db.QueryRowContext(ctx, `SELECT id FROM value WHERE dim=? AND text=?`, int(d.dim), text).Scan(&id)
		if err == nil {
			d.remember(text, id)
			return id, nil
		}
		if err != sql.ErrNoRows {
			return 0, fmt.Errorf("look up a value: %w", err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.n
	d.n++
	d.added = append(d.added, text)
	if d.ids[text] = id; !d.wide {
		d.texts = append(d.texts, text)
	}
	return id, nil
}

func (d *dictionary) remember(text string, id uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.ids) > maxLatest {
		d.forget()
	}
	d.ids[text] = id
}

// forget drops what the database has, too.
func (d *dictionary) forget() {
	clear(d.ids)
	for i, text := range d.added {
		d.ids[text] = d.n - uint32(len(d.added)) + uint32(i)
	}
}

// save writes the new values. published is called once they are committed.
func (d *dictionary) save(ctx context.Context, tx *sql.Tx) error {
	for i, text := range d.added {
		id := d.n - uint32(len(d.added)) + uint32(i)
		if _, err := tx.ExecContext(ctx, `INSERT INTO value(dim, id, text) VALUES(?,?,?)`, int(d.dim), id, text); err != nil {
			return fmt.Errorf("write a value: %w", err)
		}
	}
	return nil
}

func (d *dictionary) published() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.added = nil
	if d.wide && len(d.ids) > maxLatest {
		d.forget()
	}
}

// load reads what the database has.
func (d *dictionary) load(ctx context.Context, db *sql.DB) error {
	if d.wide {
		return db.QueryRowContext(ctx, `SELECT count(*) FROM value WHERE dim=?`, int(d.dim)).Scan(&d.n)
	}
	rows, err := db.QueryContext(ctx, `SELECT id, text FROM value WHERE dim=? ORDER BY id`, int(d.dim))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id uint32
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		if id != d.n {
			return damaged("value %d of column %d is missing", d.n, d.dim)
		}
		d.n++
		d.ids[text] = id
		d.texts = append(d.texts, text)
	}
	return rows.Err()
}

// held returns the value of a number, if it is in memory.
func (d *dictionary) held(id uint32) (string, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if fresh := d.n - uint32(len(d.added)); id >= fresh && id < d.n {
		return d.added[id-fresh], true
	}
	if !d.wide && int(id) < len(d.texts) {
		return d.texts[id], true
	}
	return "", false
}

// written returns the value of a number from the database.
func (d *dictionary) written(ctx context.Context, db *sql.DB, id uint32) (text string, err error) {
	err = db.QueryRowContext(ctx, `SELECT text FROM value WHERE dim=? AND id=?`, int(d.dim), id).Scan(&text)
	if err == sql.ErrNoRows {
		err = damaged("column %d has no value %d", d.dim, id)
	}
	return text, err
}

// prefixed returns the ids of the values that begin with prefix.
func (d *dictionary) prefixed(ctx context.Context, db *sql.DB, prefix string, into map[uint32]bool) error {
	d.mu.RLock()
	fresh := d.n - uint32(len(d.added))
	for i, text := range d.added {
		if strings.HasPrefix(text, prefix) {
			into[fresh+uint32(i)] = true
		}
	}
	d.mu.RUnlock()
	rows, err := db.QueryContext(ctx, `SELECT id FROM value WHERE dim=? AND text>=? AND text<?`, int(d.dim), prefix, prefix+"\U0010FFFF")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id uint32
		if err := rows.Scan(&id); err != nil {
			return err
		}
		into[id] = true
	}
	return rows.Err()
}

// all returns the values of a narrow dictionary. They are not to be changed.
func (d *dictionary) all() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clip(d.texts)
}

// dimOf is the dimension that has a field's values; false for text.
func dimOf(f query.Field) (dimension, bool) {
	d, ok := map[query.Field]dimension{
		query.Session: dimSession, query.Project: dimProject, query.Tool: dimTool, query.Event: dimEvent, query.Hook: dimHook,
		query.Outcome: dimOutcome, query.Level: dimLevel, query.Outside: dimOutside, query.Agent: dimAgentName, query.Path: dimPath,
	}[f]
	return d, ok
}

// agentName is what a subagent is grouped by: its type, or its id where it has
// none, told apart by the first letter.
func agentName(id, kind string) string {
	switch {
	case kind != "":
		return "t" + kind
	case id != "":
		return "i" + id
	}
	return ""
}

// typeOf is the type in an agentName.
func typeOf(name string) string {
	kind, _ := strings.CutPrefix(name, "t")
	if kind == name {
		return ""
	}
	return kind
}

// pair joins two texts to one value: the first's length, the first, the second.
func pair(a, b string) string { return strconv.Itoa(len(a)) + ":" + a + b }

func unpair(s string) (a, b string) {
	length, rest, _ := strings.Cut(s, ":")
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 || n > len(rest) {
		return rest, ""
	}
	return rest[:n], rest[n:]
}

// shown is a value as answers show it.
func (d dimension) shown(text string) string {
	switch d {
	case dimProject:
		path, _ := unpair(text)
		return path
	case dimAgentName:
		return text[min(1, len(text)):]
	}
	return text
}

// matches reports whether a value is one that a filter wants.
func (d dimension) matches(want, text string) bool {
	switch d {
	case dimProject:
		path, name := unpair(text)
		return query.MatchProject(want, name, path)
	case dimAgentName:
		return typeOf(text) != "" && strings.EqualFold(want, typeOf(text))
	}
	return strings.EqualFold(want, text)
}

// known finds a value's number, if that is in memory.
func (d *dictionary) known(text string) (id uint32, ok bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	id, ok = d.ids[text]
	return id, ok
}

// lookup finds a value's number.
func (d *dictionary) lookup(ctx context.Context, db *sql.DB, text string) (id uint32, ok bool) {
	if id, ok = d.known(text); !ok && d.wide {
		ok = db.QueryRowContext(ctx, `SELECT id FROM value WHERE dim=? AND text=?`, int(d.dim), text).Scan(&id) == nil
	}
	return id, ok
}
