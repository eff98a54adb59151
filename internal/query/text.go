package query

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ContainsFold is strings.Contains without regard to ASCII case.
func ContainsFold(s, part string) bool {
	if part == "" {
		return true
	}
	first, other := lower(part[0]), upper(part[0])
	for i := 0; i+len(part) <= len(s); i++ {
		if c := s[i]; (c == first || c == other) && equalFold(s[i:i+len(part)], part) {
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

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - ('a' - 'A')
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
