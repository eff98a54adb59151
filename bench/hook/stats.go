package main

import (
	"cmp"
	"slices"
	"time"
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
		p50:    percentile(wall, 50),
		p95:    percentile(wall, 95),
		p99:    percentile(wall, 99),
		cpu:    percentile(sorted(samples, func(s sample) time.Duration { return s.cpu }), 50),
		faults: percentile(sorted(samples, func(s sample) int64 { return s.faults }), 50),
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

// percentile returns the nearest-rank percentile of ascending values, of which
// there must be at least one.
func percentile[T any](values []T, percent int) T {
	rank := (len(values)*percent + 99) / 100
	return values[max(rank, 1)-1]
}
