package doctor

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// Codes of findings about Claude Code itself.
const (
	CodeAgentFound    = "claude-found"
	CodeAgentNotFound = "claude-not-found"
)

// agent asks Claude Code for its version. It may well be installed where only
// an editor finds it.
func (x *examination) agent(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, "claude", "--version")
	cmd.WaitDelay = time.Second
	output, err := cmd.Output()
	version, _, _ := strings.Cut(strings.TrimSpace(string(head(output))), "\n")
	switch {
	case cmd.Path == "claude" || cmd.Err != nil:
		x.ok(CodeAgentNotFound, "Claude Code is not on PATH, so its version is not known", "")
	case err != nil || version == "":
		x.ok(CodeAgentFound, "Claude Code is on PATH, but does not tell its version", cmd.Path+".")
	default:
		x.ok(CodeAgentFound, "Claude Code is on PATH: "+version, cmd.Path+".")
	}
}
