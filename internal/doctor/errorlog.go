package doctor

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/claude/settings"
)

// CodeHookErrors: the hook complained.
const CodeHookErrors = "hook-errors"

// errorLogs shows what the hook could not put into the journal.
func (x *examination) errorLogs() {
	for _, path := range capture.ErrorLogs(x.Data) {
		lines, last := complaints(path)
		if lines == 0 {
			continue
		}
		x.add(settings.Finding{
			Level: settings.Warn, Code: CodeHookErrors, Title: fmt.Sprintf("The hook complained, lines: %d", lines), File: path,
			Detail: "The last: " + last, Remedy: "rm " + Quote(path) + "  # when the cause is mended",
		})
	}
}

// complaints counts the lines of an error log and reads the last.
func complaints(path string) (lines int, last string) {
	f, err := os.Open(path)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = f.Close() }()
	s := bufio.NewScanner(f)
	for s.Scan() {
		lines++
		last = s.Text()
	}
	var c struct{ Timestamp, Error string }
	if json.Unmarshal([]byte(last), &c) == nil && c.Error != "" {
		last = c.Timestamp + " " + c.Error
	}
	return lines, last
}
