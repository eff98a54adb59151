package enginetest_test

import (
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"

	"go.uber.org/goleak"
)

// openModel opens a model as an engine.
func openModel(_ *testing.T, records []event.Record) query.Engine {
	m := enginetest.NewModel()
	m.Add(records...)
	return m
}

// The model passes its own suite: what it lists in pages is what it lists.
func TestModelAgreesWithItself(t *testing.T) { enginetest.Run(t, openModel) }

func TestModelTakesRecordsWhileItIsAsked(t *testing.T) {
	defer goleak.VerifyNone(t)
	enginetest.RunLive(t, func(_ *testing.T, records []event.Record) (query.Engine, func(...event.Record)) {
		m := enginetest.NewModel()
		m.Add(records...)
		return m, m.Add
	})
}
