package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"agent-telemetry/bench/report"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query/enginetest"
)

// tools says before anything is measured what is missing.
func (b *bench) tools() error {
	for _, name := range []string{"sh", "grep", "jq", "sort", "uniq", "tail"} {
		if _, err := exec.LookPath(name); b.raw && err != nil {
			return fmt.Errorf("%s is not installed: install it (apt-get install %s), or leave out what it is for with -raw=false", name, name)
		}
	}
	return nil
}

// rawWay is how a question would be answered without the collector.
type rawWay struct {
	question string
	command  string // of the shell; "$@" are the segments in order
}

func (b *bench) rawWays() []rawWay {
	const tools = `jq -r '[.timestamp[0:N], .tool_name] | join(" ")' | sort | uniq -c`
	return []rawWay{
		{askNeedle, `grep -h -F '` + enginetest.Needle + `' "$@"`},
		{askOutside, `grep -h -F '"outside_project_scope":true' "$@" | tail -n 100`},
		{askCommon, `grep -h -i -F '` + enginetest.Common + `' "$@" | tail -n 100`},
		{askMiddling, `grep -h -F '"session_id":"` + b.asked[askMiddling] + `"' "$@"`},
		{askPerFive, `grep -h -F '"timestamp":"` + b.asked[askPerFive] + `' "$@" | ` + strings.Replace(tools, "N", "16", 1)},
		{askPerDay, `cat "$@" | ` + strings.Replace(tools, "N", "10", 1)},
	}
}

// askRaw asks grep and jq about the same segments, as they were before compression,
// once each.
func (b *bench) askRaw(ctx context.Context) error {
	if !b.raw {
		return nil
	}
	segments, err := journal.Segments(b.kept)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, w := range b.rawWays() {
		progress("raw: %s", w.question)
		took, lines, err := w.run(ctx, segments)
		if err != nil {
			return err
		}
		ours := b.answers[w.question].p50
		rows = append(rows, []string{
			w.question, "`" + shown(w.command, b.report.Markdown) + "`", thousands(lines), fmt.Sprintf("%.2f", took.Seconds()),
			report.Milliseconds(ours), fmt.Sprintf("%.0f", float64(took)/float64(max(ours, 1))),
		})
	}
	b.report.Heading("Beside grep and jq")
	b.report.Paragraph("The same journal, before compression, read by what everybody has; `\"$@\"` are its segments in order, LC_ALL is C. Each once, with the files cached if they fit. Ours is the p50 from above.")
	b.report.Table([]string{"question", "command", "lines", "s", "ours ms", "times as long"}, rows)
	return nil
}

func (w *rawWay) run(ctx context.Context, segments []journal.Segment) (took time.Duration, lines int, err error) {
	arguments := []string{"-c", w.command, "sh"}
	for _, s := range segments {
		arguments = append(arguments, s.Path)
	}
	cmd := exec.CommandContext(ctx, "sh", arguments...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Dir = filepath.Dir(segments[0].Path)
	counted := &lineCount{}
	var problems strings.Builder
	cmd.Stdout, cmd.Stderr = counted, &problems
	began := time.Now()
	if err := cmd.Run(); err != nil || problems.Len() > 0 {
		return 0, 0, fmt.Errorf("run %s: %w: %s", w.command, err, problems.String())
	}
	return time.Since(began), counted.n, nil
}

type lineCount struct{ n int }

func (c *lineCount) Write(b []byte) (int, error) {
	c.n += strings.Count(string(b), "\n")
	return len(b), nil
}

// shown is a command as a cell of a table can hold it.
func shown(command string, markdown bool) string {
	if markdown {
		return strings.ReplaceAll(command, "|", `\|`)
	}
	return command
}
