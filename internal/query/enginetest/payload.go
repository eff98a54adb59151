package enginetest

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

// object is a JSON object in the making, one at a time; a nil one is none.
type object struct {
	w    *office
	dst  []byte
	slab []byte // where those that are done are kept
}

// object begins one whose first members are given, brace included.
func (w *office) object(head []byte) *object {
	if w.o.NoPayloads {
		return nil
	}
	w.payload.w, w.payload.dst = w, append(w.payload.dst[:0], head...)
	return &w.payload
}

func (o *object) close() event.RawJSON {
	if o == nil {
		return nil
	}
	o.dst = append(o.dst, '}')
	const slab = 64 << 10 // what many payloads share is cheaper than what each has
	if len(o.dst) > cap(o.slab)-len(o.slab) {
		o.slab = make([]byte, 0, max(slab, len(o.dst)))
	}
	from := len(o.slab)
	o.slab = append(o.slab, o.dst...)
	return event.RawJSON(o.slab[from:len(o.slab):len(o.slab)])
}

func (o *object) name(name string) {
	if o.dst[len(o.dst)-1] != '{' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(append(append(o.dst, '"'), name...), '"', ':')
}

func (o *object) str(name, value string) {
	if o != nil {
		o.name(name)
		o.dst = jsontree.AppendString(o.dst, value)
	}
}

func (o *object) raw(name, value string) {
	if o != nil {
		o.name(name)
		o.dst = append(o.dst, value...)
	}
}

func (o *object) int(name string, value int64) {
	if o != nil {
		o.name(name)
		o.dst = strconv.AppendInt(o.dst, value, 10)
	}
}

func (o *object) open(name string) {
	if o != nil {
		o.name(name)
		o.dst = append(o.dst, '{')
	}
}

func (o *object) shut() {
	if o != nil {
		o.dst = append(o.dst, '}')
	}
}

func (o *object) list(name string) {
	if o != nil {
		o.name(name)
		o.dst = append(o.dst, '[')
	}
}

// item begins an object in a list.
func (o *object) item() {
	if o == nil {
		return
	}
	if o.dst[len(o.dst)-1] != '[' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(o.dst, '{')
}

func (o *object) endList() {
	if o != nil {
		o.dst = append(o.dst, ']')
	}
}

// size stands for a text of which only the size is kept.
func (o *object) size(name string, bytes, lines int64) {
	o.open(name)
	o.int("bytes", bytes)
	o.int("lines", lines)
	o.int("chars", bytes)
	o.shut()
}

// digest stands for a text of which the digest is kept.
func (o *object) digest(name string, bytes, lines int64) {
	if o == nil {
		return
	}
	o.open(name)
	o.name("digest")
	o.dst = append(o.dst, `"sha256:`...)
	o.dst = append(o.w.appendHex(o.dst, 64), '"')
	o.int("bytes", bytes)
	o.int("lines", lines)
	o.shut()
}

// appendHex appends random hexadecimal digits, at most 64.
func (w *office) appendHex(dst []byte, n int) []byte {
	var b [32]byte
	for i := 0; i < n/2; i += 8 {
		binary.LittleEndian.PutUint64(b[i:], w.Uint64())
	}
	return hex.AppendEncode(dst, b[:n/2])
}

func (w *office) hex(n int) string {
	var b [64]byte
	return string(w.appendHex(b[:0], n))
}

func (w *office) uuid() string {
	var b [32]byte
	h := w.appendHex(b[:0], 32)
	h[12], h[16] = '4', 'a'
	return string(h[:8]) + "-" + string(h[8:12]) + "-" + string(h[12:16]) + "-" + string(h[16:20]) + "-" + string(h[20:])
}

// callID is the id of a tool call.
func (w *office) callID() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789xy"
	b := [30]byte{'t', 'o', 'o', 'l', 'u', '_', '0', '1'}
	r := w.Uint64()
	for i := 8; i < len(b); i++ {
		if i == 18 {
			r = w.Uint64()
		}
		b[i] = letters[r&63]
		r >>= 6
	}
	return string(b[:])
}

// metadata is where records come from.
func (w *office) metadata() event.Metadata {
	version := [...]string{"2.1.190", "2.1.193", "2.1.197"}[w.made*3/max(w.n, 1)%3]
	return event.Metadata{
		Host: w.o.Host, UserID: "dev", Agent: "claude-code", AgentVersion: version, ClaudeVersion: version,
		TelemetryVersion: event.SchemaVersion, Scope: "project", Source: "hook",
	}
}
