package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"agent-telemetry/bench/report"
)

// stages are Go programs of which each does what the one before it does, and
// one thing more; their sources are in the folder stage.
var stages = []struct{ name, adds string }{
	{"empty", "an empty Go program"},
	{"stdin", "+ link package os, read the payload"},
	{"digest", "+ link crypto/sha256, hash once"},
	{"shell", "+ link the shell parser, parse the command"},
	{"append", "+ lock, append, note the head"},
}

// breakdown shows where the time of a hook goes, step by step.
func (m *measurements) breakdown(ctx context.Context, r *report.Report) error {
	progress("where the time goes")
	stdin, err := m.lab.writePayloadFile("small", smallPayload(m.lab.project))
	if err != nil {
		return err
	}
	hooks := m.lab.hooks(stdin)
	programs, labels := hooks[:1:1], []string{"a static C program"}
	for _, stage := range stages {
		argv := []string{m.lab.programPath("stage-" + stage.name), filepath.Join(m.lab.dir, "step")}
		programs = append(programs, program{stage.name, 1, stdin, argv})
		labels = append(labels, stage.adds)
	}
	programs = append(programs, hooks[2:]...)
	labels = append(labels, "our hook, os: + decode, scope, privacy, record", "our hook, fsync: + fdatasync")

	samples, err := m.lab.measure(ctx, max(m.samples*2/3, 3), 1, programs)
	if err != nil {
		return err
	}
	var rows [][]string
	var before summary
	for i, p := range programs {
		s := summarize(samples[p.name])
		rows = append(rows, []string{
			labels[i], report.Milliseconds(s.p50), difference(s.p50, before.p50),
			fmt.Sprint(s.cpu.Round(10 * time.Microsecond)), fmt.Sprint(s.faults), report.Megabytes(s.maxRSS),
		})
		before = s
	}
	r.Heading("Where the time goes")
	r.Paragraph("Each row is a program that does what the row above does and one thing more; the difference is what that thing costs.")
	r.Table([]string{"program", "p50 ms", "adds ms", "processor", "page faults", "most MB"}, rows)
	return nil
}

func difference(a, b time.Duration) string {
	return fmt.Sprintf("%+.2f", float64(a-b)/float64(time.Millisecond))
}
