package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

const (
	activeName    = "claude-telemetry.jsonl"
	segmentPrefix = "claude-telemetry-"
	segmentSuffix = ".jsonl"
)

// Segment is one file of a journal.
type Segment struct {
	Path   string
	First  uint64 // by its name; 0 for the active one
	Active bool
	Bytes  int64
}

// LogsDir is the folder of the segments within a data folder.
func LogsDir(data string) string { return filepath.Join(data, "logs") }

// ActivePath is the active segment's path within a data folder.
func ActivePath(data string) string { return filepath.Join(LogsDir(data), activeName) }

func segmentPath(logs string, first uint64) string {
	return filepath.Join(logs, fmt.Sprintf("%s%012d%s", segmentPrefix, first, segmentSuffix))
}

// Segments lists the segments of a data folder in order, the active one last.
// A folder that does not exist has none.
func Segments(data string) ([]Segment, error) {
	logs := LogsDir(data)
	entries, err := os.ReadDir(logs)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list segments in %s: %w", logs, err)
	}
	var list []Segment
	for _, e := range entries {
		s, ok := segmentOf(e.Name())
		if !ok || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // removed since
		}
		s.Path, s.Bytes = filepath.Join(logs, e.Name()), info.Size()
		list = append(list, s)
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].Active != list[j].Active {
			return list[j].Active
		}
		return list[i].First < list[j].First
	})
	return list, nil
}

func segmentOf(name string) (Segment, bool) {
	if name == activeName {
		return Segment{Active: true}, true
	}
	digits, ok := strings.CutPrefix(name, segmentPrefix)
	if !ok {
		return Segment{}, false
	}
	digits, ok = strings.CutSuffix(digits, segmentSuffix)
	first, err := strconv.ParseUint(digits, 10, 64)
	return Segment{First: first}, ok && err == nil && len(digits) >= 12
}
