// Hook measures what the hook costs Claude Code, side by side with what it is
// compared to, in one run: a C program that does nothing, a Go program that does
// nothing, our hook, and the hook that the specification describes.
//
// It builds everything it measures into a folder of its own on the disk that
// holds bin/, starts the programs with a small C runner, prints a table for each
// setting and, at the end, whether each bar is met. A missed bar does not change
// the exit code: machines are noisy, and a benchmark is no test.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"agent-telemetry/bench/report"
)

// quickSamples is enough to see that everything works, not to judge anything.
const quickSamples = 40

const method = "Every time is from posix_spawn to exit, the payload being the process's standard input. " +
	"The programs take turns, so that drift of the machine hits all alike, the specification's shell scripts among themselves, since they leave caches cold; of those that start at once, each is timed by itself. " +
	"All binaries are copied after linking, as an installation does. " +
	"The hooks' records and pushes are counted after each part: a run in which one is missing fails."

type options struct {
	samples  int
	hook     string
	markdown bool
}

func main() {
	var o options
	quick := flag.Bool("quick", false, fmt.Sprintf("few samples (-n %d), for continuous integration", quickSamples))
	flag.IntVar(&o.samples, "n", 600, "samples of each fast program; slow ones get a fixed share of it")
	flag.StringVar(&o.hook, "hook", "", "measure this hook binary instead of building cmd/agent-telemetry-hook")
	flag.BoolVar(&o.markdown, "markdown", false, "print Markdown, as for docs/benchmarks.md")
	flag.Parse()
	if *quick {
		o.samples = quickSamples
	}
	if o.samples < 1 || flag.NArg() > 0 {
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
	if err := requireTools(); err != nil {
		return err
	}
	l, err := newLab(ctx, o.hook)
	if err != nil {
		return err
	}
	defer l.close()

	r := report.Report{Out: os.Stdout, Markdown: o.markdown}
	r.Heading("What the hook costs")
	r.List(report.Machine(ctx, l.dir, commandLine(), "jq, curl, bash: "+strings.Join([]string{
		report.Output(ctx, "jq", "--version"),
		report.FirstWords(report.Output(ctx, "curl", "--version"), 2),
		report.Output(ctx, "bash", "-c", "echo bash $BASH_VERSION"),
	}, ", ")))
	r.Paragraph(method)

	m := measurements{lab: l, samples: o.samples}
	for _, section := range []func(context.Context, *report.Report) error{
		m.cost, m.payloads, m.busyDisk, m.breakdown,
	} {
		if err := section(ctx, &r); err != nil {
			return err
		}
	}
	r.Verdicts(m.bars())
	return r.Err
}

// commandLine is how to get the same figures again.
func commandLine() string {
	return strings.Join(append([]string{"go run ./bench/hook"}, os.Args[1:]...), " ")
}

func progress(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", arguments...)
}
