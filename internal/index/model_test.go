package index_test

import (
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

func TestConformance(t *testing.T) {
	enginetest.Run(t, func(t *testing.T, records []event.Record) query.Engine {
		l := newLedger(records)
		x := open(t, path(t), l, func(err error) { t.Error(err) })
		fill(t, x, l, 700)
		return x
	})
}

func TestConformanceLive(t *testing.T) {
	enginetest.RunLive(t, func(t *testing.T, records []event.Record) (query.Engine, func(...event.Record)) {
		l := newLedger(records)
		x := open(t, path(t), l, func(err error) { t.Error(err) })
		fill(t, x, l, 700)
		return x, func(more ...event.Record) {
			if err := x.Put(t.Context(), l.add(more)); err != nil {
				t.Error(err)
			}
		}
	})
}
