package main

import (
	"cmp"
	"slices"
	"time"

	"agent-telemetry/bench/report"
)

// A summary is what the tables and bars are made from.
type summary struct {
	n             int
	p50, p95, p99 time.Duration
	cpu           time.Duration // median
	faults        int64         // median
	maxRSS        int64         // bytes, of the largest process
}

func summarize(samples []sample) summary {
	if len(samples) == 0 {
		return summary{}
	}
	wall := sorted(samples, func(s sample) time.Duration { return s.wall })
	rss := sorted(samples, func(s sample) int64 { return s.maxRSS })
	return summary{
		n:      len(samples),
		p50:    report.Percentile(wall, 50),
		p95:    report.Percentile(wall, 95),
		p99:    report.Percentile(wall, 99),
		cpu:    report.Percentile(sorted(samples, func(s sample) time.Duration { return s.cpu }), 50),
		faults: report.Percentile(sorted(samples, func(s sample) int64 { return s.faults }), 50),
		maxRSS: rss[len(rss)-1],
	}
}

func summarizeAll(samples map[string][]sample) map[string]summary {
	all := make(map[string]summary, len(samples))
	for name, of := range samples {
		all[name] = summarize(of)
	}
	return all
}

func sorted[T cmp.Ordered](samples []sample, of func(sample) T) []T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values
}
