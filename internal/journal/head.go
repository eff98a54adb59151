package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
	"agent-telemetry/internal/plainfile"
)

// Head is the end of a journal: its last record, and where that lies.
type Head struct {
	Journal string
	Seq     uint64 // 0: no record yet
	Hash    Hash   // of its line
	Time    time.Time

	First  uint64 // seq of the active segment's first record; 0: it has none
	Offset int64  // the active segment's size
}

const headSize = 512 // written whole at each append, so that none is left of a longer one

func headPath(logs string) string { return filepath.Join(logs, "journal.head") }

// encode makes the head file's bytes: a JSON line padded with spaces, its last
// member a checksum over what stands before it.
func (h *Head) encode() []byte {
	b := make([]byte, 0, headSize)
	b = append(b, `{"journal":`...)
	b = jsontree.AppendString(b, h.Journal)
	b = strconv.AppendUint(append(b, `,"seq":`...), h.Seq, 10)
	b = hex.AppendEncode(append(b, `,"hash":"`...), h.Hash[:])
	b = event.AppendTime(append(b, `","timestamp":`...), h.Time)
	b = strconv.AppendUint(append(b, `,"first":`...), h.First, 10)
	b = strconv.AppendInt(append(b, `,"offset":`...), h.Offset, 10)
	sum := sha256.Sum256(b)
	b = hex.AppendEncode(append(b, `,"sum":"`...), sum[:8])
	b = append(b, `"}`...)
	for len(b) < headSize-1 {
		b = append(b, ' ')
	}
	return append(b, '\n')
}

// decodeHead reads a head file; ok is false for one that was not written whole.
func decodeHead(b []byte) (h Head, ok bool) {
	end := bytes.LastIndex(b, []byte(`,"sum":"`))
	if end < 0 {
		return h, false
	}
	v, err := jsontree.Read(bytes.NewReader(b), jsontree.Options{})
	sum := sha256.Sum256(b[:end])
	if err != nil || v.Str("sum") != hex.EncodeToString(sum[:8]) {
		return h, false
	}
	h = Head{Journal: v.Str("journal"), Seq: number(v.Get("seq")), First: number(v.Get("first")), Offset: int64(number(v.Get("offset")))}
	h.Hash, ok = ParseHash([]byte(v.Str("hash")))
	if !ok {
		return h, false
	}
	h.Time, ok = timestampOf(v)
	return h, ok
}

// readHead reads the head file as whoever does not hold the lock may see it.
func readHead(logs string) (Head, bool) {
	b, err := plainfile.ReadFile(headPath(logs), headSize)
	if err != nil {
		return Head{}, false
	}
	return decodeHead(b)
}

func openHead(logs string) (*os.File, error) {
	return plainfile.OpenFile(headPath(logs), os.O_RDWR|os.O_CREATE, 0o600)
}

func (s *session) readHead() (Head, bool) {
	if s.head == nil {
		return Head{}, false
	}
	b, err := plainfile.ReadAll(s.head, headSize)
	if err != nil {
		return Head{}, false
	}
	return decodeHead(b)
}

// emptyHead leaves no head that could be read, whoever put there what is there.
func emptyHead(logs string) error {
	path := headPath(logs)
	if err := os.Truncate(path, 0); err == nil || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if info, err := os.Lstat(path); err == nil && info.IsDir() {
		return nil
	}
	return os.Remove(path)
}

// ReadEnd returns the journal's last record without taking the lock: from
// journal.head, or from the tail where that is not to be trusted. Seq is 0 if
// there is none.
func ReadEnd(data string) (Head, error) {
	active, err := os.Open(ActivePath(data))
	if errors.Is(err, os.ErrNotExist) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, err
	}
	defer func() { _ = active.Close() }()
	info, err := active.Stat()
	if err != nil {
		return Head{}, err
	}
	if head, ok := readHead(LogsDir(data)); ok && head.Offset == info.Size() {
		return head, nil
	}
	end, err := recoverEnd(data, active)
	return end.Head, err
}
