package api

import (
	"context"

	"agent-telemetry/internal/query"
)

// The OpenAPI document says that lists are lists: an engine's nil is written [].

func some[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}

// tidied is a method of the engine whose answers are put in order first.
func tidied[Q, A any](do func(context.Context, Q) (*A, error), tidy func(*A)) func(context.Context, Q) (*A, error) {
	return func(ctx context.Context, q Q) (*A, error) {
		a, err := do(ctx, q)
		if err == nil {
			tidy(a)
		}
		return a, err
	}
}

func tidyEvents(p *query.EventsPage) { some(&p.Entries) }

func tidyActions(p *query.ActionsPage) {
	some(&p.Actions)
	for i := range p.Actions {
		some(&p.Actions[i].Records)
	}
}

func tidyTimeline(t *query.Timeline) {
	some(&t.Items)
	for i := range t.Items {
		if a := t.Items[i].Action; a != nil && a.Records == nil {
			tidy := *a
			tidy.Records = []uint64{}
			t.Items[i].Action = &tidy
		}
	}
}

func tidyCounts(c *query.Counts) {
	some(&c.Series)
	some(&c.Buckets)
	for i := range c.Buckets {
		some(&c.Buckets[i].Counts)
	}
}

func tidyFacets(l *query.FacetList) {
	some(&l.Facets)
	for i := range l.Facets {
		some(&l.Facets[i].Values)
	}
}

func tidyHealth(h *Health) {
	some(&h.Problems)
	some(&h.Sinks)
	some(&h.Chain.Last)
}
