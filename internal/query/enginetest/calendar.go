package enginetest

import (
	"sort"
	"time"
)

// calendar spreads work over days: much in the morning and the afternoon, little in
// the evening and at weekends, next to nothing at night.
type calendar struct {
	start  time.Time
	until  []float64     // share of all work that is done by the end of each hour
	worked time.Duration // as if every hour that counts counted in full
}

func newCalendar(start time.Time, days int) *calendar {
	c := &calendar{start: start}
	sum := 0.0
	for h := range days * 24 {
		sum += busy(start.Add(time.Duration(h) * time.Hour))
		c.until = append(c.until, sum)
	}
	for h := range c.until {
		c.until[h] /= sum
	}
	c.worked = time.Duration(sum * float64(time.Hour))
	return c
}

// busy is how much is done in an hour, of the most there can be.
func busy(hour time.Time) float64 {
	share := 0.003
	switch h := hour.Hour(); {
	case h == 12:
		share = 0.6
	case h >= 9 && h < 18:
		share = 1
	case h >= 7 && h < 22:
		share = 0.25
	}
	if d := hour.Weekday(); d == time.Saturday || d == time.Sunday {
		share /= 8
	}
	return share
}

// at is when a share of all work is done.
func (c *calendar) at(share float64) time.Time {
	h := sort.SearchFloat64s(c.until, share)
	if h >= len(c.until) {
		h = len(c.until) - 1
	}
	from := 0.0
	if h > 0 {
		from = c.until[h-1]
	}
	part := (share - from) / (c.until[h] - from)
	return c.start.Add(time.Duration((float64(h) + part) * float64(time.Hour)))
}
