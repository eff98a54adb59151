package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"
)

// pages answers with so many records, a page at a time.
func pages(total int, also func(n int) error) func(context.Context, query.EventsQuery) (*query.EventsPage, error) {
	return func(ctx context.Context, q query.EventsQuery) (*query.EventsPage, error) {
		from := 0
		if q.Cursor != "" {
			o, err := q.Cursor.Order()
			if err != nil {
				return nil, err
			}
			from = int(o.Seq)
		}
		page := &query.EventsPage{}
		for n := from; n < min(total, from+q.Limit); n++ {
			if err := also(n); err != nil {
				return nil, err
			}
			page.Entries = append(page.Entries, entry(uint64(n+1), fmt.Sprint("echo ", n)))
		}
		if end := from + len(page.Entries); end < total {
			page.Next = query.Order{Seq: uint64(end)}.Cursor()
		}
		return page, ctx.Err()
	}
}

func fine(int) error { return nil }

func TestExportOfAnySize(t *testing.T) {
	r := serve(t)
	r.engine.answerWith(pages(5000, fine))
	for target, want := range map[string]int{"": 5000, "?limit=1": 1, "?limit=450": 450, "?limit=9999&order=newest": 5000, "?tool=Bash": 5000} {
		answer, body := r.get("/api/v1/export" + target)
		if n := strings.Count(body, "\n"); n != want || answer.Trailer.Get(api.TrailerRecords) != strconv.Itoa(want) {
			t.Errorf("%s: %d lines, trailer %v", target, n, answer.Trailer)
		}
		if !strings.HasPrefix(body, string(line(1, "echo 0"))+"\n") {
			t.Errorf("%s begins %.200s", target, body)
		}
		q := r.engine.question().(query.EventsQuery)
		if !q.Raw || q.Oldest == strings.Contains(target, "newest") {
			t.Errorf("%s asked %+v", target, q)
		}
	}
}

func TestExportCountsLinesThatAreGone(t *testing.T) {
	r := serve(t)
	r.engine.entries[1].Record = nil
	answer, body := r.get("/api/v1/export")
	if strings.Count(body, "\n") != 2 || answer.Trailer.Get(api.TrailerRecords) != "2" || answer.Trailer.Get(api.TrailerMissing) != "1" {
		t.Errorf("%v: %s", answer.Trailer, body)
	}
	if _, body := r.get("/api/v1/export?format=csv"); strings.Count(body, "toolu_") != 3 {
		t.Errorf("a table has what the index knows:\n%s", body)
	}
}

func TestExportThatBreaksOffDoesNotLookWhole(t *testing.T) {
	r := serve(t)
	broken := errors.New("the disk went away")
	r.engine.answerWith(pages(5000, func(n int) error {
		if n == 3000 {
			return broken
		}
		return nil
	}))
	answer, err := r.http.Do(r.request("/api/v1/export"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err == nil {
		t.Errorf("an export that broke off ends well after %d bytes", len(body))
	}
	r.engine.answerWith(pages(1, func(int) error { return broken }))
	if answer, body := r.get("/api/v1/export"); answer.StatusCode != http.StatusInternalServerError || strings.Contains(body, "disk") {
		t.Errorf("one that cannot begin: %s: %s", answer.Status, body)
	}
	r.engine.answerWith(func(context.Context, query.EventsQuery) (*query.EventsPage, error) {
		return &query.EventsPage{Scan: query.Scan{Next: query.Order{}.Cursor()}}, nil
	})
	answer, err = r.http.Do(r.request("/api/v1/export"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); err == nil {
		t.Error("an engine that makes no progress is exported for ever, or as whole")
	}
}

func TestExportEndsWithItsClient(t *testing.T) {
	r := serve(t, func(c *api.Config) { c.Limits.Exports = 1 })
	ended := make(chan bool)
	asked := make(chan bool, 1)
	r.engine.answerWith(func(ctx context.Context, q query.EventsQuery) (*query.EventsPage, error) {
		if q.Cursor == "" {
			return &query.EventsPage{Entries: []query.Entry{entry(1, "ls")}, Scan: query.Scan{Next: query.Order{Seq: 1}.Cursor()}}, nil
		}
		asked <- true
		<-ctx.Done()
		close(ended)
		return nil, ctx.Err()
	})
	answer, body := r.open("/api/v1/export")
	if first, err := body.ReadBytes('\n'); err != nil || !bytes.Contains(first, []byte(`"seq":1,`)) {
		t.Errorf("the first page is not sent at once: %v %s", err, first)
	}
	<-asked
	if other, told := r.get("/api/v1/export"); other.StatusCode != http.StatusServiceUnavailable || other.Header.Get("Retry-After") == "" {
		t.Errorf("one export too many: %s: %s", other.Status, told)
	}
	answer.Body.Close()
	<-ended
}

func TestTablesHoldNoFormulas(t *testing.T) {
	r := serve(t)
	r.engine.entries = nil
	for i, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "plain", "a=1"} {
		r.engine.entries = append(r.engine.entries, entry(uint64(i+1), text))
	}
	_, body := r.get("/api/v1/export?format=csv")
	for _, cell := range strings.FieldsFunc(body, func(c rune) bool { return c == ',' || c == '\n' }) {
		if cell = strings.Trim(cell, `"`); cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			t.Errorf("a cell %q", cell)
		}
	}
	if !strings.Contains(body, ",plain,") || !strings.Contains(body, ",a=1,") || !strings.Contains(body, ",'=1+1,") {
		t.Errorf("the table is\n%s", body)
	}
}
