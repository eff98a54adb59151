package journal

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

const (
	drainFiles = 256     // at most so many in one session
	drainBytes = 1 << 20 // and about so many bytes
	spoolTail  = 2 << 20 // how far back a drained record is looked for
)

// SpoolDir is the spool's folder within a data folder.
func SpoolDir(data string) string { return filepath.Join(data, "spool") }

// spool writes a record to a file of its own, which appears under its name only
// when it is whole.
func (j *Journal) spool(e Entry) error {
	dir := SpoolDir(j.data)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create the spool: %w", err)
	}
	now := j.opts.Now()
	text := event.AppendTime([]byte(`{"captured_at":`), now)
	text = append(append(text, metadataMember...), e.body...)
	name := fmt.Sprintf("%019d-%d-%08x", now.UnixNano(), os.Getpid(), rand.Uint32())
	temp := filepath.Join(dir, name+".tmp")
	if err := j.writeSpoolFile(temp, text); err != nil {
		_ = os.Remove(temp)
		return fmt.Errorf("write to the spool: %w", err)
	}
	if err := os.Rename(temp, filepath.Join(dir, name+".json")); err != nil {
		return fmt.Errorf("write to the spool: %w", err)
	}
	if j.opts.Durability == Fsync {
		syncDir(dir)
	}
	return nil
}

func (j *Journal) writeSpoolFile(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = j.opts.Write(f, text)
	if err == nil && j.opts.Durability == Fsync {
		err = syncData(f)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// drain adds what the spool holds, oldest first, and returns the files that are
// to be removed once it is on the disk.
func (s *session) drain() (done []string) {
	names := s.j.spooled()
	if len(names) == 0 {
		return nil
	}
	tail := s.tail()
	for _, name := range names[:min(len(names), drainFiles)] {
		path := filepath.Join(SpoolDir(s.j.data), name)
		if bytes.Contains(tail, []byte(`,"spool":"`+name+`"`)) {
			done = append(done, path)
			continue
		}
		at, e, err := readSpooled(path)
		if err != nil {
			_ = os.Rename(path, path+".bad") // kept, and out of the way
			continue
		}
		s.add(event.Chain{CapturedAt: &at, Spool: name}, e)
		done = append(done, path)
		if len(s.out) > drainBytes {
			break
		}
	}
	return done
}

// spooled lists the whole files of the spool, oldest first.
func (j *Journal) spooled() (names []string) {
	entries, err := os.ReadDir(SpoolDir(j.data))
	if err != nil {
		return nil
	}
	for _, e := range entries { // sorted by name, which begins with the time
		switch {
		case !e.Type().IsRegular():
		case strings.HasSuffix(e.Name(), ".json"):
			names = append(names, e.Name())
		case strings.HasSuffix(e.Name(), ".tmp"):
			j.removeLeftover(e)
		}
	}
	return names
}

// removeLeftover removes what a process left that was killed while it wrote to
// the spool: it never returned, so no record of its own is promised.
func (j *Journal) removeLeftover(e os.DirEntry) {
	if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
		_ = os.Remove(filepath.Join(SpoolDir(j.data), e.Name()))
	}
}

// tail reads the end of the active segment. A record drained by a process that
// died before it removed the file is there, or in the segment before it.
func (s *session) tail() []byte {
	b := tailOf(s.active)
	if len(b) >= spoolTail {
		return b
	}
	segments, err := Segments(s.j.data)
	if err != nil || len(segments) < 2 {
		return b
	}
	f, err := os.Open(segments[len(segments)-2].Path)
	if err != nil {
		return b
	}
	defer func() { _ = f.Close() }()
	return append(tailOf(f), b...)
}

func tailOf(f *os.File) []byte {
	info, err := f.Stat()
	if err != nil {
		return nil
	}
	from := max(0, info.Size()-spoolTail)
	b := make([]byte, info.Size()-from)
	n, _ := f.ReadAt(b, from)
	return b[:n]
}

// readSpooled reads a spooled record back into what Append was given.
func readSpooled(path string) (at time.Time, e Entry, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return at, e, err
	}
	v, err := jsontree.Read(bytes.NewReader(text), jsontree.Options{Digest: beyondChain})
	if err != nil {
		return at, e, fmt.Errorf("spooled record %s is damaged: %w", path, err)
	}
	if len(text) > MaxLine || bytes.ContainsAny(text, "\r\n") {
		return at, e, fmt.Errorf("spooled record %s does not fit one line", path)
	}
	at, err = time.Parse(event.TimeFormat, v.Str("captured_at"))
	if err != nil {
		return at, e, fmt.Errorf("spooled record %s: %w", path, err)
	}
	_, body, ok := bytes.Cut(text, metadataMember)
	if !ok {
		return at, e, fmt.Errorf("spooled record %s has no metadata", path)
	}
	return at, Entry{body}, nil
}

// removeSpooled removes files whose records were written, once they are durable.
func (s *session) removeSpooled(paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	if err := syncData(s.active); err != nil {
		return fmt.Errorf("sync %s: %w", s.active.Name(), err)
	}
	for _, path := range paths {
		_ = os.Remove(path)
	}
	return nil
}
