package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"
)

// Format is what an export is written as.
type Format string

// The formats.
const (
	JSONL Format = "jsonl" // the journal's own lines
	CSV   Format = "csv"
)

// ErrCutOff says that an export broke off: what was written is not all.
var ErrCutOff = errors.New("the export broke off before its end")

// Export writes every record that q selects to w, newest first unless q.Oldest,
// and returns how many. Limit 0 is no limit; there is no cursor.
func (c *Client) Export(ctx context.Context, q query.EventsQuery, f Format, w io.Writer) (int64, error) {
	if err := q.Filter.Check(); err != nil {
		return 0, err
	}
	p := filter(&q.Filter).unit(q.Unit).number("limit", q.Limit).text("format", string(f)).text("order", "newest")
	if q.Oldest {
		p.text("order", "oldest")
	}
	answer, err := c.do(ctx, http.MethodGet, "/api/v1/export", p.values, nil)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	body := &source{r: answer.Body}
	if _, err := io.Copy(w, body); err != nil {
		switch {
		case ctx.Err() != nil:
			return 0, ctx.Err()
		case body.err != nil:
			return 0, fmt.Errorf("%w: %w", ErrCutOff, body.err)
		}
		return 0, fmt.Errorf("write the export: %w", err)
	}
	n, err := strconv.ParseInt(answer.Trailer.Get(api.TrailerRecords), 10, 64)
	if err != nil {
		return 0, ErrCutOff
	}
	return n, nil
}

// source remembers its own error, to tell it from the writer's.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
