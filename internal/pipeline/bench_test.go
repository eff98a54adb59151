package pipeline

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
)

// counter is a sink that does nothing but count.
type counter struct {
	store
	want int
	n    int
	done chan struct{}
}

func (c *counter) Put(_ context.Context, batch []journal.Stored) error {
	if c.n += len(batch); c.n >= c.want {
		close(c.done)
	}
	return nil
}

// BenchmarkIngest carries records of about 1.3 kB to one sink, decoded, with the chain
// checked beside it.
func BenchmarkIngest(b *testing.B) {
	const n = 40_000
	r := newRig(b)
	r.j = journal.New(r.data, journal.Options{Durability: journal.OS})
	e := event.Record{
		EventType: event.FileEdit, Level: event.Info, HookEvent: "PostToolUse", SessionID: "2f1c9a80-5a52-4c6e-b3f8-51d2a7d0f3c1",
		ProjectPath: "/home/dev/project", ProjectName: "project", ToolName: "Edit", ToolUseID: "toolu_01ABCDEFGHIJ", Outcome: event.Success,
		RawInput: event.RawJSON(`{"session_id":"2f1c9a80","tool_input":{"file_path":"/home/dev/project/src/main.go","old_string":{"bytes":120},"new_string":{"bytes":130}},"x":"` + strings.Repeat("y", 300) + `"}`),
	}
	for i := range n {
		e.Action.FilePath = fmt.Sprintf("/home/dev/project/src/file%d.go", i%500)
		if _, err := r.j.Append(journal.EntryOf(&e)); err != nil {
			b.Fatal(err)
		}
	}
	r.opts.Journal = r.j
	end := r.end()
	b.SetBytes(end.Offset)
	for b.Loop() {
		c := &counter{store: store{name: "counter"}, want: int(end.Seq), done: make(chan struct{})}
		r.opts.Sinks = []Sink{c}
		_, stop := r.start()
		<-c.done
		stop()
	}
	b.ReportMetric(float64(end.Seq)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
