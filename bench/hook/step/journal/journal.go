//go:build unix

// Package journal is the step that appends one line under a lock and notes
// the new head, with the system calls the real journal needs and no more.
package journal

import (
	"os"
	"path/filepath"
	"syscall"
)

// headBytes is about what the real head file holds: offset, seq, hash, time.
const headBytes = 128

// Append adds line to the journal in dir, or ends the program.
func Append(dir string, line []byte) {
	lock := open(filepath.Join(dir, "journal.lock"), os.O_RDWR)
	check(syscall.Flock(int(lock.Fd()), syscall.LOCK_EX))
	active := open(filepath.Join(dir, "journal.jsonl"), os.O_WRONLY|os.O_APPEND)
	info, err := active.Stat()
	check(err)
	head := open(filepath.Join(dir, "journal.head"), os.O_RDWR)
	var last [headBytes]byte
	if info.Size() > 0 {
		_, err = head.ReadAt(last[:], 0)
		check(err)
	}
	_, err = active.Write(append(line, '\n'))
	check(err)
	last[0]++
	_, err = head.WriteAt(last[:], 0)
	check(err)
	check(syscall.Flock(int(lock.Fd()), syscall.LOCK_UN))
}

func open(path string, flags int) *os.File {
	file, err := os.OpenFile(path, flags|os.O_CREATE, 0o600)
	check(err)
	return file
}

func check(err error) {
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}
