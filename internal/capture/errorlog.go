package capture

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

var errSlow = errors.New("the payload did not come in time")

// panicError says that the hook itself failed. What was thrown is quoted only if
// the runtime threw it: anything else may hold text of the payload.
type panicError struct{ value any }

func (p panicError) Error() string {
	if err, ok := p.value.(runtime.Error); ok {
		return "the hook failed: " + err.Error()
	}
	return fmt.Sprintf("the hook failed: %T", p.value)
}

// survive runs f. A panic in it becomes a problem, and the error returned.
func (h *Hook) survive(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicError{r}
			h.problem(err)
		}
	}()
	f()
	return nil
}

// problem notes what complain is to tell; nil is none.
func (h *Hook) problem(err error) {
	if err != nil {
		h.problems = append(h.problems, err)
	}
}

// ErrorLogs are the files that take a line for each record that could not be
// written, in the order in which they are tried.
func ErrorLogs(data string) []string {
	return []string{
		filepath.Join(data, "logs", "hook-errors.log"),
		filepath.Join(os.TempDir(), "agent-telemetry-hook-errors-"+strconv.Itoa(os.Getuid())+".log"),
	}
}

const maxErrorLog = 1 << 20

// complain writes the call's problems, if there were any, as one line to the
// first error log that takes it. What an error quotes may come from an agent, so
// the line is JSON.
func (h *Hook) complain() {
	if len(h.problems) == 0 {
		return
	}
	line := event.AppendTime([]byte(`{"timestamp":`), h.Now())
	line = fmt.Appendf(line, `,"pid":%d,"error":`, os.Getpid())
	line = append(jsontree.AppendString(line, cut(errors.Join(h.problems...).Error(), 1000)), "}\n"...)
	for _, path := range ErrorLogs(h.Data) {
		if appendTo(path, line) == nil {
			return
		}
	}
}

// appendTo refuses what is not a file of this user's: in a shared temp folder
// anybody may have put something under the name.
func appendTo(path string, line []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := openOwn(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > maxErrorLog {
		return nil // doctor has more than enough to show
	}
	n, err := f.Write(line)
	if err != nil && n > 0 {
		_ = f.Truncate(info.Size())
	}
	return err
}
