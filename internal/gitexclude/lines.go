package gitexclude

import (
	"slices"
	"strings"
)

// comment stands above the lines of this package.
const comment = "# agent-telemetry"

// escape makes a path a pattern that matches nothing else. A pattern begins with a
// slash and ends with a file's name, so that '#' and '!' at its beginning and spaces
// at its end, which git would take for something else, do not occur.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// split and join take a list for lines with line breaks between them, not after
// each: so the last line may be an empty one, and the empty list has no line.
func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func join(lines []string) string { return strings.Join(lines, "\n") }

// bare is a line without the end that some editors give it.
func bare(line string) string { return strings.TrimSuffix(line, "\r") }

// insert puts patterns behind those that are in the list, or else at its end under
// a comment of their own. A text whose last line is not ended stays such a text, by
// which remove knows whether the line break before the comment is to go.
func insert(text string, patterns []string, own func(string) bool) string {
	lines := split(text)
	for i := range lines {
		if n := block(lines[i:], own); n > 1 {
			return join(slices.Insert(lines, i+n, patterns...))
		}
	}
	at := len(lines)
	if at > 0 && lines[at-1] == "" {
		at--
	}
	return join(slices.Insert(lines, at, slices.Concat([]string{comment}, patterns)...))
}

// remove takes out each of the patterns, once, where it stands under the comment,
// and the comment with the last line under it.
func remove(text string, patterns []string, own func(string) bool) string {
	lines, patterns := split(text), slices.Clone(patterns)
	var kept []string
	for len(lines) > 0 {
		n := max(block(lines, own), 1)
		var rest []string
		for _, line := range lines[1:n] {
			if i := slices.Index(patterns, bare(line)); i >= 0 {
				patterns = slices.Delete(patterns, i, i+1)
				continue
			}
			rest = append(rest, line)
		}
		if n == 1 || len(rest) > 0 {
			kept = append(append(kept, lines[0]), rest...)
		}
		lines = lines[n:]
	}
	return join(kept)
}

// block is how many lines the comment and what belongs to it make up, 0 where the
// lines do not begin with the comment.
func block(lines []string, own func(string) bool) int {
	if bare(lines[0]) != comment {
		return 0
	}
	for n, line := range lines[1:] {
		if !own(bare(line)) {
			return n + 1
		}
	}
	return len(lines)
}
