package journal

import (
	"errors"
	"fmt"
	"os"
	"time"

	"agent-telemetry/internal/plainfile"
)

// open opens the active segment and learns where the journal ends, from the
// head if that can be trusted, else from the tail.
func (s *session) open() error {
	if err := s.openActive(); err != nil {
		return err
	}
	// Without a head each append looks at the tail: slower, but it goes on.
	s.head, _ = openHead(s.j.logs)
	info, err := s.active.Stat()
	if err != nil {
		return fmt.Errorf("stat %s: %w", s.active.Name(), err)
	}
	head, ok := s.readHead()
	if ok && head.Offset == info.Size() && head.Offset > 0 {
		s.end = end{Head: head, last: head.Hash}
	} else {
		s.end, err = recoverEnd(s.j.data, s.active)
		if err != nil {
			return err
		}
		if ok {
			s.lost = lostSince(head, s.end)
		}
		if err := s.mend(); err != nil {
			return err
		}
	}
	if s.First > 0 && s.full() {
		return s.rotate()
	}
	return nil
}

func (s *session) openActive() error {
	path := ActivePath(s.j.data)
	f, err := plainfile.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if errors.Is(err, os.ErrNotExist) {
		return s.createActive()
	}
	if err != nil {
		return fmt.Errorf("open segment: %w", err)
	}
	s.active = f
	return nil
}

func (s *session) createActive() error {
	f, err := plainfile.OpenFile(ActivePath(s.j.data), os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create segment: %w", err)
	}
	s.active = f
	if s.j.opts.Durability == Fsync {
		syncDir(s.j.logs)
	}
	return nil
}

// mend ends an unterminated tail with a newline.
func (s *session) mend() error {
	if !s.unterminated {
		return nil
	}
	if _, err := s.j.opts.Write(s.active, []byte{'\n'}); err != nil {
		return fmt.Errorf("mend the tail of %s: %w", s.active.Name(), err)
	}
	s.Offset++
	s.unterminated = false
	return nil
}

func (s *session) full() bool {
	return s.Offset >= s.j.opts.SegmentBytes || !sameDay(s.Time, s.j.opts.Now())
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// rotate gives the active segment its lasting name and begins another. Emptying
// the head first keeps a crash in between from pairing it with the wrong file.
// Where a file of that name is there already, which is not our doing, the active
// segment grows on: verify names the trouble, and no record has to wait for it.
func (s *session) rotate() error {
	to := segmentPath(s.j.logs, s.First)
	if _, err := os.Lstat(to); err == nil {
		return nil
	}
	if err := syncData(s.active); err != nil {
		return fmt.Errorf("sync %s before rotation: %w", s.active.Name(), err)
	}
	if err := emptyHead(s.j.logs); err != nil {
		return fmt.Errorf("empty the head before rotation: %w", err)
	}
	_ = s.active.Close()
	if err := os.Rename(ActivePath(s.j.data), to); err != nil {
		s.active = nil
		return fmt.Errorf("rotate: %w", err)
	}
	s.active = nil
	s.First, s.Offset = 0, 0
	if err := s.createActive(); err != nil {
		return err
	}
	syncDir(s.j.logs)
	return nil
}
