package capture

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"

	"agent-telemetry/internal/privacy"
)

// watcher remembers which sessions are being recorded because of a marker, so
// that a marker which vanishes in mid-session does not do so in silence.
type watcher struct {
	data, session string
}

const forgetAfter = 30 * 24 * time.Hour

// SessionsDir holds a file for each session under way; its text is the marker's path.
func SessionsDir(data string) string { return filepath.Join(data, "sessions") }

func (w watcher) path() string {
	sum := sha256.Sum256([]byte(w.session))
	return filepath.Join(SessionsDir(w.data), hex.EncodeToString(sum[:8]))
}

// begin notes a session whose marker is there. A failure costs only the notice.
func (w watcher) begin(marker string) {
	if w.session == "" {
		return
	}
	path := w.path()
	if _, err := os.Lstat(path); err == nil {
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return
	}
	marker, _ = privacy.Redact(marker)
	_ = os.WriteFile(path, []byte(marker), 0o600)
	w.forgetOld()
}

// vanished returns, once, the marker of a session that was being recorded.
func (w watcher) vanished() string {
	if w.session == "" {
		return ""
	}
	path := w.path()
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	marker, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	if _, err := os.Lstat(string(marker)); err == nil {
		return "" // still there: the session has gone to another project
	}
	if os.Remove(path) != nil {
		return ""
	}
	return string(marker)
}

func (w watcher) end() { _ = os.Remove(w.path()) }

// forgetOld removes sessions that ended without saying so.
func (w watcher) forgetOld() {
	entries, err := os.ReadDir(SessionsDir(w.data))
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > forgetAfter {
			_ = os.Remove(filepath.Join(SessionsDir(w.data), e.Name()))
		}
	}
}
