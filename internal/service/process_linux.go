package service

import (
	"bytes"
	"fmt"
	"os"
)

// began is when a process began, in ticks since the system did: with its id it
// names a process for good. "" if there is none.
func began(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The name, in parentheses, may itself hold any character.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return ""
	}
	return string(fields[19])
}

// RSS is how much memory of its own a process has, in bytes; 0 if unknown.
func RSS(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		var kib int64
		if n, _ := fmt.Sscanf(string(line), "RssAnon: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}
