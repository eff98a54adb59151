package enginetest

import (
	"context"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"

	"pgregory.net/rapid"
)

// Open opens an engine on records, which come in the journal's order, numbered and
// chained. The engine's own cleanup is registered with t.
type Open func(t *testing.T, records []event.Record) query.Engine

// Run holds an engine to the Model: on records as of months of work and on small
// sets by hand, by a fixed list of questions and by random ones. Engines may answer
// in parts; Run follows them to the end. Its contexts end only after a minute, so
// that an engine that has until then can be complete: counts are compared exactly
// where they are, and most must be.
func Run(t *testing.T, open Open) {
	for _, s := range append(Corners(), madeUp()) {
		t.Run(s.Name, func(t *testing.T) {
			c := newChecker(t, open(t, s.Records), s.Records)
			c.listed()
			c.counted()
			c.told()
			c.tailed()
			c.completed()
		})
	}
	t.Run("random questions", func(t *testing.T) { runRandom(t, open) })
	t.Run("bad questions", func(t *testing.T) { runBad(t, open) })
	t.Run("many at once", func(t *testing.T) { runTogether(t, open) })
}

// Set is a list of records that questions are asked of.
type Set struct {
	Name    string
	Records []event.Record
}

// madeUp is the set that is large enough for pages and blocks.
func madeUp() Set {
	return Set{"made up", Slice(1, 20_000, Options{ClockSteps: true})}
}

// runRandom asks what nobody thought of.
func runRandom(t *testing.T, open Open) {
	records := madeUp().Records
	c := newChecker(t, open(t, records), records)
	rapid.Check(t, func(t *rapid.T) {
		c := *c
		c.tb = t
		c.random(t)
	})
	c.completed()
}

// runTogether asks several questions at the same time.
func runTogether(t *testing.T, open Open) {
	records := madeUp().Records[:6000]
	shared := newChecker(t, open(t, records), records)
	t.Run("ask", func(t *testing.T) {
		for i, f := range shared.words.filters() {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				c := *shared
				c.tb, c.said = t, new(answers)
				c.events(query.EventsQuery{Filter: f.Filter, Page: query.Page{Oldest: i%2 == 0}}, 3)
				c.count(query.CountQuery{Filter: f.Filter, By: query.Tool, Bucket: 24 * time.Hour})
			})
		}
	})
}

// tb is what a checker needs of a test.
type tb interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
}

// enough fails a test for the first few answers that are wrong: the others mostly say
// the same.
type enough struct {
	tb
	failures int
}

func (e *enough) Errorf(format string, args ...any) {
	e.Helper()
	const most = 5
	switch e.failures++; {
	case e.failures < most:
		e.tb.Errorf(format, args...)
	case e.failures == most:
		e.tb.Errorf("more answers are wrong, too")
	}
}

// checker compares an engine to the model.
type checker struct {
	tb      tb
	engine  query.Engine
	model   *Model
	records []event.Record
	byKey   map[query.Key]*event.Record
	words   *vocabulary
	said    *answers

	patience time.Duration // how long an answer may take
}

// answers counts answers that are not lists.
type answers struct{ complete, partial int }

func newChecker(t tb, engine query.Engine, records []event.Record) *checker {
	m := NewModel()
	m.Add(records...)
	c := &checker{tb: &enough{tb: t}, engine: engine, model: m, records: records, words: newVocabulary(records), said: new(answers), patience: patience}
	c.byKey = map[query.Key]*event.Record{}
	for i := range records {
		c.byKey[query.Key{Journal: records[i].Metadata.Journal, Seq: records[i].Seq}] = &records[i]
	}
	return c
}

// patience is how long an answer may take.
const patience = time.Minute

func (c *checker) ctx() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), c.patience)
}

// completed holds an engine to being complete more often than not.
func (c *checker) completed() {
	if c.said.partial > c.said.complete {
		c.tb.Errorf("%d counts were partial, only %d complete", c.said.partial, c.said.complete)
	}
}
