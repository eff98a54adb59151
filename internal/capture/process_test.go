package capture_test

import (
	"io"
	"strings"
	"time"

	"agent-telemetry/internal/capture"
)

// call is the hook as it runs within the test's process: where the same code is
// to be called many thousand times, and where something is to be injected.
func (r *rig) call(stdin io.Reader) *capture.Hook {
	return &capture.Hook{
		Data: r.data, Stdin: stdin, Now: time.Now,
		Getenv: r.getenv,
		Getwd:  func() (string, error) { return r.dir, nil },
	}
}

func (r *rig) getenv(name string) string {
	for _, v := range r.env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

func (r *rig) inProcess(payload string) { r.call(strings.NewReader(payload)).Run() }
