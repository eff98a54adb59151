package report

import "fmt"

// A Bar is one promise about cost, and what this run found.
type Bar struct {
	What    string
	Got     float64
	Limit   float64
	Unit    string
	AtLeast bool // the figure must not be below the limit, rather than not above
}

// Met reports whether the promise is kept.
func (b Bar) Met() bool {
	if b.AtLeast {
		return b.Got >= b.Limit
	}
	return b.Got <= b.Limit
}

// Verdict is a word for that.
func (b Bar) Verdict() string {
	if b.Met() {
		return "met"
	}
	return "MISSED"
}

func (b Bar) String() string {
	side := "at most"
	if b.AtLeast {
		side = "at least"
	}
	return fmt.Sprintf("%s: %s: %.2f%s (bar: %s %g%s)", b.Verdict(), b.What, b.Got, b.Unit, side, b.Limit, b.Unit)
}

// Verdicts prints every bar, and how many are met.
func (r *Report) Verdicts(bars []Bar) {
	met := 0
	var lines []string
	for _, b := range bars {
		if b.Met() {
			met++
		}
		lines = append(lines, b.String())
	}
	r.Heading("Bars")
	r.List(lines)
	r.Paragraph(fmt.Sprintf("%d of %d bars met.", met, len(bars)))
}
