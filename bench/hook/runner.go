package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A program is one line of a plan.
type program struct {
	name  string
	every int // takes part in each every-th round
	stdin string
	argv  []string
}

// A sample is one process, from spawn to exit.
type sample struct {
	wall, cpu time.Duration
	maxRSS    int64 // bytes
	faults    int64
}

// measure runs the plan for so many rounds, parallel processes at a time, and
// returns each program's samples. It fails when a program fails, and when the
// hooks have not written a record for each of their runs: a hook that does
// nothing would win.
func (l *lab) measure(ctx context.Context, rounds, parallel int, programs []program) (map[string][]sample, error) {
	var plan bytes.Buffer
	for _, p := range programs {
		fmt.Fprintf(&plan, "%s\t%d\t%s\t%s\n", p.name, p.every, p.stdin, strings.Join(p.argv, "\t"))
	}
	path := filepath.Join(l.dir, "plan")
	if err := os.WriteFile(path, plan.Bytes(), 0o600); err != nil {
		return nil, fmt.Errorf("write the plan: %w", err)
	}
	command := exec.CommandContext(ctx, l.programPath("runner"), strconv.Itoa(rounds), strconv.Itoa(parallel), path)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = time.Minute
	command.Dir = l.project
	command.Env = l.environment()
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("run the plan: %w", ctx.Err())
		}
		return nil, fmt.Errorf("run the plan: %w: %s", err, strings.TrimSpace(problems.String()))
	}
	samples, err := parseSamples(out.String())
	if err != nil {
		return nil, err
	}
	return samples, l.verifyRecords(samples)
}

// environment is the same small one for every program.
func (l *lab) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + filepath.Join(l.dir, "home"),
		"USER=bench",
		"LANG=C.UTF-8",
		"CLAUDE_PROJECT_DIR=" + l.project,
		"LOKI_URL=" + l.endpoint.url,
	}
}

// parseSamples reads the runner's output: name, nanoseconds, peak memory, minor
// faults, microseconds of processor time.
func parseSamples(out string) (map[string][]sample, error) {
	samples := map[string][]sample{}
	for line := range strings.Lines(out) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 5 {
			return nil, fmt.Errorf("the runner printed %d fields where 5 were expected: %q", len(fields), line)
		}
		var numbers [4]int64
		for i := range numbers {
			n, err := strconv.ParseInt(fields[i+1], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("the runner printed %q: %w", line, err)
			}
			numbers[i] = n
		}
		samples[fields[0]] = append(samples[fields[0]], sample{
			wall:   time.Duration(numbers[0]),
			maxRSS: numbers[1] * rssUnit(),
			faults: numbers[2],
			cpu:    time.Duration(numbers[3]) * time.Microsecond,
		})
	}
	return samples, nil
}

// rssUnit is what getrusage counts peak memory in.
func rssUnit() int64 {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 1024
}
