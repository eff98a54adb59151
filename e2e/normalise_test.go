//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// deviceID goes with every request. It is random in a new home, so each home
// gets this one.
const deviceID = "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0"

// A normaliser takes out of what a session left behind the few things that
// differ between any two sessions; everything else has to be equal. Paths, the
// session's id, and the ids of messages, requests and tool uses need none of
// it, since both sessions are given the same.
//
// Ids become ordinals, in order of appearance, so that whatever refers to
// whatever must still be the same on both sides.
type normaliser struct {
	patterns []pattern
	ordinals map[string]string
}

type pattern struct {
	what string
	*regexp.Regexp
}

func newNormaliser() *normaliser {
	return &normaliser{
		ordinals: map[string]string{sessionID: sessionID},
		patterns: []pattern{
			// Records and prompts have random ids.
			{"id", regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)},
			// So have subagents,
			{"agent", regexp.MustCompile(`\ba[0-9a-f]{16}\b`)},
			// and background tasks. A word of nine letters may be taken for
			// one, alike on both sides.
			{"task", regexp.MustCompile(`\bb[0-9a-z]{8}\b`)},
			{"time", regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)},
			// The system prompt has today's date, and midnight may come.
			{"date", regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`)},
			// The result of a subagent tells the model how long it took.
			{"duration", regexp.MustCompile(`duration_ms>?:? ?\d+`)},
		},
	}
}

// arbitrary fields of transcripts say how long something took, name a session
// in random words, or (leafUuid) tell which message was the last one when a
// timer of Claude Code's went off.
var arbitrary = []string{"durationMs", "duration_ms", "totalDurationMs", "slug", "leafUuid"}

func (n *normaliser) value(v any) any {
	switch v := v.(type) {
	case string:
		return n.text(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = n.value(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if slices.Contains(arbitrary, key) {
				out[key] = "<" + key + ">"
				continue
			}
			out[key] = n.value(v[key])
		}
		return out
	}
	return v
}

func (n *normaliser) text(s string) string {
	for _, p := range n.patterns {
		s = p.ReplaceAllStringFunc(s, func(match string) string {
			switch p.what {
			case "time", "date", "duration":
				return "<" + p.what + ">"
			}
			return n.ordinal(p.what, match)
		})
	}
	return s
}

func (n *normaliser) ordinal(what, id string) string {
	name, known := n.ordinals[id]
	if !known {
		name = fmt.Sprintf("<%s %d>", what, len(n.ordinals))
		n.ordinals[id] = name
	}
	return name
}
