package enginetest

import (
	"encoding/json"
	"strconv"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

// Line is a record's line as the journal writes it, without the newline.
func Line(r *event.Record) json.RawMessage {
	out := make([]byte, 0, 1024+len(r.RawInput))
	out = append(out, `{"seq":`...)
	out = strconv.AppendUint(out, r.Seq, 10)
	out = append(out, `,"prev":`...)
	out = jsontree.AppendString(out, r.Prev)
	out = append(out, `,"timestamp":`...)
	out = event.AppendTime(out, r.Timestamp)
	out = r.AppendChain(out)
	out = append(out, `,"metadata":{"journal":`...)
	out = jsontree.AppendString(out, r.Metadata.Journal)
	out = append(out, ',')
	out = append(r.Metadata.AppendMetadata(out), "},"...)
	return append(r.AppendRest(out), '}')
}
