package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"agent-telemetry/internal/query"
)

// lookup is how long one record is searched for.
const lookup = 2 * time.Second

// event finds one record: the first that a tail from right before it has.
func (s *Server) event(ctx context.Context, k query.Key) (*query.Entry, error) {
	none := problem(http.StatusNotFound, "", "there is no record "+clip(k.String()))
	h := s.cfg.Health(ctx)
	if k.Seq == 0 || h.Journal.ID == k.Journal && k.Seq > h.Index.Seq {
		return nil, none
	}
	short, cancel := context.WithTimeout(ctx, lookup)
	defer cancel()
	var found *query.Entry
	q := query.TailQuery{After: query.Key{Journal: k.Journal, Seq: k.Seq - 1}, Raw: true}
	err := s.cfg.Engine.Tail(short, q, func(e *query.Entry) bool {
		if e.Key() == k {
			copied := *e
			found = &copied
		}
		return false
	})
	var bad *query.BadQuery
	switch {
	case found != nil:
		return found, nil
	case err == nil, errors.As(err, &bad), short.Err() != nil && ctx.Err() == nil:
		return nil, none
	}
	return nil, err
}
