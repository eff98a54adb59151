//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"testing"
)

// insideNamespace is set in the environment of the run that isolate starts.
const insideNamespace = "AGENT_TELEMETRY_E2E_NAMESPACE"

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintf(os.Stderr, "e2e: %v\n", err)
		code = 1
	}
	os.Exit(code)
}

// run does what needs the network, then leaves the network behind.
func run(m *testing.M) (int, error) {
	if os.Getenv(insideNamespace) == "" {
		if err := install(); err != nil {
			return 0, err
		}
		if err := build(); err != nil {
			return 0, err
		}
	}
	if code, done := isolate(); done {
		return code, nil
	}
	if err := closeNetwork(); err != nil {
		return 0, err
	}
	return m.Run(), nil
}
