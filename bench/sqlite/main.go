// Sqlite measures the two SQLite drivers without cgo on the statements that the
// index runs, side by side: blocks sealed, columns and values read, trigrams
// searched, and the memory it takes. It is a module of its own, so that the product
// depends on the chosen one alone.
//
// Each driver runs in a process of its own, in turns. A run in which they answer
// differently fails.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"agent-telemetry/bench/report"
)

// quickBlocks is enough to see that everything works.
const quickBlocks = 4

type options struct {
	blocks, rounds int
	seed           uint64
	markdown       bool
	driver, dir    string // of the process that measures
}

func main() {
	var o options
	quick := flag.Bool("quick", false, fmt.Sprintf("few blocks (-blocks %d -rounds 1)", quickBlocks))
	flag.IntVar(&o.blocks, "blocks", 250, "how many blocks of 4096 records")
	flag.IntVar(&o.rounds, "rounds", 3, "how often each driver runs")
	flag.Uint64Var(&o.seed, "seed", 1, "of the records")
	flag.BoolVar(&o.markdown, "markdown", false, "print Markdown, as for docs/benchmarks.md")
	flag.StringVar(&o.driver, "driver", "", "measure this one in this process, and print JSON")
	flag.StringVar(&o.dir, "dir", "", "the `folder` it does so in")
	flag.Parse()
	if *quick {
		o.blocks, o.rounds = quickBlocks, 1
	}
	if o.blocks < 2 || o.rounds < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.driver == "" {
		return compare(ctx, o)
	}
	found, err := measure(ctx, o)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

// compare runs every driver in turns and prints what they cost.
func compare(ctx context.Context, o options) (err error) {
	root, err := report.ModuleRoot(ctx)
	if err != nil {
		return err
	}
	dir, err := report.TempDir(filepath.Join(root, "..", ".."))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	found := map[string][]*result{}
	for round := range o.rounds {
		for i, d := range drivers() {
			fmt.Fprintf(os.Stderr, "bench: round %d of %d, %s\n", round+1, o.rounds, d.name)
			one, err := elsewhere(ctx, o, d.name, filepath.Join(dir, fmt.Sprintf("%d-%d", round, i)))
			if err != nil {
				return err
			}
			found[d.name] = append(found[d.name], one)
		}
	}
	return tell(ctx, o, dir, found)
}

// elsewhere measures a driver in a process of its own.
func elsewhere(ctx context.Context, o options, driver, dir string) (*result, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for the run: %w", err)
	}
	defer os.RemoveAll(dir)
	cmd := exec.CommandContext(ctx, program, "-driver", driver, "-dir", dir, "-blocks", fmt.Sprint(o.blocks), "-seed", fmt.Sprint(o.seed))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("measure %s: %w", driver, err)
	}
	r := new(result)
	if err := json.Unmarshal(out, r); err != nil {
		return nil, fmt.Errorf("read what was measured of %s: %w", driver, err)
	}
	return r, nil
}

func tell(ctx context.Context, o options, dir string, found map[string][]*result) error {
	r := report.Report{Out: os.Stdout, Markdown: o.markdown}
	var head, versions []string
	for _, d := range drivers() {
		head = append(head, d.name)
		versions = append(versions, d.name+" has SQLite "+found[d.name][0].Version)
	}
	r.Heading("Two SQLite drivers on the index's own statements")
	r.List(report.Machine(ctx, dir, "cd bench/sqlite && "+strings.Join(append([]string{"go run ."}, os.Args[1:]...), " "), strings.Join(versions, ", ")))
	r.Paragraph(fmt.Sprintf("%d blocks of 4096 records, with the index's schema, pragmas and page cache; the median of %d runs, in turns, each in a process of its own.", o.blocks, o.rounds))
	first := found[head[0]][0]
	var rows [][]string
	for i, m := range first.Measures {
		row := []string{m.What}
		for _, name := range head {
			var values []float64
			for _, one := range found[name] {
				if one.Answers != first.Answers {
					return fmt.Errorf("%s answers other than %s: nothing to measure", name, head[0])
				}
				values = append(values, one.Measures[i].Value)
			}
			slices.Sort(values)
			row = append(row, figure(report.Percentile(values, 50)))
		}
		rows = append(rows, row)
	}
	r.Table(append([]string{"what"}, head...), rows)
	return r.Err
}

// figure shows three digits that count; what a driver does not have is a dash.
func figure(v float64) string {
	switch {
	case v < 0:
		return "-"
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
