package capture_test

import (
	"fmt"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/privacy"
)

// Every sample gives a record by the published schema, whatever the levels are.
func TestEveryLevelGivesRecords(t *testing.T) {
	names, texts := samples(t)
	levels := func(kind privacy.Kind) (list []privacy.Level) {
		for _, l := range []privacy.Level{privacy.Digest, privacy.Redacted, privacy.Diff, privacy.Full} {
			if _, err := privacy.ParseLevel(kind, l.String()); err == nil {
				list = append(list, l)
			}
		}
		return list
	}
	for _, contents := range levels(privacy.Contents) {
		for _, prompts := range levels(privacy.Prompts) {
			for _, outputs := range levels(privacy.Outputs) {
				for _, paths := range levels(privacy.PathsAndCommands) {
					r := newRig(t)
					r.config(fmt.Sprintf(`{"durability":"os","privacy":{"contents":"%s","prompts":"%s","outputs":"%s","paths_and_commands":"%s"}}`, contents, prompts, outputs, paths))
					for _, name := range names {
						r.inProcess(string(texts[name]))
					}
					if n := len(r.records()); n != len(names) {
						t.Errorf("%d records of %d samples", n, len(names))
					}
					r.quiet()
				}
			}
		}
	}
}

// Whatever bytes come, there is one record by the published schema, the chain is
// whole, and the hook has nothing to complain about.
func FuzzPayload(f *testing.F) {
	_, texts := samples(f)
	for _, text := range texts {
		f.Add(text)
		f.Add(text[:len(text)/2])
	}
	for _, text := range []string{"", "null", "[]", `""`, "{", `{"a":1,"a":2}`, "\x00", "\xff", `{"tool_name":"\ud800"}`, `{"tool_input":{"command":"$("}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r := newRig(t)
		r.config(`{"durability":"os"}`)
		r.inProcess(string(payload))
		e := r.only()
		if strings.ContainsAny(string(e.line), "\x00\x1b\r\u2028\u202e") {
			t.Errorf("the line has characters that steer a terminal: %q", e.line)
		}
		if e.EventType == event.TelemetryDisabled || !e.TelemetryEnabled {
			t.Errorf("recording was on: %s", e.line)
		}
		r.quiet()
	})
}
