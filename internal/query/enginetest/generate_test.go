package enginetest_test

import (
	"strings"
	"testing"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/event/eventtest"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

const many = 20_000

func TestTheSameSeedMakesTheSameRecords(t *testing.T) {
	o := enginetest.Options{ClockSteps: true}
	one, two := enginetest.Slice(1, 500, o), enginetest.Slice(1, 500, o)
	for i := range one {
		if a, b := enginetest.Line(&one[i]), enginetest.Line(&two[i]); string(a) != string(b) {
			t.Fatalf("record %d:\n%s\n%s", i, a, b)
		}
	}
	if other := enginetest.Slice(2, 500, o); string(enginetest.Line(&one[499])) == string(enginetest.Line(&other[499])) {
		t.Error("another seed makes the same records")
	}
}

func TestGeneratedRecordsAreRecords(t *testing.T) {
	for i, r := range enginetest.Slice(3, 2000, enginetest.Options{ClockSteps: true}) {
		if err := eventtest.Check(enginetest.Line(&r)); err != nil {
			t.Fatalf("record %d: %v\n%s", i, err, enginetest.Line(&r))
		}
	}
}

// What is generated has what it is said to have, so that tests and benchmarks over
// it show something.
func TestWhatIsGenerated(t *testing.T) {
	start := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	records := enginetest.Slice(1, many, enginetest.Options{Start: start, ClockSteps: true})
	counts, sessions, outcomes := map[string]int{}, map[string]int{}, map[event.Outcome]int{}
	bytes := 0
	var joiner query.Joiner
	for i := range records {
		r := &records[i]
		sessions[r.SessionID]++
		bytes += len(enginetest.Line(r)) + 1
		for name, is := range map[string]bool{
			"needle":       strings.Contains(r.Action.Command, enginetest.Needle),
			"common":       strings.Contains(r.Action.Command, enginetest.Common),
			"outside":      r.Action.OutsideProjectScope,
			"step":         r.ClockStepMS < 0,
			"stepped back": i > 0 && r.Timestamp.Before(records[i-1].Timestamp),
			"night":        r.Timestamp.Hour() < 6,
			"subagent":     r.AgentID != "",
			"background":   r.Action.Background,
			"asked":        r.HookEvent == "PermissionRequest",
		} {
			if is {
				counts[name]++
			}
		}
		joiner.Add(r)
	}
	for _, a := range joiner.Actions() {
		outcomes[a.Outcome]++
	}
	longest := 0
	for _, n := range sessions {
		longest = max(longest, n)
	}
	first, last := records[0].Timestamp, records[many-1].Timestamp
	t.Logf("%d bytes a line; %d sessions, the longest of %d; %s to %s; %v; %v", bytes/many, len(sessions), longest, first, last, counts, outcomes)
	if len(records) != many || counts["needle"] != enginetest.NeedleRecords || counts["step"] != counts["stepped back"] {
		t.Errorf("%d records, %d with the needle, %d steps, %d seen", len(records), counts["needle"], counts["step"], counts["stepped back"])
	}
	if b := bytes / many; b < 1100 || b > 1800 {
		t.Errorf("%d bytes a line", b)
	}
	if counts["outside"]*100 > many || counts["night"]*20 > many || longest < many/10 || last.Sub(first) < 80*24*time.Hour || last.Sub(first) > 95*24*time.Hour {
		t.Error("not as it should be")
	}
	for _, name := range []string{"common", "outside", "step", "subagent", "background", "asked"} {
		if counts[name] == 0 {
			t.Errorf("no record: %s", name)
		}
	}
	for _, o := range []event.Outcome{event.Success, event.Failure, event.Denied, event.Interrupted, event.Pending} {
		if outcomes[o] == 0 {
			t.Errorf("no action: %s", o)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	bytes, n := 0, 0
	for r := range enginetest.Generate(1, b.N, enginetest.Options{}) {
		bytes += len(r.RawInput)
		n++
	}
	b.ReportMetric(float64(bytes)/float64(n), "B/payload")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}
