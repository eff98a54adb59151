package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// logPath is where the specification's hooks are told to append.
func (l *lab) logPath(program string) string {
	if program == oneJQ {
		return filepath.Join(l.project, "data", "logs", "one-jq.jsonl")
	}
	return filepath.Join(l.project, "data", "logs", "many-jq.jsonl")
}

// verifyRecords holds what was written against how often each hook has run
// since the lab was made.
func (l *lab) verifyRecords(samples map[string][]sample) error {
	for name, of := range samples {
		l.expected[name] += len(of)
	}
	for _, name := range []string{hookOS, hookFsync} {
		written, err := countRecords(filepath.Join(l.dataDir(name), "logs", "claude-telemetry*.jsonl"))
		if err != nil {
			return err
		}
		spooled, err := filepath.Glob(filepath.Join(l.dataDir(name), "spool", "*"))
		if err != nil {
			return fmt.Errorf("look for spooled records: %w", err)
		}
		if got, want := written+len(spooled), l.expected[name]; got < want {
			return fmt.Errorf("%s ran %d times and left only %d records in %s: nothing to measure", name, want, got, l.dataDir(name))
		}
	}
	for _, name := range []string{oneJQ, manyJQ} {
		got, err := countRecords(l.logPath(name))
		if err != nil {
			return err
		}
		if want := l.expected[name]; got != want {
			return fmt.Errorf("%s ran %d times and left %d records: nothing to measure", name, want, got)
		}
	}
	if got, want := int(l.endpoint.pushes.Load()), l.expected[oneJQ]+l.expected[manyJQ]; got != want {
		return fmt.Errorf("the specification's hooks ran %d times and pushed %d times: nothing to measure", want, got)
	}
	return nil
}

// countRecords counts the lines of the files that match pattern.
func countRecords(pattern string) (int, error) {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return 0, fmt.Errorf("look for records in %s: %w", pattern, err)
	}
	lines := 0
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return 0, fmt.Errorf("count records: %w", err)
		}
		lines += bytes.Count(content, []byte{'\n'})
	}
	return lines, nil
}
