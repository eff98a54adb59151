package index_test

import (
	"testing"

	"agent-telemetry/internal/query/enginetest"
)

func TestAnswersAreTheModels(t *testing.T) {
	l := newLedger(generated(20_000))
	x := open(t, path(t), l, nil)
	fill(t, x, l, 1000)
	model := enginetest.NewModel()
	for i := range l.stored {
		model.Add(*l.stored[i].Record)
	}
	want := questions(model)
	for i, q := range questions(x) {
		got, err := q(t)
		if err != nil {
			t.Errorf("question %d: %v", i, err)
		}
		w, err := want[i](t)
		if err != nil {
			t.Fatal(err)
		}
		if got != w {
			at := 0
			for at < min(len(got), len(w)) && got[at] == w[at] {
				at++
			}
			t.Errorf("question %d differs at %d:\n got %.600s\nwant %.600s", i, at, got[max(0, at-200):], w[max(0, at-200):])
		}
	}
}
