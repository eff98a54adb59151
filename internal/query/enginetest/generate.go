package enginetest

import (
	"iter"
	"math/rand/v2"
	"time"

	"agent-telemetry/internal/event"
)

// Options say what kind of records Generate makes.
type Options struct {
	Start      time.Time // midnight of the first day; zero: 1 April 2026, UTC
	Days       int       // over how many days they are spread; 0: 90
	Host       string    // "": devbox
	NoPayloads bool      // without raw_input
	ClockSteps bool      // the clock steps back a few seconds once in a while
	// Numbered gives records what a journal would: numbers from 1, an id, and each
	// the hash of the line before. The first is then its journal_start.
	Numbered bool
}

// Needle is a text that occurs in the commands of NeedleRecords of at least
// NeedleFrom records, and nowhere else.
const (
	Needle        = "quokka-7f3a"
	NeedleRecords = 10 // five calls, each before and after
	NeedleFrom    = 5000
)

// Common is a word that occurs in many commands.
const Common = "test"

// Generate makes n records as they come of days of real work: several projects,
// two to five sessions side by side in working hours, most of 50 to 500 records
// and one of a tenth of all, at most 50,000. The same seed makes the same records.
// They are made as they are asked for.
//
// A journal takes them through Append where Options.Now tells the time of the record
// that is to come; the lines of numbered ones are a journal as they stand.
func Generate(seed uint64, n int, o Options) iter.Seq[event.Record] {
	o.defaults()
	records := func(yield func(event.Record) bool) { newOffice(seed, n, &o).work(yield) }
	if !o.Numbered {
		return records
	}
	return func(yield func(event.Record) bool) {
		numbered(newOffice(seed, n, &o).first(), records, n, yield)
	}
}

func (o *Options) defaults() {
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.Days == 0 {
		o.Days = 90
	}
	if o.Host == "" {
		o.Host = "devbox"
	}
}

// office is where the sessions are at work.
type office struct {
	*rand.Rand
	o        *Options
	n, made  int
	calendar *calendar
	projects []*project
	gap      time.Duration // between two records of one session, about
	now      time.Time
	at       []*worker // the sessions under way
	long     bool      // the long session has begun
	payload  object
	needles  int // calls with the needle so far
}

func newOffice(seed uint64, n int, o *Options) *office {
	w := &office{Rand: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), o: o, n: n, now: o.Start}
	w.calendar = newCalendar(o.Start, o.Days)
	w.projects = w.newProjects()
	const together = 3 // sessions
	w.gap = min(4*time.Second, w.calendar.worked*together*7/10/time.Duration(max(n, 1)))
	return w
}

// work hands on n records in order of time.
func (w *office) work(yield func(event.Record) bool) {
	clock := clock{steps: w.o.ClockSteps}
	for ; w.made < w.n; w.made++ {
		if len(w.at) < 2 {
			w.come()
		}
		next := w.next()
		w.now = next.due()
		r, last := next.pop()
		clock.stamp(w, &r)
		if last {
			w.leave(next)
		}
		if !yield(r) {
			return
		}
	}
}

// come lets new sessions begin: as soon as it is time for the records that are
// still to make.
func (w *office) come() {
	at := w.calendar.at(0.0005 + 0.9995*float64(w.made)/float64(w.n))
	if at.Before(w.now) {
		at = w.now
	}
	if !w.long && w.made >= w.n/10 {
		w.long = true
		w.at = append(w.at, w.newWorker(at, min(50_000, w.n/10), min(w.gap, time.Second)))
	}
	for together := 2 + w.IntN(4); len(w.at) < together; {
		length := 50 + int(450*w.Float64()*w.Float64())
		if w.IntN(12) == 0 {
			length = 2 + w.IntN(20)
		}
		w.at = append(w.at, w.newWorker(at, length, w.gap))
		at = at.Add(time.Duration(w.Int64N(int64(90 * time.Second))))
	}
}

// next is the session whose next record is the first.
func (w *office) next() (first *worker) {
	for _, s := range w.at {
		if first == nil || s.due().Before(first.due()) {
			first = s
		}
	}
	return first
}

func (w *office) leave(gone *worker) {
	for i, s := range w.at {
		if s == gone {
			w.at = append(w.at[:i], w.at[i+1:]...)
			return
		}
	}
}

// clock says what time it is, which is not always what it should be.
type clock struct {
	steps bool
	slow  time.Duration
	last  time.Time
}

// stamp sets a record's time: behind the one before, unless the clock steps back.
func (c *clock) stamp(w *office, r *event.Record) {
	stepped := false
	if c.steps && w.IntN(4000) == 0 {
		if stepped = c.slow == 0; stepped {
			c.slow = 2*time.Second + time.Duration(w.Int64N(int64(8*time.Second)))
		} else {
			c.slow = 0
		}
	}
	r.Timestamp = r.Timestamp.Add(-c.slow)
	if back := c.last.Sub(r.Timestamp); stepped && back > time.Second {
		r.ClockStepMS = -back.Milliseconds()
	} else if back >= 0 && !c.last.IsZero() {
		r.Timestamp = c.last.Add(1)
	}
	c.last = r.Timestamp
}
