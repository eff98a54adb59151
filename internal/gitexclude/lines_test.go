package gitexclude

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func listFor(prefix string) List { return List{prefix: prefix, names: names} }

// lists are texts of exclude lists, ended or not, among them traps.
func lists() *rapid.Generator[string] {
	line := rapid.OneOf(
		rapid.SampledFrom([]string{
			"", "\r", "*.o", "/build/", "# a comment", "\ufeff", "!keep", comment, comment + "\r", comment + " ",
			"/other/.marker", "/other/.agent/settings.json", "/.marker", ".marker", "/.marker ",
		}),
		rapid.StringN(0, 10, -1),
	)
	return rapid.Custom(func(t *rapid.T) string { return join(rapid.SliceOfN(line, 0, 8).Draw(t, "lines")) })
}

func underComment(text string, patterns []string, own func(string) bool) bool {
	return remove(text, patterns, own) != text
}

// TestRemoveGivesBackBytes holds that what insert did can be undone, whatever was
// there before, and whatever somebody has added since.
func TestRemoveGivesBackBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := listFor(rapid.SampledFrom([]string{"/", "/a/", `/\*\[x/ /`}).Draw(t, "prefix"))
		patterns := l.patterns(rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 3, rapid.ID).Draw(t, "names"))
		before := lists().Draw(t, "before")
		if underComment(before, l.patterns(names), l.own) {
			t.Skip("has such lines already")
		}
		after := insert(before, patterns, l.own)
		for _, p := range patterns {
			if !slices.ContainsFunc(split(after), func(line string) bool { return line == p }) {
				t.Fatalf("%q lacks %q", after, p)
			}
		}
		if got := remove(after, l.patterns(names), l.own); got != before {
			t.Fatalf("%q, not %q, from %q", got, before, after)
		}
		added := rapid.SampledFrom([]string{"/mine\n", "mine\n", "\n", "/mine"}).Draw(t, "added")
		if !strings.HasSuffix(after, "\n") {
			added = "\n" + added // whoever adds a line ends the one before
		}
		want := before + added
		if before == "" {
			want = added[1:]
		}
		if got := remove(after+added, l.patterns(names), l.own); got != want {
			t.Fatalf("%q, not %q, from %q", got, want, after+added)
		}
	})
}

// TestTwoFolders holds that folders of one repository share the comment and do not
// take out each other's lines, in whatever order they go.
func TestTwoFolders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := lists().Draw(t, "before")
		a, b := listFor("/a/"), listFor("/b/")
		for _, l := range []List{a, b} {
			if underComment(before, l.patterns(names), l.own) {
				t.Skip("has such lines already")
			}
		}
		one := insert(before, a.patterns(names), a.own)
		two := insert(one, b.patterns(names), b.own)
		if strings.Count(two, comment) != strings.Count(one, comment) {
			t.Fatalf("another comment: %q", two)
		}
		if got := remove(two, b.patterns(names), b.own); got != one {
			t.Fatalf("%q, not %q", got, one)
		}
		if got := remove(remove(two, a.patterns(names), a.own), b.patterns(names), b.own); got != before {
			t.Fatalf("%q, not %q", got, before)
		}
	})
}

func TestRemoveLeavesOthersLines(t *testing.T) {
	l := listFor("/")
	for _, text := range []string{
		"", "\n", "/.marker\n", "# agent-telemetry\n", "# agent-telemetry\n\n/.marker\n",
		"# agent-telemetry\n/x\n/.marker\n", "# agent-telemetry\n/a/.marker\n",
	} {
		if got := remove(text, l.patterns(names), l.own); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
