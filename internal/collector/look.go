package collector

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

// Look tells what can be told of a data folder without a collector: how long and
// how large the journal is, the room there is, what hooks could not do, and what
// sinks refused.
func Look(data string) api.Health {
	h := api.Health{Status: api.OK, Problems: []string{}, Sinks: []api.SinkHealth{}}
	h.Journal = journalHealth(data)
	h.Chain = api.ChainHealth{State: api.Unchecked, Last: []api.ChainBreak{}}
	h.Hook = hookHealth(data)
	if dir, err := filepath.Abs(data); err == nil {
		h.Disk = diskHealth(existing(dir))
	}
	return h
}

// LookAlone is Look for when no collector runs.
func LookAlone(data string) api.Health {
	h := Look(data)
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(IndexPath(data) + suffix); err == nil {
			h.Index.Bytes += info.Size()
		}
	}
	letters, _ := filepath.Glob(filepath.Join(data, "dead-letter", "*.jsonl"))
	for _, path := range letters {
		n, _ := lastLine(path)
		h.Sinks = append(h.Sinks, api.SinkHealth{
			Name: strings.TrimSuffix(filepath.Base(path), ".jsonl"), State: api.Stopped, DeadLetters: uint64(n),
		})
	}
	h.Problems = append(h.Problems, alwaysProblems(&h, "")...)
	return h
}

// existing is the nearest folder that there is: the journal's may not be yet.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func journalHealth(data string) api.JournalHealth {
	h := api.JournalHealth{Path: journal.LogsDir(data)}
	h.First = headOf(data, &h)
	segments, err := journal.Segments(data)
	if err != nil {
		return h
	}
	h.Segments = len(segments)
	for i := range segments {
		h.Bytes += segments[i].Bytes
		if strings.HasSuffix(segments[i].Path, archive.Suffix) {
			h.Compressed++
		}
	}
	if len(segments) > 0 && segments[0].First > 0 {
		h.First = segments[0].First
	}
	return h
}

// headOf looks up the journal's last record, and returns the active segment's first.
func headOf(data string, h *api.JournalHealth) (first uint64) {
	head, err := journal.ReadEnd(data)
	if err != nil || head.Seq == 0 {
		return 0
	}
	h.ID, h.Seq, h.Hash, h.LastEvent = head.Journal, head.Seq, head.Hash.String(), &head.Time
	return head.First
}

func hookHealth(data string) (h api.HookHealth) {
	for _, path := range capture.ErrorLogs(data) {
		n, last := lastLine(path)
		if n == 0 {
			continue
		}
		h.Errors += n
		h.LastError = last
		var c struct {
			Timestamp time.Time
			Error     string
		}
		if json.Unmarshal([]byte(last), &c) == nil && c.Error != "" {
			h.LastError, h.LastAt = c.Error, &c.Timestamp
		}
	}
	return h
}

// longestLine bounds what is read of a line in a log.
const longestLine = 64 << 10

// lastLine counts a file's lines and returns the last.
func lastLine(path string) (n int64, last string) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return 0, ""
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, ""
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, longestLine)
	for {
		line, err := r.ReadSlice('\n')
		if err == nil || len(line) > 0 && err != bufio.ErrBufferFull {
			n++
			last = strings.ToValidUTF8(strings.TrimSpace(string(line)), "�")
		}
		if err != nil && err != bufio.ErrBufferFull {
			return n, last
		}
	}
}
