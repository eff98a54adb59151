package query

import (
	"cmp"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Order is a place in the order of all answers: by time, then host, then number.
type Order struct {
	Time time.Time
	Host string
	Seq  uint64
	Sub  int // among several entries that one record tells of; see Event.Sub
}

// Compare orders places.
func (o Order) Compare(other Order) int {
	return cmp.Or(o.Time.Compare(other.Time), strings.Compare(o.Host, other.Host), cmp.Compare(o.Seq, other.Seq), cmp.Compare(o.Sub, other.Sub))
}

// Cursor is an Order as text: where a page ended and the next begins. It is
// opaque to callers.
type Cursor string

// Cursor writes the place as text.
func (o Order) Cursor() Cursor {
	text := strconv.FormatInt(o.Time.UnixNano(), 10) + "." + strconv.FormatUint(o.Seq, 10) + "." + strconv.Itoa(o.Sub) + "." + o.Host
	return Cursor(base64.RawURLEncoding.EncodeToString([]byte(text)))
}

// Order reads a cursor; one that no page ended with is a *BadQuery.
func (c Cursor) Order() (o Order, err error) {
	text, err := base64.RawURLEncoding.DecodeString(string(c))
	parts := strings.SplitN(string(text), ".", 4)
	if err != nil || len(parts) != 4 || len(c) > 1024 {
		return o, Bad("cursor", "%.40q is not one that a page ended with", string(c))
	}
	ns, err1 := strconv.ParseInt(parts[0], 10, 64)
	seq, err2 := strconv.ParseUint(parts[1], 10, 64)
	sub, err3 := strconv.ParseUint(parts[2], 10, 16)
	if err := cmp.Or(err1, err2, err3); err != nil {
		return o, Bad("cursor", "%.40q is not one that a page ended with", string(c))
	}
	return Order{Time: time.Unix(0, ns).UTC(), Host: parts[3], Seq: seq, Sub: int(sub)}, nil
}

// Key names a record everywhere and for good.
type Key struct {
	Journal string
	Seq     uint64
}

func (k Key) String() string { return k.Journal + "." + strconv.FormatUint(k.Seq, 10) }

// ParseKey reads what Key.String wrote.
func ParseKey(text string) (k Key, err error) {
	journal, seq, ok := strings.Cut(text, ".")
	k.Journal = journal
	if k.Seq, err = strconv.ParseUint(seq, 10, 64); !ok || err != nil || journal == "" || len(text) > 256 {
		return Key{}, Bad("key", "%.40q is not a record's: write JOURNAL.SEQ", text)
	}
	return k, nil
}
