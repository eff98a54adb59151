package pipeline

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
	"unicode/utf8"

	"agent-telemetry/internal/journal"
)

// Letter is one line of <data>/dead-letter/<sink>.jsonl: a record that the sink will
// never take, or that nobody can read.
type Letter struct {
	Time    time.Time    `json:"time"`
	Reason  string       `json:"reason"`
	Seq     uint64       `json:"seq"`
	Hash    journal.Hash `json:"hash"`
	Segment uint64       `json:"segment"`
	Offset  int64        `json:"offset"`
	Line    string       `json:"line,omitempty"`  // the record's line, as it is
	Bytes   []byte       `json:"bytes,omitempty"` // instead, if it is no UTF-8
}

// letterOf makes a letter of a line; its cursor is the place behind it.
func letterOf(line []byte, behind journal.Cursor, reason error) Letter {
	l := Letter{
		Reason: reason.Error(), Seq: behind.Seq, Hash: behind.Hash,
		Segment: behind.Segment, Offset: behind.Offset - int64(len(line)) - 1,
	}
	if utf8.Valid(line) {
		l.Line = string(line)
	} else {
		l.Bytes = append(l.Bytes, line...)
	}
	return l
}

// deadLetters keeps what a sink does not take. Letters come in the journal's order,
// so that the last one tells which were written before a restart.
type deadLetters struct {
	path string
	now  func() time.Time

	mu    sync.Mutex
	count int64
	last  Letter
}

// load counts the letters there are.
func (d *deadLetters) load() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, err := os.Open(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read dead letters: %w", err)
	}
	defer func() { _ = f.Close() }()
	for in := bufio.NewReader(f); ; {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read dead letters %s: %w", d.path, err)
		}
		var l Letter
		if json.Unmarshal(line, &l) == nil {
			d.count, d.last = d.count+1, l
		}
	}
}

// forget is for a journal that was cut or rewritten: its places are others.
func (d *deadLetters) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = Letter{}
}

func (d *deadLetters) total() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count
}

// put writes those letters that are not there yet. When it returns, they are
// durable.
func (d *deadLetters) put(letters []Letter) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var text []byte
	var fresh []Letter
	for _, l := range letters {
		if d.count > 0 && (l.Segment < d.last.Segment || l.Segment == d.last.Segment && l.Offset <= d.last.Offset) {
			continue
		}
		l.Time = d.now()
		line, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("write dead letters: %w", err)
		}
		text = append(append(text, line...), '\n')
		fresh = append(fresh, l)
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := appendDurably(d.path, text); err != nil {
		return fmt.Errorf("write dead letters: %w", err)
	}
	d.count, d.last = d.count+int64(len(fresh)), fresh[len(fresh)-1]
	return nil
}

// appendDurably appends lines to a file, or leaves it as it was. What a crash left of
// a line is ended first.
func appendDurably(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	last := []byte{'\n'}
	if size := info.Size(); size > 0 {
		if _, err := f.ReadAt(last, size-1); err != nil {
			return err
		}
	} else {
		defer syncFolder(filepath.Dir(path))
	}
	if last[0] != '\n' {
		text = append([]byte{'\n'}, text...)
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Truncate(info.Size()))
	}
	return nil
}
