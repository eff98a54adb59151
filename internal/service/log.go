package service

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// LogBytes is how long a detached collector's log may grow. Then it is kept as
// collector.log.old, and begins anew.
const LogBytes = 4 << 20

// BoundLog returns where the collector is to log: its standard error, which, if
// that is the log of a detached one, is kept from growing without end.
func BoundLog(data string, stderr *os.File) io.Writer {
	return boundLog(data, stderr, LogBytes)
}

func boundLog(data string, stderr *os.File, limit int64) io.Writer {
	here, err1 := stderr.Stat()
	log, err2 := os.Stat(LogPath(data))
	if err1 != nil || err2 != nil || !os.SameFile(here, log) {
		return stderr
	}
	return &bounded{path: LogPath(data), f: stderr, limit: limit}
}

// bounded writes to a file opened for appending, which is copied and emptied
// rather than renamed: what the runtime says of a crash goes to the same handle.
type bounded struct {
	path  string
	limit int64

	mu sync.Mutex
	f  *os.File
}

func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if info, err := b.f.Stat(); err == nil && info.Size()+int64(len(p)) > b.limit {
		if err := b.turn(); err != nil {
			_, _ = fmt.Fprintf(b.f, "the log was not kept: %v\n", err)
		}
	}
	return b.f.Write(p)
}

// turn keeps what was written so far aside, and empties the file.
func (b *bounded) turn() error {
	old, err := os.OpenFile(b.path+".old", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		err = copyFile(old, b.path)
	}
	if emptied := b.f.Truncate(0); err == nil {
		err = emptied
	}
	return err
}

func copyFile(to *os.File, path string) error {
	from, err := os.Open(path)
	if err == nil {
		_, err = io.Copy(to, from)
		_ = from.Close()
	}
	if closed := to.Close(); err == nil {
		err = closed
	}
	return err
}
