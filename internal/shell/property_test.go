package shell_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/shell"

	"pgregory.net/rapid"
)

// However a path is quoted, it is the same path.
func TestQuotingRoundTrip(t *testing.T) {
	element := rapid.StringOfN(rapid.RuneFrom([]rune("ab .*?~$`\"'\\{},;&|<>()[]!#=éü\n")), 1, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		want := "/" + strings.Join(rapid.SliceOfN(element, 1, 4).Draw(t, "elements"), "/")
		var word strings.Builder
		for _, c := range want {
			word.WriteString(quote(c, rapid.IntRange(0, 4).Draw(t, "style")))
		}
		a := shell.Analyze("cat "+word.String(), env)
		if len(a.Uses) != 1 || a.Uses[0].Full != want || a.Uses[0].Path != path.Clean(want) || a.Undecided != nil {
			t.Fatalf("%s: %+v", word.String(), a)
		}
	})
}

func quote(c rune, style int) string {
	switch {
	case style == 0 && c != '\'':
		return "'" + string(c) + "'"
	case style == 1 && c != '\n':
		return `\` + string(c)
	case style == 2:
		return fmt.Sprintf(`$'\u%04x'`, c)
	case style == 3:
		return "$'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(string(c)) + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(string(c)) + `"`
}

// No byte of a here-document is outside of the spans, wherever in a command it stands.
func TestHeredocIsCovered(t *testing.T) {
	line := rapid.StringMatching(`[ -~é]{0,30}`).Filter(func(s string) bool { return strings.TrimSpace(s) != "EOF" })
	frames := []string{
		"cat > f <<'EOF'\nBODYEOF\n", "cd x && cat <<-\\EOF | tee y\nBODYEOF\nls", "f() {\ncat <<\"EOF\"\nBODYEOF\n}\nf",
		"x=\"$(cat <<'EOF'\nBODYEOF\n)\"", "if a; then cat <<'EOF'; fi\nBODYEOF\nls /etc", "cat <<'EOF'\nBODYEOF\nif (",
		"cat <<'A' <<'EOF'\nx\nA\nBODYEOF\n",
	}
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(line, 1, 5).Draw(t, "lines"), "\n") + "\n"
		frame := rapid.SampledFrom(frames).Draw(t, "frame")
		src := strings.Replace(frame, "BODY", body, 1)
		from := strings.Index(frame, "BODY")
		covered := slices.ContainsFunc(shell.Analyze(src, env).Heredocs, func(s shell.Span) bool {
			return s.Start <= from && s.End >= from+len(body)
		})
		if !covered {
			t.Fatalf("%q: %+v", src, shell.Analyze(src, env).Heredocs)
		}
	})
}

// The parser's own position of such a body is too far on.
func TestHeredocThatBeginsWithAnEscapedLineEnd(t *testing.T) {
	for _, opening := range []string{"cat <<EOF\n", "cat <<'EOF'\n"} {
		for _, body := range []string{"\\\n", "\\\nsecret\n", "\\\n\\\nsecret\n"} {
			want := shell.Span{Start: len(opening), End: len(opening + body)}
			if got := shell.Analyze(opening+body+"EOF\n", env).Heredocs; len(got) != 1 || got[0] != want {
				t.Errorf("%q: got %v, want %v", opening+body, got, want)
			}
		}
	}
}
