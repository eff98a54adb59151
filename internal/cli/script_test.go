package cli_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/cli"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes both programs commands that scripts can run as real processes.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"agent-telemetry":      func() { os.Exit(cli.MainManaged(os.Getenv("MANAGED"), os.Args[1:])) },
		"agent-telemetry-hook": func() { capture.Main(os.Args[1:]) },
	})
}

// TestScripts runs testdata/script. Each script has a home and a temp folder of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"heal": heal, "await": awaited},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %s", name)
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("TMPDIR", env.WorkDir+"/tmp")
			env.Setenv("MANAGED", env.WorkDir+"/managed")
			env.Setenv("PLUGINHOOKS", env.WorkDir+"/plugin-hooks.json")
			env.Setenv("AGENT_TELEMETRY_ADDR", "127.0.0.1:0")
			env.Defer(func() { stopAll(env.WorkDir) })
			return errors.Join(
				os.MkdirAll(env.WorkDir+"/tmp", 0o700),
				os.WriteFile(env.WorkDir+"/plugin-hooks.json", settings.PluginHooks(), 0o600),
			)
		},
	})
}
