package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/query"
)

// countTable shows counts: a row a bucket, with a bar; of several series a column
// each as well, and below, each one's course.
func (a *app) countTable(c *query.Counts, q *query.CountQuery) error {
	paint, width := a.colour(), a.width()
	if len(c.Buckets) == 0 {
		return nil
	}
	names := named(c.Series)
	other := slices.ContainsFunc(c.Buckets, func(b query.Bucket) bool { return b.Other > 0 })
	if other {
		names = append(names, "other")
	}
	if len(names) == 1 {
		names = []string{what(q)}
	}
	for i := range names {
		names[i] = clean(names[i])
	}
	rows, sums, most := cells(c, other)
	columnWidth := func(i int) int { return max(7, min(columns(names[i]), 14)) }
	atWidth, layout := layoutOf(q.Bucket)
	head, room := pad("", atWidth), width-atWidth-2
	for i := range names {
		head += "  " + right(clip(names[i], columnWidth(i), false), columnWidth(i))
		room -= 2 + columnWidth(i)
	}
	fmt.Fprintln(a.out, paint.dim(head))
	for i, row := range rows {
		line := paint.dim(pad(c.Buckets[i].Start.In(q.Zone).Format(layout), atWidth))
		if q.Bucket == 0 {
			line = paint.dim(pad("in all", atWidth))
		}
		for j, n := range row {
			line += "  " + right(count(n), columnWidth(j))
		}
		if room >= 10 && q.Bucket > 0 {
			line += "  " + paint.verb(bar(sums[i], most, min(room, 40)), "Bash")
		}
		fmt.Fprintln(a.out, strings.TrimRight(line, " "))
	}
	if q.Distinct == "" && len(rows) > 1 {
		fmt.Fprintf(a.out, "%s %s in all\n", thousands(c.Total), plural(int(min(c.Total, 2)), strings.TrimSuffix(what(q), "s")))
	}
	return nil
}

// what is counted.
func what(q *query.CountQuery) string {
	if q.Distinct != "" {
		return string(q.Distinct) + "s"
	}
	if q.Unit == query.Records {
		return "records"
	}
	return "calls"
}

// cells are the numbers of a table, each row's sum and the greatest of those.
func cells(c *query.Counts, other bool) (rows [][]int64, sums []int64, most int64) {
	for i := range c.Buckets {
		b := &c.Buckets[i]
		row := slices.Clone(b.Counts)
		if other {
			row = append(row, b.Other)
		}
		sum := int64(0)
		for _, n := range row {
			sum += n
		}
		rows, sums, most = append(rows, row), append(sums, sum), max(most, sum)
	}
	return rows, sums, most
}

// layoutOf is how the beginning of a bucket is written.
func layoutOf(bucket time.Duration) (int, string) {
	if bucket%(24*time.Hour) == 0 {
		return 15, "Mon 2 Jan 2006"
	}
	return 12, "2 Jan 15:04"
}

func (a *app) top(ctx context.Context, f query.Filter, o output, flags *statsFlags) error {
	unit, err := flags.unitOf()
	if err != nil {
		return err
	}
	engine, ended, err := a.anEngine(ctx)
	if err != nil {
		return err
	}
	defer ended()
	t, err := engine.Top(ctx, query.TopQuery{Filter: f, Unit: unit, By: query.Field(flags.top), Limit: flags.limit})
	var bad *query.BadQuery
	if errors.As(err, &bad) && bad.Field == "by" {
		err = query.Bad("top", "%s", bad.Problem)
	}
	if err != nil {
		return usage(err)
	}
	a.tellPartial(&t.Scan)
	switch o {
	case asTable:
		return a.topTable(t, flags.top)
	case asCSV:
		return topCSV(csv.NewWriter(a.out), t, flags.top)
	case asJSON:
		return a.printJSON(t)
	}
	out := jsonList{w: a.out, lines: true}
	for _, v := range t.Values {
		if err := out.add(v); err != nil {
			return err
		}
	}
	return out.end()
}

func (a *app) topTable(t *query.TopList, field string) error {
	if len(t.Values) == 0 {
		fmt.Fprintf(a.err, "Nothing recorded in %s that these filters select and that has a %s.\n", a.journalFolder(), clean(field))
		return nil
	}
	paint, room := a.colour(), max(20, a.width()-10-2-22)
	for _, v := range t.Values {
		line := fmt.Sprintf("%10s  %s  %s", count(v.Count), pad(clip(clean(v.Value), room, field == string(query.Path)), room), bar(v.Count, t.Values[0].Count, 20))
		fmt.Fprintln(a.out, strings.TrimRight(line, " "))
	}
	if more := t.Distinct - int64(len(t.Values)); more > 0 {
		fmt.Fprintln(a.out, paint.dim(fmt.Sprintf("%10s  and %s more; --limit shows more of them", "", thousands(more))))
	}
	return nil
}

func topCSV(w *csv.Writer, t *query.TopList, field string) error {
	err := w.Write([]string{field, "count"})
	for _, v := range t.Values {
		err = errors.Join(err, w.Write(inertRow([]string{v.Value, strconv.FormatInt(v.Count, 10)})))
	}
	w.Flush()
	return errors.Join(err, w.Error())
}

// width is how many columns the output has.
func (a *app) width() int {
	if width, ok := terminal(a.out); ok && width >= 40 {
		return width
	}
	return defaultWidth
}

// count shows a number, nothing for none.
func count(n int64) string {
	if n == 0 {
		return "·"
	}
	return thousands(n)
}

// right is pad from the other side.
func right(s string, n int) string { return strings.Repeat(" ", max(0, n-columns(s))) + s }

// bar is as long as n is of most, to an eighth of a column.
func bar(n, most int64, width int) string {
	if n <= 0 || most <= 0 {
		return ""
	}
	eighths := int(float64(n) / float64(most) * float64(width) * 8)
	eighths = max(1, eighths)
	b := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		b += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return b
}

// printJSON writes one indented value.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
