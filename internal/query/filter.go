// Package query says what can be asked of the record and what an answer looks
// like, so that the command line, the API and every engine mean the same.
package query

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/event"
)

// Filter selects records. A zero field selects all; of a list, any will do.
type Filter struct {
	Since, Until time.Time // from Since on, before Until
	Sessions     []string  // beginnings of session ids
	Projects     []string  // names, or absolute paths
	Tools        []string
	Events       []string // event types
	Hooks        []string // hook events
	Outcomes     []string
	Levels       []string
	Outside      *bool  // outside the project
	Path         string // a glob over file and search path; see Glob
	Text         string // in path, command, pattern, URL or query; ASCII case does not matter
}

// Match reports whether the filter selects r.
func (f *Filter) Match(r *event.Record) bool {
	a := &r.Action
	switch {
	case !f.Since.IsZero() && r.Timestamp.Before(f.Since),
		!f.Until.IsZero() && !r.Timestamp.Before(f.Until),
		!anyOf(f.Sessions, func(s string) bool { return strings.HasPrefix(r.SessionID, s) }),
		!anyOf(f.Projects, func(s string) bool { return isProject(r, s) }),
		!contains(f.Tools, r.ToolName),
		!contains(f.Events, string(r.EventType)),
		!contains(f.Hooks, r.HookEvent),
		!contains(f.Outcomes, string(r.Outcome)),
		!contains(f.Levels, string(r.Level)),
		f.Outside != nil && *f.Outside != a.OutsideProjectScope,
		f.Path != "" && !Glob(f.Path, a.FilePath) && !Glob(f.Path, a.SearchPath):
		return false
	}
	return f.Text == "" || f.matchText(a)
}

func (f *Filter) matchText(a *event.ActionDetails) bool {
	for _, s := range [...]string{a.FilePath, a.Command, a.SearchPattern, a.SearchPath, a.URL, a.Query} {
		if containsFold(s, f.Text) {
			return true
		}
	}
	return false
}

func anyOf(list []string, match func(string) bool) bool {
	for _, s := range list {
		if match(s) {
			return true
		}
	}
	return len(list) == 0
}

func contains(list []string, s string) bool {
	return anyOf(list, func(want string) bool { return strings.EqualFold(want, s) })
}

func isProject(r *event.Record, s string) bool {
	if filepath.IsAbs(s) {
		return r.ProjectPath == filepath.Clean(s)
	}
	return r.ProjectName == s
}

// containsFold is strings.Contains without regard to ASCII case.
func containsFold(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if equalFold(s[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

func equalFold(a, b string) bool {
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// Glob reports whether all of s matches pattern: * stands for any characters,
// slashes included, ? for one byte. Time is at most len(pattern) times len(s).
func Glob(pattern, s string) bool {
	if s == "" {
		return false
	}
	p, i := 0, 0
	star, from := -1, 0 // the last * and where what it stands for ends
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p, i = p+1, i+1
		case star >= 0:
			from++
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// ParseTime reads a point in time: RFC 3339, a date, a date and a time of day in
// now's zone, or how long ago: 90s, 15m, 24h, 7d, 2w.
func ParseTime(text string, now time.Time) (time.Time, error) {
	if d, ok := parseAge(text); ok {
		return now.Add(-d), nil
	}
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write how long ago (15m, 24h, 7d), a date (2026-07-01), or RFC 3339 (2026-07-01T12:00:00Z)", text)
}

func parseAge(text string) (time.Duration, bool) {
	if n := len(text); n > 1 && (text[n-1] == 'd' || text[n-1] == 'w') {
		days, err := strconv.ParseUint(text[:n-1], 10, 16)
		if text[n-1] == 'w' {
			days *= 7
		}
		return time.Duration(days) * 24 * time.Hour, err == nil && days <= 100*366
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d >= 0
}
