//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const claudeVersion = "2.1.197"

// Everything that is installed or built goes below cache, which git ignores.
const cache = ".cache"

// install has npm put the pinned Claude Code into the cache. Its install
// scripts stay off: all they do is copy the binary that claudeBinary names.
func install() error {
	dir := filepath.Join(cache, "claude")
	if installed(dir) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the cache: %w", err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join("claude", name))
		if err != nil {
			return fmt.Errorf("read the pinned manifest: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return fmt.Errorf("copy the pinned manifest: %w", err)
		}
	}
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm could not install @anthropic-ai/claude-code@%s, without which nothing here can run: %w\n%s",
			claudeVersion, err, out)
	}
	if !installed(dir) {
		return fmt.Errorf("npm installed no Claude Code %s for %s/%s that runs (looked for %s)",
			claudeVersion, runtime.GOOS, runtime.GOARCH, claudeBinary(dir))
	}
	return nil
}

func installed(dir string) bool {
	out, err := exec.Command(claudeBinary(dir), "--version").Output()
	return err == nil && strings.HasPrefix(string(out), claudeVersion+" ")
}

func claudeBinary(dir string) string {
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	platform := runtime.GOOS + "-" + arch
	if musl, _ := filepath.Glob("/lib/ld-musl-*"); len(musl) > 0 {
		platform += "-musl"
	}
	return filepath.Join(dir, "node_modules", "@anthropic-ai", "claude-code-"+platform, "claude")
}

// build makes our two binaries and the two programs the scenarios use.
func build() error {
	packages := []string{"../cmd/agent-telemetry", "../cmd/agent-telemetry-hook", "./mcpserver", "./payloaddump"}
	for _, path := range packages {
		out, err := exec.Command("go", "build", "-o", filepath.Join(cache, "bin", filepath.Base(path)), path).CombinedOutput()
		if err != nil {
			return fmt.Errorf("build %s: %w\n%s", path, err, out)
		}
	}
	return nil
}
