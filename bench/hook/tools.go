package main

import (
	"fmt"
	"os/exec"
	"strings"
)

// requireTools names every tool that is missing at once, with what installs it.
func requireTools() error {
	tools := []struct{ name, what, install string }{
		{"go", "builds what is measured", "https://go.dev/dl"},
		{"cc", "builds the runner", "apt-get install gcc libc6-dev, or xcode-select --install"},
		{"bash", "runs the specification's hook", "apt-get install bash, or brew install bash"},
		{"jq", "is what the specification's hook parses JSON with", "apt-get install jq, or brew install jq"},
		{"curl", "is what the specification's hook pushes to Loki with", "apt-get install curl, or brew install curl"},
	}
	var missing []string
	for _, tool := range tools {
		if _, err := exec.LookPath(tool.name); err != nil {
			missing = append(missing, fmt.Sprintf("  %s, which %s: %s", tool.name, tool.what, tool.install))
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("install what is missing, then run it again:\n%s", strings.Join(missing, "\n"))
}
