package jsontree_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"agent-telemetry/internal/jsontree"

	"pgregory.net/rapid"
)

func read(t *testing.T, text string, opts jsontree.Options) *jsontree.Value {
	t.Helper()
	v, err := jsontree.Read(strings.NewReader(text), opts)
	if err != nil {
		t.Fatalf("read %.60q: %v", text, err)
	}
	return v
}

func encode(v *jsontree.Value) string { return string(jsontree.Append(nil, v)) }

func TestRoundTrip(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `null`, `true`, `-1.5e+10`, `0`, `"a"`, `[1,[2,{"a":[]}],"x"]`,
		`{"b":1,"a":2,"b":3}`, `{"s":"&&<>\"\\\n\t"}`, `"é日本𝄞"`, `"\u0000\u001b"`,
	} {
		if got := encode(read(t, text, jsontree.Options{})); got != text {
			t.Errorf("read and encoded %s, got %s", text, got)
		}
	}
}

func TestStrings(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`"\ud834\udd1e"`, "𝄞"},
		{`"\ud834"`, "\uFFFD"},
		{`"\ud834x"`, "\uFFFDx"},
		{`"\ud834\n"`, "\uFFFD\n"},
		{`"\ud834\ud834\udd1e"`, "\uFFFD𝄞"},
		{`"\udd1e"`, "\uFFFD"},
		{`"\/\b\f\u0041"`, "/\b\fA"},
		{"\"\xff\xfea\"", "\uFFFD\uFFFDa"},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
			v, err := jsontree.Read(r, jsontree.Options{})
			if err != nil || v.Text != c.want {
				t.Errorf("%s: got %q, %v; want %q", c.in, v.Text, err, c.want)
			}
		}
	}
}

func TestTerminalControlsAreEscaped(t *testing.T) {
	for _, r := range "\x1b\x07\x7f\u009b\u202e\u2066\u2028\u200f" {
		got := string(jsontree.AppendString(nil, string(r)))
		if strings.ContainsRune(got, r) {
			t.Errorf("%U stands unescaped in %s", r, got)
		}
		var back string
		if err := json.Unmarshal([]byte(got), &back); err != nil || back != string(r) {
			t.Errorf("%U: %s reads back as %q, %v", r, got, back, err)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		in, reason string
		offset     int64
	}{
		{``, "cut short", 0},
		{`   `, "cut short", 3},
		{`{"a":1`, "cut short", 6},
		{`{"a":"b`, "cut short", 7},
		{`{"a":tru}`, "expected a value", 5},
		{`{"a":01}`, "expected a value", 5},
		{`{a:1}`, "member name", 1},
		{`{"a" 1}`, "colon", 5},
		{`[1 2]`, "comma", 3},
		{`{} x`, "after the document", 3},
		{`"\x"`, "escape", 2},
		{"\"a\nb\"", "control character", 2},
		{`nonsense`, "expected a value", 0},
		{`{"a":tru`, "cut short", 8},
	} {
		_, err := jsontree.Read(strings.NewReader(c.in), jsontree.Options{})
		var fault *jsontree.SyntaxError
		if !errors.As(err, &fault) {
			t.Errorf("%q: got error %v", c.in, err)
			continue
		}
		if !strings.Contains(fault.Reason, c.reason) || fault.Offset != c.offset {
			t.Errorf("%q: got %v, want %q at %d", c.in, err, c.reason, c.offset)
		}
	}
}

func TestWhatCameBeforeAFaultIsKept(t *testing.T) {
	v, err := jsontree.Read(strings.NewReader(`{"session_id":"s1","tool_input":{"command":"ls","x":[1,2,`), jsontree.Options{})
	if err == nil {
		t.Fatal("a cut document gave no error")
	}
	if v.Str("session_id") != "s1" || v.Str("tool_input", "command") != "ls" {
		t.Errorf("lost what was read: %s", encode(v))
	}
}

func TestReaderErrorIsReturned(t *testing.T) {
	boom := errors.New("boom")
	v, err := jsontree.Read(io.MultiReader(strings.NewReader(`{"a":"b",`), iotest.ErrReader(boom)), jsontree.Options{})
	if !errors.Is(err, boom) || v.Str("a") != "b" {
		t.Errorf("got %s, %v", encode(v), err)
	}
}

func TestDigest(t *testing.T) {
	text := `{"tool":"T","secret":{"lines":["+a","-b","+c"," d"],"n":[1,{"x":"\"]"}]},"content":"one\ntwo\n\u0041","pin":1234,"ok":true}`
	wanted := func(path []string, root *jsontree.Value) bool {
		return root.Str("tool") == "T" && len(path) == 1 && path[0] != "tool"
	}
	for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
		v, err := jsontree.Read(r, jsontree.Options{Digest: wanted})
		if err != nil {
			t.Fatal(err)
		}
		object := `{"lines":["+a","-b","+c"," d"],"n":[1,{"x":"\"]"}]}`
		sum := v.Get("secret").Sum
		if sum.SHA256 != sha256.Sum256([]byte(object)) || sum.Bytes != int64(len(object)) {
			t.Errorf("digest of the object: %+v", sum)
		}
		if sum.Added != 2 || sum.Removed != 1 {
			t.Errorf("changed lines: +%d -%d", sum.Added, sum.Removed)
		}
		if got, want := v.Get("content").Sum, jsontree.Sum("one\ntwo\nA"); !reflect.DeepEqual(got, want) || got.Lines != 3 {
			t.Errorf("digest of the string: %+v, want %+v", got, want)
		}
		if v.Get("pin").Sum.SHA256 != sha256.Sum256([]byte("1234")) {
			t.Error("a number was not digested")
		}
		if got := encode(v); strings.Contains(got, "one") || strings.Contains(got, "1234") || !strings.HasSuffix(got, `"ok":true}`) {
			t.Errorf("encoded: %s", got)
		}
	}
}

func TestLimits(t *testing.T) {
	big := strings.Repeat("x", 1000)
	v := read(t, `{"a":"`+big+`","b":"`+big+`"}`, jsontree.Options{MaxText: 600, MaxTotal: 900})
	for _, c := range []struct {
		name string
		kept int
	}{{"a", 600}, {"b", 298}} { // the two names count as well
		s := v.Get(c.name)
		if len(s.Text) != c.kept || s.Sum == nil || s.Sum.Bytes != 1000 || s.Sum.SHA256 != sha256.Sum256([]byte(big)) {
			t.Errorf("%s: kept %d bytes, %+v", c.name, len(s.Text), s.Sum)
		}
	}
	v = read(t, `[1,2,3,4,5]`, jsontree.Options{MaxNodes: 3})
	if len(v.Items) != 3 || v.Items[2].Kind != jsontree.Digested || v.Items[2].Sum.Bytes != int64(len("3,4,5")) {
		t.Errorf("too many items: %s", encode(v))
	}
	v = read(t, `{"a":1,"b":2,"c":{"d":3},"e":4}`, jsontree.Options{MaxNodes: 3})
	if len(v.Members) != 3 || v.Members[2].Value.Sum.Bytes != int64(len(`"c":{"d":3},"e":4`)) {
		t.Errorf("too many members: %s", encode(v))
	}
	v = read(t, `[[[[1]]]]`, jsontree.Options{MaxDepth: 2})
	if got := v.Items[0].Items[0]; got.Kind != jsontree.Digested || got.Sum.Bytes != int64(len(`[[1]]`)) {
		t.Errorf("too deep: %s", encode(v))
	}
}

func TestMemoryStaysBounded(t *testing.T) {
	for name, doc := range map[string]io.Reader{
		"one string":   io.MultiReader(strings.NewReader(`{"a":"`), io.LimitReader(repeat("x"), 50<<20), strings.NewReader(`"}`)),
		"escapes":      io.MultiReader(strings.NewReader(`{"a":"`), io.LimitReader(repeat(`\n`), 50<<20), strings.NewReader(`"}`)),
		"many items":   io.MultiReader(strings.NewReader(`[1`), io.LimitReader(repeat(",1"), 50<<20), strings.NewReader(`]`)),
		"many names":   io.MultiReader(strings.NewReader(`{"":1`), io.LimitReader(repeat(`,"":1`), 50<<20), strings.NewReader(`}`)),
		"deep":         io.LimitReader(repeat("["), 50<<20),
		"many strings": io.MultiReader(strings.NewReader(`[""`), io.LimitReader(repeat(`,"ab"`), 50<<20), strings.NewReader(`]`)),
	} {
		t.Run(name, func(t *testing.T) {
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			v, err := jsontree.Read(doc, jsontree.Options{})
			runtime.GC()
			runtime.ReadMemStats(&after)
			if name != "deep" && err != nil {
				t.Fatal(err)
			}
			if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 8<<20 {
				t.Errorf("holds %d bytes", held)
			}
			runtime.KeepAlive(v)
		})
	}
}

type repeat string

func (r repeat) Read(p []byte) (int, error) {
	n := 0
	for n+len(r) <= len(p) {
		n += copy(p[n:], r)
	}
	return n, nil
}

func TestSamplesRoundTrip(t *testing.T) {
	samples, _ := filepath.Glob("../../testdata/claude-code-2.1.197/*.json")
	if len(samples) == 0 {
		t.Fatal("no samples")
	}
	for _, name := range samples {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := encode(read(t, string(text), jsontree.Options{})); got != strings.TrimSpace(string(text)) {
			t.Errorf("%s reads as %s", name, got)
		}
	}
}

// Whatever encoding/json accepts reads to the same value, and the other way round.
func TestAgreesWithStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alphabet := []rune(`{}[]":,\u0d8ntrealsf19-+.eE x` + "\n\x01é")
		text := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 40, -1).Draw(t, "text")
		checkAgainstStandard(t, []byte(text))
	})
}

type reporter interface{ Fatalf(string, ...any) }

func checkAgainstStandard(t reporter, text []byte) {
	v, err := jsontree.Read(bytes.NewReader(text), jsontree.Options{})
	if (err == nil) != json.Valid(text) {
		t.Fatalf("%q: valid is %v, read says %v", text, json.Valid(text), err)
	}
	if err != nil {
		return
	}
	var want, got any
	if json.Unmarshal(text, &want) != nil {
		return // a number beyond float64
	}
	out := jsontree.Append(nil, v)
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%q encoded as %q: %v", text, out, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q encoded as %q", text, out)
	}
}

func FuzzRead(f *testing.F) {
	samples, _ := filepath.Glob("../../testdata/claude-code-2.1.197/*.json")
	for _, name := range samples {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) < 64<<10 && !deep(text) {
			checkAgainstStandard(t, text)
		}
		limited := jsontree.Options{MaxText: 8, MaxTotal: 64, MaxNodes: 10, MaxDepth: 3}
		v, _ := jsontree.Read(iotest.HalfReader(bytes.NewReader(text)), limited)
		if out := jsontree.Append(nil, v); !json.Valid(out) {
			t.Fatalf("%q under limits encoded as %q", text, out)
		}
	})
}

// deep reports nesting beyond the default limit, where Read checks less than
// the standard library does.
func deep(text []byte) bool {
	return bytes.Count(text, []byte{'['})+bytes.Count(text, []byte{'{'}) > 60
}

func BenchmarkRead(b *testing.B) {
	content := strings.Repeat("a line of text\\n", 100_000)
	doc := `{"tool_input":{"content":"` + content + `"},"tool_response":{"content":"` + content + `"}}`
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := jsontree.Read(strings.NewReader(doc), jsontree.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
