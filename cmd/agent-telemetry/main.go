// Command agent-telemetry installs the hook and looks at what it recorded.
package main

import (
	"os"

	"agent-telemetry/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
