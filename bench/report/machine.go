package report

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Machine says what the figures were measured on and with: by which command, with
// the data in dir. More is said before the load.
func Machine(ctx context.Context, dir, command string, more ...string) []string {
	lines := []string{
		"command: `" + command + "`",
		fmt.Sprintf("processor: %s, %d cores", processor(ctx), runtime.NumCPU()),
		"kernel: " + Output(ctx, "uname", "-srm"),
		"Go: " + strings.TrimPrefix(Output(ctx, "go", "version"), "go version "),
		"file system of the data folder: " + fileSystem(dir),
	}
	return append(append(lines, more...), "load before the run: "+load())
}

// Output is the first line that a program prints; "unknown" if it does not run.
func Output(ctx context.Context, name string, arguments ...string) string {
	out, err := exec.CommandContext(ctx, name, arguments...).Output()
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(first)
}

// FirstWords are the first n words of a text.
func FirstWords(text string, n int) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(n, len(words))], " ")
}

func processor(ctx context.Context) string {
	if runtime.GOOS == "darwin" {
		return Output(ctx, "sysctl", "-n", "machdep.cpu.brand_string")
	}
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(info)) {
		if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func load() string {
	averages, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return FirstWords(string(averages), 3)
}

func fileSystem(dir string) string {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "unknown"
	}
	return fileSystemOf(string(mounts), dir)
}

// fileSystemOf finds the mount with the longest path that holds dir. A line of
// mountinfo has the mount point fifth and, after " - ", the type.
func fileSystemOf(mounts, dir string) string {
	best, kind := "", "unknown"
	for line := range strings.Lines(mounts) {
		before, after, found := strings.Cut(line, " - ")
		fields, types := strings.Fields(before), strings.Fields(after)
		if !found || len(fields) < 5 || len(types) < 1 {
			continue
		}
		point := fields[4]
		relative, err := filepath.Rel(point, dir)
		holds := err == nil && relative != ".." && !strings.HasPrefix(relative, "../")
		if holds && len(point) >= len(best) {
			best, kind = point, types[0]
		}
	}
	return kind
}
