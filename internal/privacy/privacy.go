// Package privacy decides what of a hook's payload may enter the record.
//
// One table gives each field of a payload its kind; a level per kind says how
// much of it stays. Whatever stays has its secrets redacted. A field that is
// not in the table is treated as the contents of a file.
package privacy

import (
	"fmt"

	"agent-telemetry/internal/jsontree"
)

// Kind is what a field of a payload tells.
type Kind uint8

// The kinds. Plain is always kept: ids, enumerations, counters.
const (
	Contents Kind = iota
	Prompts
	Outputs
	PathsAndCommands
	Plain
)

func (k Kind) String() string {
	switch k {
	case Contents:
		return "contents"
	case Prompts:
		return "prompts"
	case Outputs:
		return "outputs"
	case PathsAndCommands:
		return "paths_and_commands"
	}
	return "plain"
}

// Level is how much of a kind stays in the record.
type Level uint8

// The levels. Digest leaves size and hash. Redacted leaves size and, of prompts,
// paths and commands, the parts that carry no text of anybody's. Diff, for
// contents only, keeps what an edit changed. Full keeps all but secrets.
const (
	Digest Level = iota
	Redacted
	Diff
	Full
)

func (l Level) String() string {
	switch l {
	case Digest:
		return "digest"
	case Redacted:
		return "redacted"
	case Diff:
		return "diff"
	}
	return "full"
}

// ParseLevel reads the name of a level that kind can have.
func ParseLevel(kind Kind, name string) (Level, error) {
	for _, l := range [...]Level{Digest, Redacted, Diff, Full} {
		if l.String() == name && kind != Plain && (l != Diff || kind == Contents) {
			return l, nil
		}
	}
	if kind == Contents {
		return 0, fmt.Errorf("no such level of %s: %q; there are digest, redacted, diff and full", kind, name)
	}
	return 0, fmt.Errorf("no such level of %s: %q; there are digest, redacted and full", kind, name)
}

// Levels has the level of each kind. The zero value keeps digests only.
type Levels struct {
	Contents, Prompts, Outputs, PathsAndCommands Level
}

// Default keeps paths and commands, and the size of everything else.
func Default() Levels {
	return Levels{Contents: Digest, Prompts: Redacted, Outputs: Digest, PathsAndCommands: Full}
}

func (l Levels) of(kind Kind) Level {
	switch kind {
	case Contents:
		return l.Contents
	case Prompts:
		return l.Prompts
	case Outputs:
		return l.Outputs
	case PathsAndCommands:
		return l.PathsAndCommands
	}
	return Full
}

// Digest is for jsontree.Options: true where the level allows no more than a
// digest, so that the value is never held. Paths and commands are always read,
// as the rest of the record is derived from them; Apply digests those.
//
// It goes by the event and tool names that came before the field. What that
// lets through Apply reduces, knowing the whole payload.
func (l Levels) Digest(path []string, root *jsontree.Value) bool {
	f := lookup(root.Str("hook_event_name"), toolAt(path, root), path)
	return !f.branch && f.kind != PathsAndCommands && l.levelOf(f) == Digest
}

// levelOf is the level of a field, where the changed lines of a file count as
// full at level diff, and whole contents as a digest.
func (l Levels) levelOf(f field) Level {
	level := l.of(f.kind)
	if f.kind == Contents && level == Diff {
		if f.form == changed {
			return Full
		}
		return Digest
	}
	return level
}

// toolAt names the tool that the field at path belongs to: the payload's, or
// that of the call being read.
func toolAt(path []string, root *jsontree.Value) string {
	if path[0] != "tool_calls" {
		return root.Str("tool_name")
	}
	if calls := root.Get("tool_calls"); calls != nil && len(calls.Items) > 0 {
		return calls.Items[len(calls.Items)-1].Str("tool_name")
	}
	return ""
}
