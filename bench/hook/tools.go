package main

import (
	"fmt"
	"os/exec"
	"strings"
)

// requireTools names every tool that is missing at once, with what installs it.
func requireTools() error {
	tools := []struct{ name, what, debian, mac string }{
		{"go", "builds what is measured", "from https://go.dev/dl", "go"},
		{"cc", "builds the runner", "gcc libc6-dev", "xcode-select --install"},
		{"bash", "runs the specification's hook", "bash", "bash"},
		{"jq", "is what the specification's hook parses JSON with", "jq", "jq"},
		{"curl", "is what the specification's hook pushes to Loki with", "curl", "curl"},
	}
	var missing []string
	for _, tool := range tools {
		if _, err := exec.LookPath(tool.name); err != nil {
			missing = append(missing, fmt.Sprintf("  %s, which %s (Debian: apt-get install %s; macOS: brew install %s)",
				tool.name, tool.what, tool.debian, tool.mac))
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("install what is missing, then run it again:\n%s", strings.Join(missing, "\n"))
}
