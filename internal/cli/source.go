package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
	"agent-telemetry/internal/query"
)

// source hands out what was recorded.
type source interface {
	// each hands every record that the filter selects to yield, oldest first. Its
	// line is valid until yield returns.
	each(ctx context.Context, f query.Filter, yield func(chosen) error) error
	// newest returns the newest n, oldest first, and how many there are: -1 for
	// more than n, but nobody counted.
	newest(ctx context.Context, f query.Filter, n int) ([]chosen, int64, error)
	// session finds the session whose id begins with prefix; "" is the latest one.
	session(ctx context.Context, prefix string) (string, error)
	close() error
}

// Errors of session: errNone if there is no such one, and manyError.
var errNone = errors.New("no such session")

type manyError struct {
	ids  []string // the first few
	more bool     // there are more than ids
}

func (e *manyError) Error() string {
	number := fmt.Sprint(len(e.ids))
	if e.more {
		number = "more than " + number
	}
	return fmt.Sprintf("%s sessions begin so: %s", number, clean(strings.Join(e.ids, ", ")))
}

// scanned is the journal itself as a source, read from end to end.
type scanned struct{ data string }

func (s scanned) close() error { return nil }

func (s scanned) each(ctx context.Context, f query.Filter, yield func(chosen) error) error {
	reader, err := journal.NewReaderSince(s.data, f.Since, archive.Open)
	if err != nil {
		return fmt.Errorf("read the journal in %s: %w", s.data, err)
	}
	defer reader.Close()
	p := &picker{f: f}
	for ctx.Err() == nil {
		l, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the journal in %s: %w", s.data, err)
		}
		if c, ok := pickLine(p, l); ok {
			if err := yield(c); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (s scanned) newest(ctx context.Context, f query.Filter, n int) ([]chosen, int64, error) {
	last, found := newest{n: n}, int64(0)
	err := s.each(ctx, f, func(c chosen) error {
		found++
		last.add(c)
		return nil
	})
	return last.list(), found, err
}

func (s scanned) session(ctx context.Context, prefix string) (string, error) {
	var ids []string
	seen := map[string]bool{}
	latest := ""
	err := s.each(ctx, sessionFilter(prefix), func(c chosen) error {
		if c.record.SessionID == "" {
			return nil
		}
		latest = c.record.SessionID
		if !seen[latest] {
			seen[latest] = true
			ids = append(ids, latest)
		}
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", errNone
	case prefix == "":
		return latest, nil
	case slices.Contains(ids, prefix):
		return prefix, nil
	case len(ids) > 1:
		return "", &manyError{ids: ids[:min(len(ids), manyShown)], more: len(ids) > manyShown}
	}
	return ids[0], nil
}

// manyShown is how many sessions are named where one was meant.
const manyShown = 5

// newest keeps the last n of what is added.
type newest struct {
	n    int
	kept []chosen
}

func (x *newest) add(c chosen) {
	if len(x.kept) >= 2*x.n+100 {
		x.kept = append(x.kept[:0], x.list()...)
	}
	c.line = bytes.Clone(c.line)
	x.kept = append(x.kept, c)
}

func (x *newest) list() []chosen { return x.kept[max(0, len(x.kept)-x.n):] }

// pickLine picks a line that is a record. Others are torn; verify names those.
func pickLine(p *picker, l *journal.Line) (chosen, bool) {
	r, err := parseRecord(l.Bytes)
	if err != nil {
		return chosen{}, false
	}
	return p.pick(l.Bytes, r)
}
