package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
)

const (
	activeName    = "claude-telemetry.jsonl"
	segmentPrefix = "claude-telemetry-"
	segmentSuffix = ".jsonl"

	compressedSuffix = ".zst"
)

// Segment is one file of a journal.
type Segment struct {
	Path       string
	First      uint64 // by its name; 0 for the active one
	Active     bool
	Compressed bool
	Bytes      int64 // the file's size
}

// LogsDir is the folder of the segments within a data folder.
func LogsDir(data string) string { return filepath.Join(data, "logs") }

// ActivePath is the active segment's path within a data folder.
func ActivePath(data string) string { return filepath.Join(LogsDir(data), activeName) }

// SegmentPath is the path of the older segment that begins with record first, as
// it is before compression.
func SegmentPath(data string, first uint64) string { return segmentPath(LogsDir(data), first) }

func segmentPath(logs string, first uint64) string {
	return filepath.Join(logs, fmt.Sprintf("%s%012d%s", segmentPrefix, first, segmentSuffix))
}

// Segments lists the segments of a data folder in order, the active one last.
// Of one that is there both compressed and as it was before, the latter is listed:
// only when that is gone is compression complete. A folder that does not exist has
// none.
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
		if list[i].First != list[j].First {
			return list[i].First < list[j].First
		}
		return list[j].Compressed
	})
	return slices.CompactFunc(list, func(a, b Segment) bool {
		return b.Compressed && a.First == b.First
	}), nil
}

func segmentOf(name string) (Segment, bool) {
	if name == activeName {
		return Segment{Active: true}, true
	}
	digits, ok := strings.CutPrefix(name, segmentPrefix)
	if !ok {
		return Segment{}, false
	}
	digits, compressed := strings.CutSuffix(digits, compressedSuffix)
	digits, ok = strings.CutSuffix(digits, segmentSuffix)
	first, err := strconv.ParseUint(digits, 10, 64)
	return Segment{First: first, Compressed: compressed}, ok && err == nil && len(digits) >= 12
}
