package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"agent-telemetry/bench/report"
)

// The programs that are measured.
const (
	collectorName = "agent-telemetry"
	hookName      = "agent-telemetry-hook"
)

func (b *bench) program(name string) string { return filepath.Join(b.dir, "programs", name) }

// programs puts what is measured into the run's folder: built, or copied from -bin.
func (b *bench) programs(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Join(b.dir, "programs"), 0o700); err != nil {
		return fmt.Errorf("make a folder for programs: %w", err)
	}
	root, err := report.ModuleRoot(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{collectorName, hookName} {
		built := filepath.Join(b.bin, name)
		if b.bin == "" {
			progress("building %s", name)
			built = b.program(name + ".linked")
			cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", built, "./cmd/"+name)
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("build %s: %w\n%s", name, err, out)
			}
		}
		// A copy starts faster than what the linker has just written.
		content, err := os.ReadFile(built)
		if err == nil {
			err = os.WriteFile(b.program(name), content, 0o755)
		}
		if err != nil {
			return fmt.Errorf("install %s: %w", name, err)
		}
	}
	return nil
}
