package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"agent-telemetry/bench/report"
	"agent-telemetry/internal/api/client"
	"agent-telemetry/internal/query"
)

// sample is one answer.
type sample struct {
	took time.Duration
	answer
}

// summary is what the tables and bars are made from.
type summary struct {
	n, partial         int
	p50, p95, p99, max time.Duration
	entries            int // median
}

func summarize(samples []sample) (s summary) {
	if len(samples) == 0 {
		return s
	}
	times, entries := make([]time.Duration, len(samples)), make([]int, len(samples))
	for i, a := range samples {
		times[i], entries[i] = a.took, a.entries
		if a.partial {
			s.partial++
		}
	}
	slices.Sort(times)
	slices.Sort(entries)
	s.n, s.max = len(samples), times[len(times)-1]
	s.p50, s.p95, s.p99 = report.Percentile(times, 50), report.Percentile(times, 95), report.Percentile(times, 99)
	s.entries = report.Percentile(entries, 50)
	return s
}

// serve starts the collector again on what it knows, and asks.
func (b *bench) serve(ctx context.Context) (err error) {
	progress("the collector starts again")
	p, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	compressed, err := b.compressed(ctx, p)
	if err != nil {
		return err
	}
	s, err := newSurvey(ctx, p.client, b.seed)
	if err != nil {
		return err
	}
	b.asked[askMiddling] = s.middling[0]
	b.asked[askPerFive] = s.days[0].Format(time.DateOnly)
	p.memory.take()
	b.report.Heading("Questions")
	b.report.Paragraph(fmt.Sprintf("Over HTTP, by one client, each with other parameters every time, the questions taking turns; %s sessions, the longest of %s records. "+
		"The collector was started anew before (%v until ready) and has compressed the older segments (%s). Bars are for p95, at 10 million records; this run has %s.",
		thousands(s.sessions), thousands(int(s.long.Records)), p.took.Round(time.Millisecond), compressed, thousands(b.n)))
	if err := b.ask(ctx, p, s); err != nil {
		return err
	}
	single := p.memory.take()
	if err := b.export(ctx, p); err != nil {
		return err
	}
	exporting := p.memory.take()
	crowd, err := b.crowd(ctx, p, s)
	if err != nil {
		return err
	}
	together := p.memory.take()
	quiet, err := b.atRest(ctx, p)
	if err != nil {
		return err
	}
	b.report.Heading("Memory and rest")
	most := max(single, exporting, together)
	b.report.Table([]string{"what", "figure", "bar", ""}, [][]string{
		{"RssAnon, most, one client asking, MB", report.Megabytes(single), "", ""},
		{"RssAnon, most, exporting, MB", report.Megabytes(exporting), "", ""},
		append([]string{"RssAnon, most, also 4 clients at once, MB", report.Megabytes(most)}, b.bar("RssAnon while answering", float64(most)/1e6, 300, " MB", false)...),
		{"4 clients at once, p50 and p95 of all answers, ms", report.Milliseconds(crowd.p50) + ", " + report.Milliseconds(crowd.p95), "", ""},
		append([]string{"RssAnon, then at rest, MB", report.Megabytes(quiet.memory)}, b.bar("RssAnon at rest after the questions", float64(quiet.memory)/1e6, 50, " MB", false)...),
		append([]string{"processor at rest, % of a core", fmt.Sprintf("%.2f", quiet.cpu)}, b.bar("processor at rest after the questions", quiet.cpu, 0.5, " %", false)...),
	})
	if b.live {
		return b.liveStream(ctx, p)
	}
	return nil
}

// compressed waits until the collector has compressed the older segments, which it
// does soon after its start.
func (b *bench) compressed(ctx context.Context, p *process) (string, error) {
	last, since := -1, time.Now()
	for {
		h, err := p.client.Health(ctx)
		if err != nil {
			return "", fmt.Errorf("ask for the collector's health: %w", err)
		}
		j := h.Journal
		if j.Compressed != last {
			last, since = j.Compressed, time.Now()
		}
		// The active segment and the newest of the others stay as they are.
		if j.Compressed >= j.Segments-2 || time.Since(since) > 20*time.Second {
			return fmt.Sprintf("%d of %d, %.0f bytes a record on disk", j.Compressed, j.Segments, float64(j.Bytes)/float64(b.n)), nil
		}
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return "", err
		}
	}
}

// ask asks all questions in turns.
func (b *bench) ask(ctx context.Context, p *process, s *survey) error {
	list := questions(p.client)
	samples := make([][]sample, len(list))
	for round := range b.rounds {
		if round%10 == 0 {
			progress("questions, round %d of %d", round+1, b.rounds)
		}
		for i := range list {
			for range list[i].times {
				a, err := list[i].once(ctx, s, round)
				if err != nil {
					return err
				}
				samples[i] = append(samples[i], a)
			}
		}
	}
	var rows [][]string
	for i, q := range list {
		sum := summarize(samples[i])
		b.answers[q.name] = sum
		rows = append(rows, append([]string{
			q.name, fmt.Sprint(sum.n), thousands(sum.entries), report.Milliseconds(sum.p50), report.Milliseconds(sum.p95), report.Milliseconds(sum.max), fmt.Sprint(sum.partial),
		}, b.bar(q.name+", p95", float64(sum.p95)/float64(time.Millisecond), float64(q.bar.Milliseconds()), " ms", false)...))
	}
	b.report.Table([]string{"question", "asked", "found", "p50 ms", "p95 ms", "max ms", "partial", "bar", ""}, rows)
	random := b.answers[askRandom]
	b.report.Paragraph(fmt.Sprintf("Found is the median of entries, buckets or values. %.1f %% of the random conjunctions were answered in part, with a cursor to go on from.",
		100*float64(random.partial)/float64(max(random.n, 1))))
	return nil
}

func (q *question) once(ctx context.Context, s *survey, round int) (sample, error) {
	began := time.Now()
	a, err := q.ask(ctx, s, round)
	if err != nil {
		return sample{}, fmt.Errorf("ask for %s: %w", q.name, err)
	}
	return sample{time.Since(began), a}, nil
}

// crowd asks with four clients at once, as four open dashboards would.
func (b *bench) crowd(ctx context.Context, p *process, s *survey) (summary, error) {
	const clients = 4
	progress("%d clients at once", clients)
	samples, errs := make([][]sample, clients), make([]error, clients)
	var wait sync.WaitGroup
	for c := range clients {
		own := *s
		own.Rand = newRand(b.seed, uint64(100+c))
		wait.Go(func() {
			for round := range max(2, b.rounds/10) {
				for _, q := range questions(p.client) {
					a, err := q.once(ctx, &own, round)
					if err != nil {
						errs[c] = err
						return
					}
					samples[c] = append(samples[c], a)
				}
			}
		})
	}
	wait.Wait()
	return summarize(slices.Concat(samples...)), errors.Join(errs...)
}

// exported is how many records an export is to have.
const exported = 100_000

// export writes the newest records as they stand in the journal.
func (b *bench) export(ctx context.Context, p *process) error {
	progress("exports")
	var rows [][]string
	for _, f := range []client.Format{client.JSONL, client.CSV} {
		var took, first []sample
		var bytes int64
		records := int64(min(exported, b.n))
		for range 3 {
			began := time.Now()
			w := &firstWrite{began: began}
			n, err := p.client.Export(ctx, query.EventsQuery{Page: query.Page{Limit: int(records)}}, f, w)
			if err != nil {
				return fmt.Errorf("export %d records: %w", records, err)
			}
			if n != records {
				return fmt.Errorf("the export has %d records where %d were asked for: nothing to measure", n, records)
			}
			took, first = append(took, sample{took: time.Since(began)}), append(first, sample{took: w.first})
			bytes = w.bytes
		}
		t, at := summarize(took), summarize(first)
		rows = append(rows, append([]string{
			fmt.Sprintf("%s, newest first", f), thousands(int(records)), fmt.Sprint(t.n), t.p50.Round(time.Millisecond).String(),
			thousands(int(float64(records) / t.p50.Seconds())), report.Megabytes(int64(float64(bytes) / t.p50.Seconds())), report.Milliseconds(at.max),
		}, b.bar(fmt.Sprintf("first bytes of an export as %s", f), float64(at.max)/float64(time.Millisecond), float64(barQuestion.Milliseconds()), " ms", false)...))
	}
	b.report.Table([]string{"export", "records", "runs", "p50", "records/s", "MB/s", "first bytes, slowest, ms", "bar", ""}, rows)
	return nil
}

// firstWrite notes when the first bytes came, and how many did.
type firstWrite struct {
	began time.Time
	first time.Duration
	bytes int64
}

func (w *firstWrite) Write(b []byte) (int, error) {
	if w.bytes == 0 {
		w.first = time.Since(w.began)
	}
	w.bytes += int64(len(b))
	return len(b), nil
}
