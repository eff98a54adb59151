package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/api/client"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "a-token-that-is-long-enough-to-serve"

func health(context.Context) api.Health { return api.Health{Status: api.OK, Ready: true} }

// over serves an engine and returns a client that asks it.
func over(t *testing.T, e query.Engine) *client.Client {
	t.Helper()
	c := client.New("http://"+start(t, e, "127.0.0.1:0"), token)
	t.Cleanup(c.Close)
	return c
}

// start serves until the test ends.
func start(t *testing.T, e query.Engine, addr string) string {
	t.Helper()
	at, stop := listen(t, e, addr)
	t.Cleanup(stop)
	return at
}

func listen(t *testing.T, e query.Engine, addr string) (at string, stop func()) {
	t.Helper()
	s, err := api.New(api.Config{Engine: e, Health: health, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ln, err := api.Listen(ctx, addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln) }()
	return ln.Addr().String(), sync.OnceFunc(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

func model(n int) (*enginetest.Model, []event.Record) {
	records := enginetest.Slice(7, n, enginetest.Options{Numbered: true, Days: 3})
	m := enginetest.NewModel()
	m.Add(records...)
	return m, records
}

// same compares answers as the interface means them: instants in any zone, lists
// that are empty however.
func same(t *testing.T, what string, want, got any, wantErr, err error) {
	t.Helper()
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%s: %v, the engine itself: %v", what, err, wantErr)
		return
	}
	if a, b := mustJSON(t, want), mustJSON(t, got); bytes.Equal(a, b) {
		return // sooner known than by comparing field by field
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(query.Action{}), cmpopts.EquateApproxTime(0)); diff != "" {
		t.Errorf("%s (-engine +client):\n%s", what, diff)
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAnswersAreTheEngines(t *testing.T) {
	m, records := model(500)
	c := over(t, m)
	ctx := t.Context()
	session := records[len(records)/2].SessionID
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	filters := []query.Filter{
		{},
		{Since: records[100].Timestamp, Until: records[300].Timestamp.In(berlin)},
		*new(query.Filter).Where(query.Tool, "Bash", "Read").WhereNot(query.Path, "*.md").WhereNot(query.Path, "*.go"),
		*new(query.Filter).Where(query.Text, "e").Where(query.Text, "t", "&=+ %").Where(query.Text, "s"),
		*new(query.Filter).Where(query.Outcome, "").Where(query.Session, session[:4]),
		*new(query.Filter).Where(query.Outside, "false").Where(query.Level, "info").WhereNot(query.Agent, query.MainAgent),
	}
	for i, f := range filters {
		name := fmt.Sprint(i)
		for _, page := range []query.Page{{Limit: 30}, {Limit: 7, Oldest: true}, {Limit: 40, Cursor: query.Order{Time: records[200].Timestamp, Host: "devbox", Seq: 201}.Cursor()}} {
			q := query.EventsQuery{Filter: f, Page: page, Raw: true, Unit: query.Actions}
			want, err1 := m.Events(ctx, q)
			got, err2 := c.Events(ctx, q)
			same(t, "events "+name, want, got, err1, err2)
			a := query.ActionsQuery{Filter: f, Page: page, Pending: true}
			actions, err1 := m.Actions(ctx, a)
			gotActions, err2 := c.Actions(ctx, a)
			same(t, "actions "+name, actions, gotActions, err1, err2)
			s := query.SessionsQuery{Filter: f, Page: page}
			sessions, err1 := m.Sessions(ctx, s)
			gotSessions, err2 := c.Sessions(ctx, s)
			same(t, "sessions "+name, sessions, gotSessions, err1, err2)
		}
		for _, q := range []query.CountQuery{
			{Filter: f},
			{Filter: f, By: query.Tool, Bucket: time.Hour, Zone: berlin, Series: 2},
			{Filter: f, Distinct: query.Session, Bucket: 24 * time.Hour, Zone: time.FixedZone("somewhere", 5400), Unit: query.Actions},
		} {
			want, err1 := m.Count(ctx, q)
			got, err2 := c.Count(ctx, q)
			same(t, "count "+name, want, got, err1, err2)
		}
		want, err1 := m.Top(ctx, query.TopQuery{Filter: f, By: query.Path, Limit: 5})
		got, err2 := c.Top(ctx, query.TopQuery{Filter: f, By: query.Path, Limit: 5})
		same(t, "top "+name, want, got, err1, err2)
		for _, fields := range [][]query.Field{nil, {query.Session, query.Hook}} {
			want, err1 := m.Facets(ctx, query.FacetsQuery{Filter: f, Fields: fields})
			got, err2 := c.Facets(ctx, query.FacetsQuery{Filter: f, Fields: fields})
			same(t, "facets "+name, want, got, err1, err2)
		}
	}
	for _, id := range []string{"", session, session[:1], "nobody", "a/../b", "..", "%2e", "?x=1", strings.Repeat("x", 5000)} {
		want, err1 := m.Session(ctx, query.SessionQuery{ID: id, Page: query.Page{Limit: 50}})
		got, err2 := c.Session(ctx, query.SessionQuery{ID: id, Page: query.Page{Limit: 50}})
		same(t, "session "+id, want, got, err1, err2)
		for _, kind := range []error{query.ErrNoSession, query.ErrManySessions} {
			if errors.Is(err1, kind) != errors.Is(err2, kind) {
				t.Errorf("session %s: %v, the engine itself: %v", id, err2, err1)
			}
		}
	}
	for _, r := range []*event.Record{&records[0], &records[77], &records[len(records)-1]} {
		got, err := c.Event(ctx, query.Key{Journal: r.Metadata.Journal, Seq: r.Seq})
		if err != nil || got.Seq != r.Seq || !bytes.Equal(got.Record, enginetest.Line(r)) {
			t.Errorf("record %d: %v %+v", r.Seq, err, got)
		}
	}
}

func TestBadQuestionsAreToldByTheirField(t *testing.T) {
	m, _ := model(10)
	c := over(t, m)
	ctx := t.Context()
	_, err := c.Events(ctx, query.EventsQuery{Filter: *new(query.Filter).Where("colour", "red")})
	isBad(t, err, "colour")
	_, err = c.Events(ctx, query.EventsQuery{Page: query.Page{Limit: -1}})
	isBad(t, err, "limit")
	_, err = c.Top(ctx, query.TopQuery{By: query.Text})
	isBad(t, err, "by")
	err = c.Tail(ctx, query.TailQuery{After: query.Key{Journal: "unheard-of", Seq: 3}}, func(*query.Entry) bool { return true })
	isBad(t, err, "after") // which only the engine finds
	huge := query.Filter{}
	for range 200 {
		huge.Where(query.Text, strings.Repeat("long", 1000))
	}
	huge.Terms = huge.Terms[:query.MaxTerms]
	for i := range huge.Terms {
		huge.Terms[i].Values = []string{strings.Repeat("%", 4000), strings.Repeat("&", 4000)}
	}
	_, err = c.Events(ctx, query.EventsQuery{Filter: huge})
	isBad(t, err, "filter")
}

func isBad(t *testing.T, err error, field string) {
	t.Helper()
	var bad *query.BadQuery
	if !errors.As(err, &bad) || bad.Field != field {
		t.Errorf("%v, not a *BadQuery of %s", err, field)
	}
}

func TestContextsEndQuestions(t *testing.T) {
	m, _ := model(10)
	c := over(t, m)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Events(ctx, query.EventsQuery{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := c.Tail(ctx, query.TailQuery{}, func(*query.Entry) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	c.Close()
	wrong := client.New("http://"+start(t, m, "127.0.0.1:0"), "not-the-token-at-all")
	defer wrong.Close()
	_, err := wrong.Health(t.Context())
	var said *client.Error
	if !errors.As(err, &said) || said.Status != http.StatusUnauthorized {
		t.Error(err)
	}
	if err := wrong.Tail(t.Context(), query.TailQuery{}, func(*query.Entry) bool { return true }); !errors.As(err, &said) {
		t.Error(err)
	}
}

func TestHealthAndCodes(t *testing.T) {
	m, _ := model(10)
	c := over(t, m)
	h, err := c.Health(t.Context())
	if err != nil || h.Status != api.OK || !h.Ready {
		t.Errorf("%+v %v", h, err)
	}
	code, err := c.Code(t.Context())
	if err != nil || len(code.Code) < 40 || time.Until(code.Expires) > time.Minute {
		t.Errorf("%+v %v", code, err)
	}
}

func TestExport(t *testing.T) {
	m, records := model(1000)
	c := over(t, m)
	var lines, want bytes.Buffer
	n, err := c.Export(t.Context(), query.EventsQuery{Page: query.Page{Oldest: true}}, client.JSONL, &lines)
	for i := range records {
		want.Write(enginetest.Line(&records[i]))
		want.WriteByte('\n')
	}
	if err != nil || n != int64(len(records)) || !bytes.Equal(lines.Bytes(), want.Bytes()) {
		t.Errorf("%d lines, %v", n, err)
	}
	var table bytes.Buffer
	n, err = c.Export(t.Context(), query.EventsQuery{Page: query.Page{Limit: 10}}, client.CSV, &table)
	if err != nil || n != 10 || !strings.HasPrefix(table.String(), "seq,timestamp,") {
		t.Errorf("%d rows, %v: %s", n, err, table.String())
	}
	_, err = c.Export(t.Context(), query.EventsQuery{}, "xml", &table)
	isBad(t, err, "format")
	if _, err := c.Export(t.Context(), query.EventsQuery{}, client.JSONL, full{}); !errors.Is(err, errFull) {
		t.Errorf("a writer that is full: %v", err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// breaking is an engine whose disk goes away after a page.
type breaking struct{ query.Engine }

func (b breaking) Events(ctx context.Context, q query.EventsQuery) (*query.EventsPage, error) {
	if q.Cursor != "" {
		return nil, errors.New("the disk went away")
	}
	return b.Engine.Events(ctx, q)
}

func TestExportThatBreaksOffIsAnError(t *testing.T) {
	m, _ := model(1000)
	var text bytes.Buffer
	if _, err := over(t, breaking{m}).Export(t.Context(), query.EventsQuery{}, client.JSONL, &text); !errors.Is(err, client.ErrCutOff) {
		t.Errorf("%v after %d bytes", err, text.Len())
	}
}

// What answers may be anything: HTML, half an answer, an endless one, a redirect.
func TestStrangeServers(t *testing.T) {
	for name, answer := range map[string]string{
		"html":     "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
		"half":     "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"events\":[",
		"redirect": "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
		"error":    "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno",
		"nothing":  "",
	} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var served sync.WaitGroup
		served.Go(func() {
			for {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				_, _ = http.ReadRequest(reader(conn))
				_, _ = conn.Write([]byte(answer))
				conn.Close()
			}
		})
		c := client.New("http://"+ln.Addr().String(), token)
		if _, err := c.Events(t.Context(), query.EventsQuery{}); err == nil {
			t.Errorf("%s: no error", name)
		}
		c.Close()
		ln.Close()
		served.Wait()
	}
}

func TestQuestionsOfAnyKindArrive(t *testing.T) {
	heard := &listener{}
	c := over(t, heard)
	checkQuestions(t, func(q query.EventsQuery) {
		if _, err := c.Events(t.Context(), q); err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		got := heard.last()
		want, _ := json.Marshal(plainly(q))
		have, _ := json.Marshal(plainly(got))
		if !bytes.Equal(want, have) {
			t.Errorf("said %s, heard %s", want, have)
		}
	})
}
