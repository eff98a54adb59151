package capture

import (
	"os"
	"path/filepath"
	"strconv"
)

// DataDir is the data folder: the pinned one if given, else what the environment
// says. It needs no home: without one, the user's entry in /etc/passwd and at
// last the temp folder serve.
func DataDir(pinned string, getenv func(string) string) string {
	if pinned != "" {
		return pinned
	}
	if dir := getenv("AGENT_TELEMETRY_DATA"); filepath.IsAbs(dir) {
		return dir
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "agent-telemetry")
	}
	home := getenv("HOME")
	if !filepath.IsAbs(home) {
		home = getenv("USERPROFILE")
	}
	if !filepath.IsAbs(home) {
		home = passwd(os.Getuid(), 5)
	}
	if !filepath.IsAbs(home) {
		return filepath.Join(os.TempDir(), "agent-telemetry-"+strconv.Itoa(os.Getuid()))
	}
	return filepath.Join(home, ".local", "state", "agent-telemetry")
}
