package main

import (
	"fmt"
	"time"
)

// A bar is one promise about cost, and what this run found.
type bar struct {
	what    string
	got     float64
	limit   float64
	unit    string
	atLeast bool // the figure must not be below the limit, rather than not above
}

func (b bar) met() bool {
	if b.atLeast {
		return b.got >= b.limit
	}
	return b.got <= b.limit
}

func (b bar) String() string {
	verdict, side := "MISSED", "at most"
	if b.met() {
		verdict = "met"
	}
	if b.atLeast {
		side = "at least"
	}
	return fmt.Sprintf("%s: %s: %.2f%s (bar: %s %g%s)", verdict, b.what, b.got, b.unit, side, b.limit, b.unit)
}

// bars judges the run. Payload times are judged by p95: their p99 is the one
// slowest run.
func (m *measurements) bars() []bar {
	empty := m.alone[emptyGo]
	list := []bar{
		{what: "alone, durability os, p50 against the empty Go program", got: times(m.alone[hookOS].p50, empty.p50), limit: 1.8, unit: "x"},
		{what: "alone, durability fsync, p50 against the empty Go program", got: times(m.alone[hookFsync].p50, empty.p50), limit: 2.2, unit: "x"},
	}
	for _, name := range []string{hookOS, hookFsync} {
		lone, eight, crowd := m.alone[name], m.eight[name], m.sixtyFour[name]
		list = append(list,
			bar{what: "alone, " + name + ", cheaper than the one-jq hook by p50", got: times(m.alone[oneJQ].p50, lone.p50), limit: 6, unit: "x", atLeast: true},
			bar{what: "8 at once, " + name + ", p99 against its lone p50", got: times(eight.p99, lone.p50), limit: 6, unit: "x"},
			bar{what: "64 at once, " + name + ", p99 against the empty Go program's", got: times(crowd.p99, m.sixtyFour[emptyGo].p99), limit: 1.8, unit: "x"},
		)
	}
	for _, p := range m.medium {
		list = append(list, bar{what: p.payload + ", " + p.program + ", memory", got: float64(p.maxRSS) / 1e6, limit: 10, unit: " MB"})
	}
	for _, p := range m.large {
		list = append(list,
			bar{what: p.payload + ", " + p.program + ", memory", got: float64(p.maxRSS) / 1e6, limit: 24, unit: " MB"},
			bar{what: p.payload + ", " + p.program + ", p95", got: float64(p.p95) / float64(time.Millisecond), limit: 50, unit: " ms"},
		)
	}
	return list
}

func times(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

func (r *report) verdicts(bars []bar) {
	met := 0
	var lines []string
	for _, b := range bars {
		if b.met() {
			met++
		}
		lines = append(lines, b.String())
	}
	r.heading("Bars")
	r.list(lines)
	r.paragraph(fmt.Sprintf("%d of %d bars met.", met, len(bars)))
}
