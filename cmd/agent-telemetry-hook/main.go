// Command agent-telemetry-hook turns one hook payload of Claude Code on its
// standard input into one record of the journal. It prints nothing and exits 0.
package main

import (
	"os"

	"agent-telemetry/internal/capture"
)

func main() {
	capture.Main(os.Args[1:])
}
