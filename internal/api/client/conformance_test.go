package client_test

import (
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

// Over HTTP, an engine means what it means without.
func TestConformance(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of questions")
	}
	enginetest.Run(t, func(t *testing.T, records []event.Record) query.Engine {
		m := enginetest.NewModel()
		m.Add(records...)
		return over(t, m)
	})
}
