package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// A report prints as text for a terminal or as Markdown. It keeps the first
// error of its writer, so that callers look once, at the end.
type report struct {
	out      io.Writer
	markdown bool
	err      error
}

func (r *report) printf(format string, arguments ...any) {
	if r.err == nil {
		_, r.err = fmt.Fprintf(r.out, format, arguments...)
	}
}

func (r *report) heading(text string) {
	if r.markdown {
		r.printf("## %s\n\n", text)
		return
	}
	r.printf("\n%s\n%s\n\n", text, strings.Repeat("=", utf8.RuneCountInString(text)))
}

func (r *report) paragraph(text string) { r.printf("%s\n\n", text) }

func (r *report) list(items []string) {
	for _, item := range items {
		r.printf("- %s\n", item)
	}
	r.printf("\n")
}

// table prints rows under head; the first column is text, the others figures.
func (r *report) table(head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	r.row(head, widths)
	if r.markdown {
		r.printf("|%s|%s\n", strings.Repeat("-", widths[0]+2), rule(widths[1:]))
	}
	for _, row := range rows {
		r.row(row, widths)
	}
	r.printf("\n")
}

func (r *report) row(cells []string, widths []int) {
	left, between, end := "", "  ", ""
	if r.markdown {
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

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond))
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/1e6) }

// ratio is "-" where there is nothing to compare with.
func ratio(a, b time.Duration) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}
