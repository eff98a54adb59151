package main

import (
	"testing"

	"agent-telemetry/internal/query/enginetest"
)

// All drivers write and read the same, and measure the same things.
func TestDriversAgree(t *testing.T) {
	var first *result
	for _, d := range drivers() {
		found, err := measure(t.Context(), options{blocks: 2, seed: 1, driver: d.name, dir: t.TempDir()})
		if err != nil {
			t.Fatalf("%s: %v", d.name, err)
		}
		if first == nil {
			first = found
		}
		if found.Answers != first.Answers {
			t.Errorf("%s answers otherwise", d.name)
		}
		for i, m := range found.Measures {
			if m.What != first.Measures[i].What || m.Value == 0 {
				t.Errorf("%s: %+v beside %+v", d.name, m, first.Measures[i])
			}
		}
	}
}

func TestTrigrams(t *testing.T) {
	if got := trigrams("abcd"); got != `"abc" AND "bcd"` {
		t.Error(got)
	}
	if got := len(enginetest.Needle) - 2; got != 9 {
		t.Errorf("the needle has %d trigrams; the table says 9", got)
	}
}
