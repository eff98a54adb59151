// Stdin is the empty program and package os reading its input.
package main

import "agent-telemetry/bench/hook/step/stdin"

func main() { stdin.Read() }
