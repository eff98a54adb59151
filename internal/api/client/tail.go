package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"

	"github.com/cenkalti/backoff/v5"
)

const (
	maxEvent = 4 << 20          // bytes of one event of a stream
	silence  = 45 * time.Second // without a sign of life: three of the server's
	giveUp   = 2 * time.Minute  // without a stream that can be had again
)

// Tail is query.Engine's. A stream that breaks is taken up again behind the last
// record it had, as long as the collector comes back within two minutes.
func (c *Client) Tail(ctx context.Context, q query.TailQuery, yield func(*query.Entry) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := q.Check(); err != nil {
		return err
	}
	t := &tail{c: c, q: q, yield: yield}
	err := t.stream(ctx)
	if !t.connected {
		return err
	}
	again := backoff.NewExponentialBackOff()
	again.InitialInterval, again.MaxInterval = 100*time.Millisecond, 5*time.Second
	lost := time.Now()
	for err != nil && ctx.Err() == nil && retriable(err) {
		if t.connected {
			again.Reset()
			lost = time.Now()
		}
		if time.Since(lost) > giveUp {
			break
		}
		if !sleep(ctx, again.NextBackOff()) {
			break
		}
		t.connected = false
		err = t.stream(ctx)
	}
	if ctx.Err() != nil && !t.done {
		return ctx.Err()
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// retriable tells what may be better the next time.
func retriable(err error) bool {
	var bad *query.BadQuery
	var said *Error
	if errors.As(err, &said) {
		return said.Status >= http.StatusInternalServerError
	}
	return !errors.As(err, &bad)
}

// tail is a stream, over however many connections.
type tail struct {
	c     *Client
	q     query.TailQuery
	yield func(*query.Entry) bool

	connected bool   // a stream was had
	done      bool   // yield wants no more
	id        string // where the next stream resumes
	key       query.Key
	sub       int // of the last entry handed on
}

// stream hands on what one connection has.
func (t *tail) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	quiet := time.AfterFunc(silence, cancel)
	defer quiet.Stop()
	answer, err := t.c.do(ctx, http.MethodGet, "/api/v1/stream", t.values(), t.header())
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	t.connected = true
	r := bufio.NewReaderSize(answer.Body, 16<<10)
	var m message
	for {
		line, err := readLine(r)
		if err != nil {
			return fmt.Errorf("read the collector's stream: %w", err)
		}
		quiet.Reset(silence)
		if len(line) > 0 {
			m.add(line)
			continue
		}
		if err := t.take(&m); err != nil || t.done {
			return err
		}
		m = message{}
	}
}

func (t *tail) values() url.Values {
	p := filter(&t.q.Filter).unit(t.q.Unit).flag("raw", t.q.Raw)
	switch {
	case t.id != "":
	case t.q.After != (query.Key{}):
		p.text("after", t.q.After.String())
	default:
		p.number("last", t.q.Last)
	}
	return p.values
}

func (t *tail) header() http.Header {
	if t.id == "" {
		return nil
	}
	return http.Header{"Last-Event-Id": {t.id}}
}

// take hands an event on, unless it was before the connection broke: of several
// entries that one record tells of, all come again.
func (t *tail) take(m *message) error {
	if m.id != "" {
		defer func() { t.id = m.id }()
	}
	if len(m.data) == 0 {
		return nil
	}
	if m.event == api.EventProblem {
		var p problem
		if err := json.Unmarshal(m.data, &p); err != nil {
			return fmt.Errorf("read the collector's stream: %w", err)
		}
		return p.err()
	}
	var e query.Entry
	if err := json.Unmarshal(m.data, &e); err != nil {
		return fmt.Errorf("read the collector's stream: %w", err)
	}
	if e.Sub > 0 && e.Key() == t.key && e.Sub <= t.sub {
		return nil
	}
	t.key, t.sub = e.Key(), e.Sub
	t.done = !t.yield(&e)
	return nil
}

// message is an event of a stream as it is being read.
type message struct {
	id, event string
	data      []byte
}

func (m *message) add(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(name) {
	case "id":
		m.id = string(value)
	case "event":
		m.event = string(value)
	case "data":
		m.data = append(m.data, value...)
	}
}

// readLine reads a line without its end; one that is too long is an error.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if err == nil {
			return bytes.TrimSuffix(append(line, part[:len(part)-1]...), []byte("\r")), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if line = append(line, part...); len(line) > maxEvent {
			return nil, errors.New("an event is too long")
		}
	}
}
