package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"agent-telemetry/bench/report"
)

// measurements holds what the sections found, for the bars at the end.
type measurements struct {
	lab     *lab
	samples int

	alone, eight, sixtyFour map[string]summary
	medium, large           []payloadResult
}

// Slow programs take part in only one round of so many: they would fill the
// whole run otherwise, and a ratio above 6 needs no fine percentile.
const (
	everyOneJQ  = 4
	everyManyJQ = 12
)

// cost compares the hook with everything else, alone and in bursts.
func (m *measurements) cost(ctx context.Context, r *report.Report) error {
	settings := []struct {
		title    string
		parallel int
		rounds   int
		into     *map[string]summary
	}{
		{"A 1 KB payload, one hook at a time", 1, m.samples, &m.alone},
		{"8 hooks at once", 8, m.samples / 4, &m.eight},
		{"64 hooks at once", 64, m.samples / 25, &m.sixtyFour},
	}
	stdin, err := m.lab.writePayloadFile("small", smallPayload(m.lab.project))
	if err != nil {
		return err
	}
	hooks, rivals := m.lab.hooks(stdin), m.lab.rivals(stdin)
	for _, s := range settings {
		progress("%s", s.title)
		samples := map[string][]sample{}
		// A turn of a rival is a hundred processes, after which caches are cold for
		// whichever program comes next. So the two kinds take turns by themselves.
		for _, programs := range [][]program{hooks, rivals} {
			some, err := m.lab.measure(ctx, max(s.rounds, 2), s.parallel, programs)
			if err != nil {
				return err
			}
			maps.Copy(samples, some)
		}
		*s.into = summarizeAll(samples)
		r.Heading(s.title)
		r.Table(costTable(slices.Concat(hooks, rivals), *s.into))
	}
	return nil
}

// rivals are the specification's hook, built twice.
func (l *lab) rivals(stdin string) []program {
	return []program{
		{oneJQ, everyOneJQ, stdin, []string{l.programPath("spec-one-jq.sh"), l.logPath(oneJQ)}},
		{manyJQ, everyManyJQ, stdin, []string{l.programPath("spec-many-jq.sh"), l.logPath(manyJQ)}},
	}
}

// hooks are the two floors and our own, in both durabilities.
func (l *lab) hooks(stdin string) []program {
	return []program{
		{nullC, 1, stdin, []string{l.programPath("null")}},
		{emptyGo, 1, stdin, []string{l.programPath("stage-empty")}},
		{hookOS, 1, stdin, []string{l.programPath("hook"), "--data", l.dataDir(hookOS)}},
		{hookFsync, 1, stdin, []string{l.programPath("hook"), "--data", l.dataDir(hookFsync)}},
	}
}

func costTable(programs []program, of map[string]summary) ([]string, [][]string) {
	base := of[emptyGo]
	var rows [][]string
	for _, p := range programs {
		s := of[p.name]
		rows = append(rows, []string{
			p.name, fmt.Sprint(s.n), report.Milliseconds(s.p50), report.Milliseconds(s.p95), report.Milliseconds(s.p99),
			report.Ratio(s.p50, base.p50), report.Ratio(s.p99, base.p99),
		})
	}
	return []string{"program", "runs", "p50 ms", "p95 ms", "p99 ms", "p50 / empty Go", "p99 / empty Go"}, rows
}
