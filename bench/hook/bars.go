package main

import (
	"time"

	"agent-telemetry/bench/report"
)

// bars judges the run. Payload times are judged by p95: their p99 is the one
// slowest run.
func (m *measurements) bars() []report.Bar {
	empty := m.alone[emptyGo]
	list := []report.Bar{
		{What: "alone, durability os, p50 against the empty Go program", Got: times(m.alone[hookOS].p50, empty.p50), Limit: 1.8, Unit: "x"},
		{What: "alone, durability fsync, p50 against the empty Go program", Got: times(m.alone[hookFsync].p50, empty.p50), Limit: 2.2, Unit: "x"},
	}
	for _, name := range []string{hookOS, hookFsync} {
		lone, eight, crowd := m.alone[name], m.eight[name], m.sixtyFour[name]
		list = append(list,
			report.Bar{What: "alone, " + name + ", cheaper than the one-jq hook by p50", Got: times(m.alone[oneJQ].p50, lone.p50), Limit: 6, Unit: "x", AtLeast: true},
			report.Bar{What: "8 at once, " + name + ", p99 against its lone p50", Got: times(eight.p99, lone.p50), Limit: 6, Unit: "x"},
			report.Bar{What: "64 at once, " + name + ", p99 against the empty Go program's", Got: times(crowd.p99, m.sixtyFour[emptyGo].p99), Limit: 1.8, Unit: "x"},
		)
	}
	for _, p := range m.medium {
		list = append(list, report.Bar{What: p.payload + ", " + p.program + ", memory", Got: float64(p.maxRSS) / 1e6, Limit: 10, Unit: " MB"})
	}
	for _, p := range m.large {
		list = append(list,
			report.Bar{What: p.payload + ", " + p.program + ", memory", Got: float64(p.maxRSS) / 1e6, Limit: 24, Unit: " MB"},
			report.Bar{What: p.payload + ", " + p.program + ", p95", Got: float64(p.p95) / float64(time.Millisecond), Limit: 50, Unit: " ms"},
		)
	}
	return list
}

func times(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }
