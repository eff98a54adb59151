//go:build unix

package capture

import (
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// patient reads a file and gives up when its time is over before the end came.
// It asks the system before each read: a timer of the runtime's would cost the
// hook an epoll instance at every start.
type patient struct {
	f     *os.File
	until time.Time
}

// patiently reads f for at most the given time.
func patiently(f *os.File, patience time.Duration) io.Reader {
	return &patient{f: f, until: time.Now().Add(patience)}
}

func (p *patient) Read(b []byte) (int, error) {
	for {
		left := max(0, time.Until(p.until))
		fds := []unix.PollFd{{Fd: int32(p.f.Fd()), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, int((left+time.Millisecond-1)/time.Millisecond))
		if n > 0 {
			return p.f.Read(b)
		}
		if err != syscall.EINTR {
			return 0, errSlow
		}
	}
}
