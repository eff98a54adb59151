package cli_test

import (
	"os"
	"testing"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/cli"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes both programs commands that scripts can run as real processes.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"agent-telemetry":      func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"agent-telemetry-hook": func() { capture.Main(os.Args[1:]) },
	})
}

// TestScripts runs testdata/script. Each script has a home and a temp folder of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("TMPDIR", env.WorkDir+"/tmp")
			return os.MkdirAll(env.WorkDir+"/tmp", 0o700)
		},
	})
}
