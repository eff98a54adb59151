// Shell adds the shell parser and one command parsed.
package main

import (
	"agent-telemetry/bench/hook/step/digest"
	"agent-telemetry/bench/hook/step/shell"
	"agent-telemetry/bench/hook/step/stdin"
)

func main() {
	payload := stdin.Read()
	digest.Sum(payload)
	shell.Statements(payload)
}
