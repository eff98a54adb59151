package main

import (
	"context"
	"fmt"

	"agent-telemetry/bench/report"
)

// A payloadResult is what one large payload cost one program.
type payloadResult struct {
	payload, program string
	summary
}

// payloads measures time and peak memory over payloads of three sizes.
func (m *measurements) payloads(ctx context.Context, r *report.Report) error {
	project := m.lab.project
	cases := []struct {
		name    string
		payload []byte
		rounds  int
		into    *[]payloadResult
	}{
		{"1 KB, Bash", smallPayload(project), m.samples / 10, nil},
		{"100 KB, Write", writePayload(project, mediumBytes), m.samples / 10, &m.medium},
		{"100 KB, structuredPatch", patchPayload(project, mediumBytes), m.samples / 10, &m.medium},
		{"5 MB, Write", writePayload(project, largeBytes), m.samples / 15, &m.large},
		{"5 MB, structuredPatch", patchPayload(project, largeBytes), m.samples / 15, &m.large},
	}
	progress("memory and time of large payloads")
	var rows [][]string
	for i, c := range cases {
		stdin, err := m.lab.writePayloadFile(fmt.Sprintf("payload-%d", i), c.payload)
		if err != nil {
			return err
		}
		programs := m.lab.hooks(stdin)[1:]
		samples, err := m.lab.measure(ctx, max(c.rounds, 3), 1, programs)
		if err != nil {
			return err
		}
		for _, p := range programs {
			s := summarize(samples[p.name])
			rows = append(rows, []string{
				c.name, p.name, fmt.Sprint(s.n),
				report.Milliseconds(s.p50), report.Milliseconds(s.p95), report.Milliseconds(s.p99), report.Megabytes(s.maxRSS),
			})
			if c.into != nil && p.name != emptyGo {
				*c.into = append(*c.into, payloadResult{c.name, p.name, s})
			}
		}
	}
	r.Heading("Large payloads: time and memory")
	r.Paragraph("Memory is the largest resident set of any run (getrusage), code and runtime included.")
	r.Table([]string{"payload", "program", "runs", "p50 ms", "p95 ms", "p99 ms", "most MB"}, rows)
	return nil
}
