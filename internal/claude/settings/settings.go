// Package settings installs the telemetry hook into Claude Code's settings
// files and judges from those files whether recording would happen. Edits are
// splices into the file's own bytes: whatever others wrote there survives.
// It serves the command line only and is never linked into the hook.
package settings

import (
	"fmt"
	"path/filepath"
	"runtime"
)

// Level names where a hook comes from. The first four are settings files, from
// the lowest to the highest precedence among Claude Code's own order of
// user < project < local < managed; a plugin stands beside them.
type Level string

// The levels a hook can be found at. Locate knows all but Plugin.
const (
	User    Level = "user"
	Project Level = "project"
	Local   Level = "local"
	Managed Level = "managed"
	Plugin  Level = "plugin"
)

// dropIn is the file that a managed installation owns. A drop-in of its own
// leaves the administrator's managed-settings.json alone.
const dropIn = "50-agent-telemetry.json"

// Env is the environment that settings are found and judged in. Getenv must
// not be nil. ManagedRoot replaces the platform's folder of managed settings
// where it is not empty.
type Env struct {
	Getenv      func(string) string
	ManagedRoot string
}

// File is a settings file of a level. It need not exist.
type File struct {
	Level Level  `json:"level"`
	Path  string `json:"path"`
}

// Locate names the settings file of a level that the hook is installed in.
// Only the project and local levels look at projectDir.
func Locate(level Level, projectDir string, env Env) (File, error) {
	switch level {
	case Project, Local:
		dir, err := filepath.Abs(projectDir)
		if err != nil {
			return File{}, fmt.Errorf("find the project folder %s: %w", projectDir, err)
		}
		name := "settings.json"
		if level == Local {
			name = "settings.local.json"
		}
		return File{level, filepath.Join(dir, ".claude", name)}, nil
	case User:
		dir, err := env.configDir()
		if err != nil {
			return File{}, err
		}
		return File{level, filepath.Join(dir, "settings.json")}, nil
	case Managed:
		return File{level, filepath.Join(env.managedRoot(), "managed-settings.d", dropIn)}, nil
	}
	return File{}, fmt.Errorf("no settings level is called %q: use project, local, user or managed", level)
}

// configDir is the folder of the user's own settings and plugins.
func (e Env) configDir() (string, error) {
	if dir := e.Getenv("CLAUDE_CONFIG_DIR"); dir != "" {
		return dir, nil
	}
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	home := e.Getenv(name)
	if home == "" {
		return "", fmt.Errorf("find the user's settings: neither CLAUDE_CONFIG_DIR nor %s is set; set one of them", name)
	}
	return filepath.Join(home, ".claude"), nil
}

func (e Env) managedRoot() string {
	if e.ManagedRoot != "" {
		return e.ManagedRoot
	}
	switch runtime.GOOS {
	case "darwin":
		return "/Library/Application Support/ClaudeCode"
	case "windows":
		return `C:\Program Files\ClaudeCode`
	}
	return "/etc/claude-code"
}
