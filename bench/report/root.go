package report

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ModuleRoot is the repository's folder.
func ModuleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("ask go for the module's folder: %w", err)
	}
	gomod := strings.TrimSpace(string(out))
	if filepath.Base(gomod) != "go.mod" {
		return "", errors.New("run it inside the repository: go finds no go.mod here")
	}
	return filepath.Dir(gomod), nil
}

// TempDir makes a folder for one run below bin/, on the disk that holds the
// repository: a temporary folder may be memory, where fsync is free.
func TempDir(root string) (string, error) {
	parent := filepath.Join(root, "bin", "bench-tmp")
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", fmt.Errorf("make the folder for benchmarks: %w", err)
	}
	dir, err := os.MkdirTemp(parent, "run-")
	if err != nil {
		return "", fmt.Errorf("make a folder for this run: %w", err)
	}
	return dir, nil
}
