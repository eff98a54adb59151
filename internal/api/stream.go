package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"time"

	"agent-telemetry/internal/query"

	"github.com/danielgtaylor/huma/v2"
)

const pathStream = "/api/v1/stream"

// EventProblem is the event that a stream ends with when the engine cannot go on;
// its data is an application/problem+json. Records come as events without a name.
const EventProblem = "problem"

// inFlight is how many messages a stream holds between the engine and the
// client. What does not fit waits in the journal.
const inFlight = 4

// live registers the stream: server-sent events, each a query.Entry.
func (s *Server) live() {
	tell(s, s.guarded(huma.Operation{
		OperationID: "stream", Path: pathStream, Tags: []string{"record"}, Summary: "Records as they arrive, as server-sent events",
		Description: "Each event's data is an entry as /api/v1/events has it. The id is the record's key: sent back as Last-Event-ID, it resumes the stream.",
		Parameters:  ofStream(), Responses: written("text/event-stream"),
	}), s.stream)
}

func (s *Server) stream(w http.ResponseWriter, r *http.Request, in *args) error {
	q := in.tail()
	if err := in.check(q.Check()); err != nil {
		return err
	}
	if !s.streams.enter() {
		s.metrics.refused.WithLabelValues(pathStream).Inc()
		return busy(http.StatusServiceUnavailable, 10*time.Second, fmt.Sprintf("%d streams are open already", s.cfg.Limits.Streams))
	}
	defer s.streams.leave()
	ctx, cancel := s.until(r)
	defer cancel()

	t := &telling{s: s, out: newPatient(w, s.cfg.Limits.Write), token: tokenOf(r.Header.Get("Authorization"))}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	if err := t.begin(ctx, q); err == nil {
		_ = t.tell(ctx, cancel, q)
	}
	if t.out.slow {
		s.metrics.cut.Inc()
	}
	return nil
}

// until is the request's context, which also ends when the server closes.
func (s *Server) until(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(s.closing, cancel)
	return ctx, func() { stop(); cancel() }
}

// telling is one stream being written.
type telling struct {
	s     *Server
	out   *patient
	token string

	key query.Key // of the call that never ran, whose batch may tell of more of them
}

// begin says where the stream stands before anything has come, so that a client
// cut off early resumes there.
func (t *telling) begin(ctx context.Context, q query.TailQuery) error {
	text := "retry: 1000\n\n"
	if h := t.s.cfg.Health(ctx); q.After == (query.Key{}) && h.Journal.ID != "" && h.Index.Seq > 0 {
		text += "id: " + query.Key{Journal: h.Journal.ID, Seq: h.Index.Seq}.String() + "\n\n"
	}
	return t.out.say([]byte(text))
}

// tell writes what the tail hands over until either side ends. The tail runs
// beside it, and is gone when it returns.
func (t *telling) tell(ctx context.Context, cancel context.CancelFunc, q query.TailQuery) error {
	messages, ended := make(chan []byte, inFlight), make(chan error, 1)
	go func() {
		ended <- t.s.cfg.Engine.Tail(ctx, q, func(e *query.Entry) bool {
			select {
			case messages <- t.message(e):
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	err := t.write(ctx, messages, ended)
	cancel()
	<-ended
	return err
}

func (t *telling) write(ctx context.Context, messages <-chan []byte, ended chan error) error {
	alive := time.NewTicker(t.s.cfg.Limits.Heartbeat)
	defer alive.Stop()
	sent := t.s.metrics.sent.WithLabelValues(pathStream)
	for {
		var text []byte
		select {
		case text = <-messages:
			sent.Inc()
			for more := true; more && len(text) < 64<<10; {
				select {
				case next := <-messages:
					text = append(text, next...)
					sent.Inc()
				default:
					more = false
				}
			}
		case <-alive.C:
			if t.s.access.of(t.token) == none {
				return errors.New("the session has ended")
			}
			text = []byte(": alive\n\n")
		case err := <-ended:
			ended <- err
			if err == nil || ctx.Err() != nil {
				return err
			}
			data, _ := json.Marshal(t.s.problem(err)) // strings and numbers only
			return t.out.say(slices.Concat([]byte("event: "+EventProblem+"\ndata: "), data, []byte("\n\n")))
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := t.out.say(text); err != nil {
			return err
		}
	}
}

// message is an entry as an event. Of several calls that one record tells of,
// none has the record's id: a client cut off among them gets them all again. The
// id comes alone, before what follows them.
func (t *telling) message(e *query.Entry) []byte {
	var text []byte
	if t.key != (query.Key{}) && t.key != e.Key() {
		text = fmt.Appendf(text, "id: %s\n\n", t.key)
	}
	t.key = query.Key{}
	if e.Sub > 0 {
		t.key = e.Key()
	} else {
		text = fmt.Appendf(text, "id: %s\n", e.Key())
	}
	var data bytes.Buffer
	if marshal(&data, e) != nil {
		return append(text, '\n') // its line is no JSON: go on behind it
	}
	return slices.Concat(text, []byte("data: "), data.Bytes(), []byte("\n"))
}

// patient writes to a client and waits for it so long, no longer.
type patient struct {
	w       http.ResponseWriter
	control *http.ResponseController
	wait    time.Duration
	slow    bool
}

func newPatient(w http.ResponseWriter, wait time.Duration) *patient {
	return &patient{w: w, control: http.NewResponseController(w), wait: wait}
}

// Write is an io.Writer's.
func (p *patient) Write(text []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(p.wait))
	n, err := p.w.Write(text)
	p.slow = p.slow || errors.Is(err, os.ErrDeadlineExceeded)
	return n, err
}

// say writes the text and sends it off.
func (p *patient) say(text []byte) error {
	if _, err := p.Write(text); err != nil {
		return err
	}
	err := p.control.Flush()
	p.slow = p.slow || errors.Is(err, os.ErrDeadlineExceeded)
	return err
}
