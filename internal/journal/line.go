package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

// MaxLine is the longest line, in bytes without its newline: Loki's default
// limit (max_line_size).
const MaxLine = 256 << 10

// Hash is the SHA-256 of a line without its newline.
type Hash [sha256.Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether h is what the first record names as its predecessor.
func (h Hash) IsZero() bool { return h == Hash{} }

// HashLine hashes a line's bytes.
func HashLine(line []byte) Hash { return sha256.Sum256(line) }

// ParseHash reads 64 hex digits.
func ParseHash(text []byte) (h Hash, ok bool) {
	if len(text) != 2*len(h) {
		return h, false
	}
	_, err := hex.Decode(h[:], text)
	return h, err == nil
}

// Entry is a record without what only the journal can give: everything that
// follows metadata.journal in its line.
type Entry struct{ body []byte }

// NewEntry makes an entry of metadata's members and of those that follow
// metadata: JSON text, comma-separated, without braces.
func NewEntry(metadata, rest []byte) Entry {
	body := append(make([]byte, 0, len(metadata)+len(rest)+3), metadata...)
	body = append(body, '}')
	if len(rest) > 0 {
		body = append(body, ',')
	}
	return Entry{append(append(body, rest...), '}')}
}

// EntryOf encodes a record.
func EntryOf(r *event.Record) Entry {
	return NewEntry(r.Metadata.AppendMetadata(nil), r.AppendRest(make([]byte, 0, 1024+len(r.RawInput))))
}

// Len is the entry's size in bytes.
func (e Entry) Len() int { return len(e.body) }

// Room is how long an entry may be to fit a line, whatever the journal adds.
const Room = MaxLine - 1024

// stamp is what only the holder of the lock can say of a record.
type stamp struct {
	seq     uint64
	prev    Hash
	time    time.Time
	journal string
	event.Chain
}

func appendLine(dst []byte, s *stamp, e Entry) []byte {
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendUint(dst, s.seq, 10)
	dst = append(dst, `,"prev":"`...)
	dst = hex.AppendEncode(dst, s.prev[:])
	dst = append(dst, `","timestamp":`...)
	dst = event.AppendTime(dst, s.time)
	dst = s.AppendChain(dst)
	dst = append(dst, `,"metadata":{"journal":`...)
	dst = jsontree.AppendString(dst, s.journal)
	if e.body[0] != '}' {
		dst = append(dst, ',')
	}
	return append(dst, e.body...)
}

// header is the part of a line that the chain is made of.
type header struct {
	seq   uint64
	prev  Hash
	plain bool // no member of event.Chain follows
}

var metadataMember = []byte(`,"metadata":{`)

// parseHeader reads the fixed beginning of a record's line.
func parseHeader(line []byte) (h header, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"seq":`))
	if !ok {
		return h, false
	}
	n := 0
	for n < len(rest) && n < 20 && rest[n] >= '0' && rest[n] <= '9' {
		h.seq = h.seq*10 + uint64(rest[n]-'0')
		n++
	}
	rest, ok = bytes.CutPrefix(rest[n:], []byte(`,"prev":"`))
	if !ok || n == 0 || len(rest) < 2*len(h.prev)+1 {
		return h, false
	}
	if h.prev, ok = ParseHash(rest[:2*len(h.prev)]); !ok {
		return h, false
	}
	rest, ok = bytes.CutPrefix(rest[2*len(h.prev):], []byte(`","timestamp":"`))
	if !ok || line[len(line)-1] != '}' {
		return h, false
	}
	end := bytes.IndexByte(rest, '"')
	h.plain = end >= 0 && bytes.HasPrefix(rest[end+1:], metadataMember)
	return h, end >= 0
}

// parseRecord reads a line that is a whole record, down to its last bracket.
func parseRecord(line []byte) (header, *jsontree.Value, bool) {
	h, ok := parseHeader(line)
	if !ok {
		return h, nil, false
	}
	v, err := jsontree.Read(bytes.NewReader(line), jsontree.Options{Digest: beyondChain})
	return h, v, err == nil && v.Get("metadata", "journal") != nil
}

// beyondChain keeps of a line what the chain is made of.
func beyondChain(path []string, _ *jsontree.Value) bool {
	switch path[0] {
	case "seq", "prev", "timestamp", "captured_at", "spool", "clock_step_ms", "torn", "lost", "retention":
		return false
	case "metadata":
		return len(path) > 1 && path[1] != "journal"
	}
	return true
}

func timestampOf(v *jsontree.Value) (time.Time, bool) {
	t, err := time.Parse(event.TimeFormat, v.Str("timestamp"))
	return t, err == nil
}

// chainOf reads the members of event.Chain that verification needs.
func chainOf(v *jsontree.Value) (c event.Chain) {
	c.Spool = v.Str("spool")
	if t := v.Get("torn"); t != nil {
		c.Torn = &event.Torn{After: t.Str("after")}
		if lines := t.Get("lines"); lines != nil {
			for i := range lines.Items {
				l := &lines.Items[i]
				c.Torn.Lines = append(c.Torn.Lines, event.TornLine{Bytes: int64(number(l.Get("bytes"))), Hash: l.Str("sha256")})
			}
		}
	}
	if l := v.Get("lost"); l != nil {
		c.Lost = &event.Lost{Journal: l.Str("journal"), Seq: number(l.Get("seq")), Hash: l.Str("hash")}
	}
	if r := v.Get("retention"); r != nil {
		c.Retention = &event.Point{Seq: number(r.Get("through_seq")), Hash: r.Str("hash")}
	}
	return c
}

func number(v *jsontree.Value) uint64 {
	if v == nil || v.Kind != jsontree.Number {
		return 0
	}
	n, err := strconv.ParseUint(v.Text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// MarshalText writes the hash in hex.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads 64 hex digits.
func (h *Hash) UnmarshalText(text []byte) (err error) {
	var ok bool
	if *h, ok = ParseHash(text); !ok {
		err = errors.New("a hash has 64 hex digits")
	}
	return err
}
