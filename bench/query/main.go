// Query measures what the collector costs and how fast it answers: it makes up a
// journal of months of work, lets the real program catch up with it, asks a fixed
// list of questions over HTTP, and asks grep and jq about the same files beside it.
//
// It prints tables and, at the end, whether each bar is met. A missed bar does not
// change the exit code: machines are noisy, and a benchmark is no test. What does is
// an answer that is wrong.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"agent-telemetry/bench/report"
	"agent-telemetry/internal/query/enginetest"
)

// quick is enough to see that everything works, not to judge anything.
var quick = options{n: 20_000, rounds: 5, quiet: time.Second, liveFor: 2 * time.Second}

type options struct {
	n, rounds int
	seed      uint64
	keep, bin string
	quiet     time.Duration
	raw, live bool
	liveFor   time.Duration
	markdown  bool
}

func main() {
	var o options
	few := flag.Bool("quick", false, fmt.Sprintf("few records (-n %d), few rounds, short waits", quick.n))
	flag.IntVar(&o.n, "n", 1_000_000, fmt.Sprintf("how many records to make up, at least %d; 10 million take 21 GB of disk", enginetest.NeedleFrom))
	flag.Uint64Var(&o.seed, "seed", 1, "of the records and of the questions' parameters")
	flag.StringVar(&o.keep, "keep", "", "make the journal below this `folder` and leave it there for the next run")
	flag.StringVar(&o.bin, "bin", "", "measure the programs in this `folder` instead of building them")
	flag.IntVar(&o.rounds, "rounds", 50, "how often each question is asked")
	flag.DurationVar(&o.quiet, "quiet", time.Minute, "how long nothing happens before and while the collector is measured at rest")
	flag.BoolVar(&o.raw, "raw", true, "ask grep and jq beside it, which takes minutes at 10 million")
	flag.BoolVar(&o.live, "live", false, "also run the real hook 50 times a second and time what it writes to a live stream")
	flag.DurationVar(&o.liveFor, "live-for", 30*time.Second, "how long")
	flag.BoolVar(&o.markdown, "markdown", false, "print Markdown, as for docs/benchmarks.md")
	flag.Parse()
	if *few {
		o.n, o.rounds, o.quiet, o.liveFor = quick.n, quick.rounds, quick.quiet, quick.liveFor
	}
	if o.n < enginetest.NeedleFrom || o.rounds < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o, &report.Report{Out: os.Stdout, Markdown: o.markdown})
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, r *report.Report) (err error) {
	b := &bench{options: o, report: r}
	if err := b.tools(); err != nil {
		return err
	}
	if err := b.folders(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if err := b.programs(ctx); err != nil {
		return err
	}
	r.Heading("What the collector costs, and how fast it answers")
	r.List(report.Machine(ctx, b.dir, commandLine(), "grep, jq: "+report.Output(ctx, "grep", "--version")+", "+report.Output(ctx, "jq", "--version")))
	for _, section := range []func(context.Context) error{b.makeJournal, b.catchUp, b.serve, b.askRaw} {
		if err := section(ctx); err != nil {
			return err
		}
	}
	r.Verdicts(b.bars)
	return r.Err
}

// bench is a run under way: what it found so far.
type bench struct {
	options
	report *report.Report
	bars   []report.Bar

	dir     string // of this run; removed at its end
	data    string // the collector's data folder, below it
	kept    string // where the journal was made
	journal *made

	answers map[string]summary // by question
	asked   map[string]string  // what the raw questions are to look for
}

// folders makes the run's own, on the disk that holds the journal.
func (b *bench) folders(ctx context.Context) error {
	b.answers, b.asked = map[string]summary{}, map[string]string{}
	root, err := report.ModuleRoot(ctx)
	if err != nil {
		return err
	}
	if b.keep == "" {
		b.dir, err = report.TempDir(root)
		b.kept = filepath.Join(b.dir, "kept")
	} else {
		if err := os.MkdirAll(b.keep, 0o700); err != nil {
			return fmt.Errorf("make the folder to keep the journal in: %w", err)
		}
		b.dir, err = os.MkdirTemp(b.keep, "run-")
		b.kept = filepath.Join(b.keep, fmt.Sprintf("journal-%d-%d", b.n, b.seed))
	}
	if err != nil {
		return fmt.Errorf("make a folder for this run: %w", err)
	}
	for _, path := range []*string{&b.dir, &b.kept} {
		if *path, err = filepath.Abs(*path); err != nil {
			return fmt.Errorf("find the folder %s: %w", *path, err)
		}
	}
	b.data = filepath.Join(b.dir, "data")
	return nil
}

// bar notes a promise, and says what it is and whether it is kept: two cells.
func (b *bench) bar(what string, got, limit float64, unit string, atLeast bool) []string {
	kept := report.Bar{What: what, Got: got, Limit: limit, Unit: unit, AtLeast: atLeast}
	b.bars = append(b.bars, kept)
	side := "≤"
	if atLeast {
		side = "≥"
	}
	return []string{fmt.Sprintf("%s %g%s", side, limit, unit), kept.Verdict()}
}

// commandLine is how to get the same figures again.
func commandLine() string {
	return strings.Join(append([]string{"go run ./bench/query"}, os.Args[1:]...), " ")
}

func progress(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", arguments...)
}
