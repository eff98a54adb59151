package index_test

import (
	"context"
	"io/fs"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/index"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

// ledger holds lines in place of a journal.
type ledger struct {
	stored []journal.Stored
	end    int64

	mu    sync.Mutex
	lines map[int64][]byte
}

func newLedger(records []event.Record) *ledger {
	l := &ledger{lines: map[int64][]byte{}}
	l.add(records)
	return l
}

func (l *ledger) add(records []event.Record) []journal.Stored {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := len(l.stored)
	for i := range records {
		line := []byte(enginetest.Line(&records[i]))
		l.lines[l.end] = line
		l.stored = append(l.stored, journal.Stored{Segment: 1, Offset: l.end, Line: line, Hash: journal.HashLine(line), Record: &records[i]})
		l.end += int64(len(line)) + 1
	}
	return l.stored[from:]
}

func (l *ledger) Line(_ uint64, offset int64, _ int) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if line, ok := l.lines[offset]; ok {
		return line, nil
	}
	return nil, fs.ErrNotExist
}

// behind is what comes behind a cursor.
func (l *ledger) behind(c journal.Cursor) []journal.Stored {
	for i := range l.stored {
		if l.stored[i].Offset >= c.Offset {
			return l.stored[i:]
		}
	}
	return nil
}

func open(t *testing.T, path string, l *ledger, damaged func(error)) *index.Index {
	t.Helper()
	x, err := index.Open(t.Context(), path, index.Options{Lines: l, Budget: time.Minute, Damaged: damaged})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func path(t *testing.T) string { return filepath.Join(t.TempDir(), "index", "index.db") }

// fill puts everything behind the index's cursor, in batches of n.
func fill(t *testing.T, x *index.Index, l *ledger, n int) {
	t.Helper()
	c, err := x.Cursor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rest := l.behind(c)
	for len(rest) > 0 {
		k := min(n, len(rest))
		if err := x.Put(t.Context(), rest[:k]); err != nil {
			t.Fatal(err)
		}
		rest = rest[k:]
	}
}

// keys lists the records that an engine has, oldest first.
func keys(ctx context.Context, e query.Engine) (list []query.Key, err error) {
	q := query.EventsQuery{Page: query.Page{Limit: query.MaxLimit, Oldest: true}}
	for {
		page, err := e.Events(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page.Entries {
			list = append(list, page.Entries[i].Key())
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return list, nil
		}
	}
}
