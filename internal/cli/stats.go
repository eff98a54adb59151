package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
)

// statsFlags are the flags of stats.
type statsFlags struct {
	filterFlags
	format            string
	by, top, distinct string
	bucket, unit      string
	limit             int
}

func (a *app) statsCommand() *cobra.Command {
	var flags statsFlags
	cmd := &cobra.Command{
		Use:   "stats [TEXT]",
		Short: "Count what was recorded",
		Long: `Count what was recorded: over time, split by a field, or a field's most frequent values.

Tool calls are counted, each once; --unit records counts every record, also those
before a call and of batches. Days and hours are those of the local zone.`,
		Example: `  agent-telemetry stats --since 24h --by tool --bucket 1h
  agent-telemetry stats --since 30d --bucket 1d --distinct session
  agent-telemetry stats --top path --outside`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := flags.filter(args, a.now())
			if err != nil {
				return err
			}
			o, err := a.outputOf(flags.format)
			if err != nil {
				return err
			}
			if flags.top != "" {
				return a.top(cmd.Context(), f, o, &flags)
			}
			return a.counts(cmd.Context(), f, o, &flags)
		},
	}
	flags.add(cmd)
	outputFlag(cmd, &flags.format)
	cmd.Flags().StringVar(&flags.by, "by", "", "split by this `field`: tool, outcome, project, …")
	cmd.Flags().StringVar(&flags.top, "top", "", "list this `field`'s most frequent values instead")
	cmd.Flags().StringVar(&flags.distinct, "distinct", "", "count how many values this `field` has instead")
	cmd.Flags().StringVar(&flags.bucket, "bucket", "", "count per stretch of time: 5m, 1h, 1d, 1w (default: one that fits; all for a single one)")
	cmd.Flags().StringVar(&flags.unit, "unit", string(query.Actions), "what to count: actions or records")
	cmd.Flags().IntVarP(&flags.limit, "limit", "n", 0, "how many values of a field at most (default 20 with --top, 8 with --by)")
	return cmd
}

func (x *statsFlags) unitOf() (query.Unit, error) {
	switch u := query.Unit(x.unit); u {
	case query.Actions, query.Records:
		return u, nil
	}
	return "", usageError{fmt.Errorf("--unit %s: write actions or records", x.unit)}
}

// seriesShown is how many columns a table of counts has.
const seriesShown = 8

func (x *statsFlags) count(f query.Filter, zone *time.Location) (q query.CountQuery, err error) {
	q = query.CountQuery{Filter: f, By: query.Field(x.by), Distinct: query.Field(x.distinct), Zone: zone, Series: x.limit}
	if q.Series == 0 {
		q.Series = seriesShown
	}
	if q.Unit, err = x.unitOf(); err != nil || x.bucket == "" || x.bucket == "all" {
		return q, err
	}
	q.Bucket, err = parseSpan(x.bucket)
	if err != nil || q.Bucket < time.Second {
		return q, usageError{fmt.Errorf("--bucket %s: write a stretch of time of a second or more: 5m, 1h, 1d, 1w", x.bucket)}
	}
	return q, nil
}

func (a *app) counts(ctx context.Context, f query.Filter, o output, flags *statsFlags) error {
	q, err := flags.count(f, a.now().Location())
	if err != nil {
		return err
	}
	engine, ended, err := a.anEngine(ctx)
	if err != nil {
		return err
	}
	defer ended()
	if flags.bucket == "" {
		if q.Bucket, err = fitting(ctx, engine, f, a.now()); err != nil {
			return usage(err)
		}
	}
	c, err := engine.Count(ctx, q)
	if err != nil {
		return usage(err)
	}
	a.tellPartial(&c.Scan)
	if len(c.Buckets) == 0 {
		fmt.Fprintf(a.err, "Nothing recorded in %s that these filters select.\n", a.journalFolder())
	}
	switch o {
	case asTable:
		return a.countTable(c, &q)
	case asCSV:
		return countCSV(csv.NewWriter(a.out), c)
	case asJSON:
		return a.printJSON(c)
	}
	return a.countLines(c)
}

// fitting is a width of buckets that fits a terminal's height.
func fitting(ctx context.Context, engine query.Engine, f query.Filter, now time.Time) (time.Duration, error) {
	from, to := f.Since, f.Until
	if from.IsZero() {
		page, err := engine.Events(ctx, query.EventsQuery{Filter: f, Page: query.Page{Limit: 1, Oldest: true}})
		if err != nil || len(page.Entries) == 0 {
			return 0, err
		}
		from = page.Entries[0].Timestamp
	}
	if to.IsZero() || to.After(now) {
		to = now
	}
	const rows = 40
	const day = 24 * time.Hour
	for _, d := range [...]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, day, 7 * day, 28 * day} {
		if to.Sub(from) <= rows*d {
			return d, nil
		}
	}
	return 364 * day, nil
}

func (a *app) tellPartial(s *query.Scan) {
	if !s.Partial {
		return
	}
	to := ""
	if s.ScannedTo != nil {
		to = ", back to " + s.ScannedTo.In(a.now().Location()).Format("2 Jan 2006 15:04:05")
	}
	fmt.Fprintf(a.err, "There was more than could be looked through in time: these figures are of a part%s. Narrow it down with --since.\n", to)
}

// countLines writes one JSON object a bucket.
func (a *app) countLines(c *query.Counts) error {
	out := jsonList{w: a.out, lines: true}
	for i := range c.Buckets {
		b := &c.Buckets[i]
		line := struct {
			Start  time.Time        `json:"start"`
			Counts map[string]int64 `json:"counts"`
			Other  int64            `json:"other,omitempty"`
		}{b.Start, map[string]int64{}, b.Other}
		for j, n := range b.Counts {
			line.Counts[c.Series[j]] = n
		}
		if err := out.add(line); err != nil {
			return err
		}
	}
	return out.end()
}

func countCSV(w *csv.Writer, c *query.Counts) error {
	err := w.Write(inertRow(append(append([]string{"start"}, named(c.Series)...), "other")))
	for i := range c.Buckets {
		b := &c.Buckets[i]
		row := []string{""} // a single bucket over everything has no beginning
		if !b.Start.IsZero() {
			row[0] = b.Start.Format(time.RFC3339)
		}
		for _, n := range b.Counts {
			row = append(row, strconv.FormatInt(n, 10))
		}
		err = errors.Join(err, w.Write(append(row, strconv.FormatInt(b.Other, 10))))
	}
	w.Flush()
	return errors.Join(err, w.Error())
}

// named gives the one column of an undivided count a name.
func named(series []string) []string {
	if len(series) == 1 && series[0] == "" {
		return []string{"count"}
	}
	out := make([]string, len(series))
	for i, s := range series {
		out[i] = s
		if s == "" {
			out[i] = "(none)"
		}
	}
	return out
}

// parseSpan reads a stretch of time: as ParseDuration, or in days and weeks.
func parseSpan(text string) (time.Duration, error) {
	unit, days := time.Duration(0), ""
	switch {
	case strings.HasSuffix(text, "d"):
		unit, days = 24*time.Hour, strings.TrimSuffix(text, "d")
	case strings.HasSuffix(text, "w"):
		unit, days = 7*24*time.Hour, strings.TrimSuffix(text, "w")
	default:
		return time.ParseDuration(text)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	return time.Duration(n) * unit, err
}
