package settings

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawSpace draws white space between tokens in one of a file's habits.
func drawSpace(t *rapid.T, habit string) string {
	switch habit {
	case "none":
		return ""
	case "wild":
		return rapid.StringOfN(rapid.RuneFrom([]rune(" \t\r\n")), 0, 4, -1).Draw(t, "space")
	}
	return rapid.SampledFrom([]string{"", " ", habit, habit + "  ", habit + "\t"}).Draw(t, "space")
}

// drawJSON draws a value of the given depth, laid out in a habit.
func drawJSON(t *rapid.T, habit string, depth int) string {
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
		return rapid.SampledFrom([]string{`1`, `-2.5e3`, `true`, `null`, `""`, `"a\u00e9\"\\"`, `"}],{"`, `{}`, `[]`, "[\n]", "{ }"}).Draw(t, "leaf value")
	}
	keys := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,6}`), 0, 3, rapid.ID[string]).Draw(t, "keys")
	if rapid.Bool().Draw(t, "array") {
		return drawList(t, habit, '[', ']', len(keys), func(int) string { return drawJSON(t, habit, depth-1) })
	}
	return drawList(t, habit, '{', '}', len(keys), func(i int) string {
		return drawMember(t, habit, keys[i], drawJSON(t, habit, depth-1))
	})
}

func drawMember(t *rapid.T, habit, key, value string) string {
	return `"` + key + `"` + drawSpace(t, habit) + ":" + drawSpace(t, habit) + value
}

func drawList(t *rapid.T, habit string, begin, end byte, n int, child func(int) string) string {
	var b strings.Builder
	b.WriteByte(begin)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(drawSpace(t, habit) + child(i) + drawSpace(t, habit))
	}
	if n == 0 {
		b.WriteString(drawSpace(t, habit))
	}
	b.WriteByte(end)
	return b.String()
}

// drawSettings draws a settings file that install accepts, with other people's
// hooks for events of ours and of theirs, empty ones and ill-formed ones.
func drawSettings(t *rapid.T) string {
	habit := rapid.SampledFrom([]string{"none", "wild", "\n", "\r\n", "\n    ", "\n\t"}).Draw(t, "habit")
	group := func(int) string {
		return rapid.SampledFrom([]string{
			`{"hooks":[]}`, `{"matcher":"Bash","hooks":[{"type":"command","command":"lint"}]}`,
			`{ "hooks" : [ {"type":"command","command":"a"} , {"type":"command","command":"b"} ] }`, `null`, `{}`,
		}).Draw(t, "group")
	}
	events := rapid.SliceOfNDistinct(rapid.SampledFrom(append(Events(), "FileChanged", "Unheard")), 0, 5, rapid.ID[string]).Draw(t, "events")
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"hooks", "env", "model", "permissions"}), 0, 4, rapid.ID[string]).Draw(t, "settings")
	object := drawList(t, habit, '{', '}', len(keys), func(i int) string {
		if keys[i] != "hooks" {
			return drawMember(t, habit, keys[i], drawJSON(t, habit, 2))
		}
		return drawMember(t, habit, "hooks", drawList(t, habit, '{', '}', len(events), func(i int) string {
			groups := drawList(t, habit, '[', ']', rapid.IntRange(0, 3).Draw(t, "groups"), group)
			return drawMember(t, habit, events[i], groups)
		}))
	})
	whole := drawSpace(t, habit) + object + drawSpace(t, habit)
	return rapid.SampledFrom([]string{whole, whole, whole, "\ufeff" + whole, drawSpace(t, habit)}).Draw(t, "file")
}

func TestUninstallUndoesInstall(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		content := drawSettings(t)
		file := File{User, filepath.Join(folder, "settings.json")}
		if err := os.WriteFile(file.Path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, data := range rapid.SliceOfN(rapid.SampledFrom([]string{"/a", "/b c", `\"`}), 1, 3).Draw(t, "installs") {
			if _, err := Install(file, testHook(data)); err != nil {
				t.Fatal(err)
			}
		}
		installed, _ := os.ReadFile(file.Path)
		if !json.Valid(bytes.TrimPrefix(installed, []byte("\ufeff"))) {
			t.Fatalf("install made this of %q:\n%s", content, installed)
		}
		if _, err := Uninstall(file); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(file.Path); string(got) != content {
			t.Fatalf("%q came back as %q", content, got)
		}
		if left, _ := os.ReadDir(folder); len(left) != 1 {
			t.Fatalf("left behind: %v", left)
		}
	})
}

// FuzzEdits holds both edits to valid JSON and to being final, whatever the
// file is.
func FuzzEdits(f *testing.F) {
	f.Add([]byte(`{"hooks": {"Stop": [{"hooks": [{"command": "agent-telemetry-hook"}, 1 ]} , 2 ] } }`))
	f.Add([]byte("\ufeff\n{\"hooks\"\n:{ }}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		doc, err := parse("", content)
		if err != nil {
			return
		}
		blank := len(bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\ufeff")))) == 0
		if !blank && !bytes.Equal(doc.bytes(), content) {
			t.Fatalf("%q packs to %q", content, doc.bytes())
		}
		hook := Hook{Command: "/agent-telemetry-hook", Timeout: 1}
		install := func(d *document) ([]Change, error) { return d.install(hook) }
		for _, edit := range []func(*document) ([]Change, error){install, (*document).uninstall} {
			if _, err := edit(doc); err != nil {
				return
			}
			once := doc.bytes()
			if doc, err = parse("", once); err != nil {
				t.Fatalf("%q became %q: %v", content, once, err)
			}
			if _, err := edit(doc); err != nil || !bytes.Equal(doc.bytes(), once) {
				t.Fatalf("%q, edited again, became %q: %v", once, doc.bytes(), err)
			}
		}
	})
}
