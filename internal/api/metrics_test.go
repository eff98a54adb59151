package api_test

import (
	"context"
	"strings"
	"testing"

	"agent-telemetry/internal/api"
)

func TestMetrics(t *testing.T) {
	r := serve(t)
	r.get("/api/v1/events")
	r.get("/api/v1/events?limit=x")
	r.get("/api/v1/sessions/a-name-of-somebody-elses")
	r.get("/api/v1/export")
	_, text := r.get("/metrics")
	var ours strings.Builder
	for _, line := range strings.Split(text, "\n") {
		timed := strings.Contains(line, "_bucket{") || strings.Contains(line, "_sum{") // differ from run to run
		if strings.Contains(line, "agent_telemetry_") && !timed {
			ours.WriteString(line + "\n")
		}
	}
	golden(t, "metrics.txt", ours.String())
	if strings.Contains(text, "somebody") {
		t.Error("what a client wrote became a label")
	}
	if !strings.Contains(text, "go_goroutines ") {
		t.Error("the runtime's are missing")
	}
}

func TestReadyOnceTheIndexHasCaughtUp(t *testing.T) {
	ready := make(chan bool, 1)
	r := serve(t, func(c *api.Config) {
		c.Health = func(context.Context) api.Health { return api.Health{Ready: <-ready} }
	})
	for _, is := range []bool{false, true} {
		ready <- is
		answer, body := r.get("/readyz", bare)
		if want := map[bool]int{false: 503, true: 200}[is]; answer.StatusCode != want {
			t.Errorf("ready %v: %s: %s", is, answer.Status, body)
		}
	}
}
