package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// plural gives a noun the form that n asks for.
func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// thousands separates the digits of n in threes.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size shows a number of bytes.
func size(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	f, unit := float64(n), 0
	for f >= 999.5 && unit < 4 {
		f, unit = f/1000, unit+1
	}
	return fmt.Sprintf("%.3g %cB", f, " kMGT"[unit])
}

// since is how long ago something was.
func since(now, at time.Time) string {
	d := now.Sub(at)
	switch {
	case d < time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours())/24)
}

// progress shows how far something long has come, on a terminal only.
type progress struct {
	w     io.Writer
	now   func() time.Time
	unit  string        // of what is counted; "" for bytes
	after time.Duration // shown only after so long
	start time.Time
	last  time.Time
	shown bool
}

func newProgress(w io.Writer, now func() time.Time) *progress {
	p := &progress{now: now, start: now(), last: now()}
	if _, ok := terminal(w); ok {
		p.w = w
	}
	return p
}

// due reports whether it is time to show something again.
func (p *progress) due() bool {
	now := p.now()
	return p.w != nil && now.Sub(p.last) >= 100*time.Millisecond && now.Sub(p.start) >= p.after
}

func (p *progress) show(done, total int64) {
	if !p.due() {
		return
	}
	p.last, p.shown = p.now(), true
	percent, rate := 100*float64(done)/float64(max(total, 1)), float64(done)/p.last.Sub(p.start).Seconds()
	filled := min(20, int(percent/5))
	figure := size
	if p.unit != "" {
		figure = thousands
	}
	fmt.Fprintf(p.w, "\r[%s%s] %3.0f %%  %s of %s%s, %s/s ", strings.Repeat("#", filled), strings.Repeat(".", 20-filled),
		percent, figure(done), figure(total), p.unit, figure(int64(rate)))
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
