// Package report is what benchmarks print with: tables for a terminal or as
// Markdown, percentiles, the bars that were promised and whether a run keeps them,
// and what machine it ran on.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// A Report prints as text for a terminal or as Markdown. It keeps the first
// error of its writer, so that callers look once, at the end.
type Report struct {
	Out      io.Writer
	Markdown bool
	Err      error
}

func (r *Report) printf(format string, arguments ...any) {
	if r.Err == nil {
		_, r.Err = fmt.Fprintf(r.Out, format, arguments...)
	}
}

// Heading begins a section.
func (r *Report) Heading(text string) {
	if r.Markdown {
		r.printf("## %s\n\n", text)
		return
	}
	r.printf("\n%s\n%s\n\n", text, strings.Repeat("=", utf8.RuneCountInString(text)))
}

// Paragraph prints a paragraph.
func (r *Report) Paragraph(text string) { r.printf("%s\n\n", text) }

// List prints a list.
func (r *Report) List(items []string) {
	for _, item := range items {
		r.printf("- %s\n", item)
	}
	r.printf("\n")
}

// Table prints rows under head; the first column is text, the others figures.
func (r *Report) Table(head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	r.row(head, widths)
	if r.Markdown {
		r.printf("|%s|%s\n", strings.Repeat("-", widths[0]+2), rule(widths[1:]))
	}
	for _, row := range rows {
		r.row(row, widths)
	}
	r.printf("\n")
}

func (r *Report) row(cells []string, widths []int) {
	left, between, end := "", "  ", ""
	if r.Markdown {
		left, between, end = "| ", " | ", " |"
	}
	padded := make([]string, len(cells))
	for i, cell := range cells {
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 0 {
			padded[i] = cell + space
		} else {
			padded[i] = space + cell
		}
	}
	r.printf("%s%s%s\n", left, strings.Join(padded, between), end)
}

func rule(widths []int) string {
	var b strings.Builder
	for _, width := range widths {
		b.WriteString(strings.Repeat("-", width+1) + ":|")
	}
	return b.String()
}

// Milliseconds is a time to two digits.
func Milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond))
}

// Megabytes is a size in millions of bytes.
func Megabytes(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/1e6) }

// Ratio is "-" where there is nothing to compare with.
func Ratio(a, b time.Duration) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}
