package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"agent-telemetry/bench/report"
	"agent-telemetry/internal/api"
	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/service"
)

// catchUp starts the collector on a journal that it has not seen, and leaves it at
// rest for a while.
func (b *bench) catchUp(ctx context.Context) (err error) {
	progress("the collector catches up with %d records", b.n)
	p, err := b.start(ctx)
	if err != nil {
		return err
	}
	peak, end, cpu := p.memory.take(), service.RSS(p.pid()), cpuTime(p.pid())
	defer func() {
		if p != nil {
			err = errors.Join(err, p.stop())
		}
	}()
	if err := b.whole(ctx, p); err != nil {
		return err
	}
	quiet, err := b.atRest(ctx, p)
	if err != nil {
		return err
	}
	err = p.stop()
	took := p.took
	p = nil
	if err != nil {
		return err
	}
	index, err := size(filepath.Dir(collector.IndexPath(b.data)))
	if err != nil {
		return err
	}
	rate, each := float64(b.n)/took.Seconds(), float64(index)/float64(b.n)
	b.report.Heading("Catching up")
	b.report.Paragraph("From the start of the process until /readyz says that all of the journal can be asked for: reading, checking the chain, decoding the JSON, joining calls, columns, trigrams.")
	b.report.Table([]string{"what", "figure", "bar", ""}, [][]string{
		append([]string{"records a second", thousands(int(rate))}, b.bar("records ingested a second", rate, 20_000, "", true)...),
		{"time", took.Round(time.Millisecond).String(), "", ""},
		{"processor time", cpu.String(), "", ""},
		append([]string{"index, bytes a record", fmt.Sprintf("%.0f", each)}, b.bar("index, bytes a record", each, 300, "", false)...),
		{"journal, bytes a record", fmt.Sprintf("%.0f", float64(b.journal.Bytes)/float64(b.n)), "", ""},
		{"RssAnon, most while catching up, MB", report.Megabytes(peak), "", ""},
		{"RssAnon, as soon as ready, MB", report.Megabytes(end), "", ""},
		append([]string{"RssAnon, then at rest, MB", report.Megabytes(quiet.memory)}, b.bar("RssAnon at rest after catching up", float64(quiet.memory)/1e6, 50, " MB", false)...),
		append([]string{"processor at rest, % of a core", fmt.Sprintf("%.2f", quiet.cpu)}, b.bar("processor at rest after catching up", quiet.cpu, 0.5, " %", false)...),
	})
	return nil
}

// whole fails where the collector does not have every record, or found the chain
// broken: a figure would mean nothing.
func (b *bench) whole(ctx context.Context, p *process) error {
	counts, err := p.client.Count(ctx, query.CountQuery{})
	if err != nil {
		return fmt.Errorf("count the records: %w", err)
	}
	health, err := p.client.Health(ctx)
	if err != nil {
		return fmt.Errorf("ask for the collector's health: %w", err)
	}
	if counts.Total != int64(b.n) || health.Chain.State != api.Whole {
		return fmt.Errorf("the collector has %d of %d records, its chain is %s: nothing to measure", counts.Total, b.n, health.Chain.State)
	}
	return nil
}

// size is that of all files below a folder.
func size(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := os.Lstat(path)
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("measure %s: %w", dir, err)
	}
	return total, nil
}
