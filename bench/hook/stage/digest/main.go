// Digest adds one SHA-256.
package main

import (
	"agent-telemetry/bench/hook/step/digest"
	"agent-telemetry/bench/hook/step/stdin"
)

func main() { digest.Sum(stdin.Read()) }
