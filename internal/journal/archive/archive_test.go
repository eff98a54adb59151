package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"agent-telemetry/internal/journal"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

// segment writes a segment of a data folder and returns its path.
func segment(t testing.TB, data string, first uint64, text []byte) string {
	t.Helper()
	path := journal.SegmentPath(data, first)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func pack(t testing.TB, data string, first uint64, text []byte) string {
	t.Helper()
	path := segment(t, data, first, text)
	if err := Compress(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path + Suffix
}

// text makes lines of sizes that go over several frames.
func text(lines ...int) []byte {
	var b bytes.Buffer
	random := rand.New(rand.NewPCG(1, 2))
	for i, n := range lines {
		fmt.Fprintf(&b, `{"line":%d,"text":"`, i)
		for range n {
			b.WriteByte("abcdefgh "[random.IntN(9)])
		}
		b.WriteString("\"}\n")
	}
	return b.Bytes()
}

func many(n, size int) []int {
	lines := make([]int, n)
	for i := range lines {
		lines[i] = size
	}
	return lines
}

func shapes() map[string][]byte {
	return map[string][]byte{
		"empty":                  {},
		"one line":               text(10),
		"no newline at the end":  bytes.TrimSuffix(text(10, 10), []byte{'\n'}),
		"several frames":         text(many(3000, 500)...),
		"a frame to the byte":    append(bytes.Repeat([]byte{'x'}, frameBytes-1), '\n'),
		"long lines":             text(300_000, 10, 900_000, 20),
		"lines beyond one frame": text(1_500_000, 10, 3_000_000),
		"nothing but newlines":   bytes.Repeat([]byte{'\n'}, 600_000),
		"noise":                  noise(700_000),
	}
}

func noise(n int) []byte {
	b := make([]byte, n)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func TestCompressedReadsAsBefore(t *testing.T) {
	for name, want := range shapes() {
		t.Run(name, func(t *testing.T) {
			path := pack(t, t.TempDir(), 1, want)
			f, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			if size, err := f.Seek(0, io.SeekEnd); err != nil || size != int64(len(want)) {
				t.Errorf("its size is %d, %v; want %d", size, err, len(want))
			}
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if len(want) < 1<<20 {
				err = iotest.TestReader(f, want)
			} else if got, readErr := io.ReadAll(f); readErr != nil || !bytes.Equal(got, want) {
				err = fmt.Errorf("%d bytes, %w; want %d", len(got), readErr, len(want))
			}
			if err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(strings.TrimSuffix(path, Suffix)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the original is still there: %v", err)
			}
		})
	}
}

// What ordinary decoders make of it: they skip the table.
func TestOrdinaryDecodersReadIt(t *testing.T) {
	for name, want := range shapes() {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(pack(t, t.TempDir(), 1, want))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			d, err := zstd.NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if got, err := io.ReadAll(d); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes, %v; want %d", len(got), err, len(want))
			}
		})
	}
}

func TestFramesEndWithLines(t *testing.T) {
	want := text(many(5000, 400)...)
	f, err := os.Open(pack(t, t.TempDir(), 1, want))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	frames, err := openTable(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(frames) < 5 || frames.size() != int64(len(want)) {
		t.Fatalf("%d frames of %d bytes", len(frames), frames.size())
	}
	for i, x := range frames {
		if x.length > frameBytes+1000 || want[x.offset+x.length-1] != '\n' {
			t.Errorf("frame %d has %d bytes and ends in %q", i, x.length, want[x.offset+x.length-1])
		}
	}
}

// A damaged file is an error that names it, or reads as before: never otherwise.
func TestDamage(t *testing.T) {
	want := text(many(800, 400)...) // two frames
	whole, err := os.ReadFile(pack(t, t.TempDir(), 1, want))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "claude-telemetry-000000000001.jsonl.zst")
	rapid.Check(t, func(t *rapid.T) {
		broken := bytes.Clone(whole)
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			broken = broken[:rapid.IntRange(0, len(broken)-1).Draw(t, "cut")]
		case 1:
			at := rapid.IntRange(0, len(broken)-1).Draw(t, "at")
			broken[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		case 2:
			at := len(broken) - rapid.IntRange(1, 80).Draw(t, "from the end")
			broken[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		case 3:
			at := rapid.IntRange(0, len(broken)-1).Draw(t, "at")
			broken = append(broken[:at:at], broken[min(len(broken), at+rapid.IntRange(1, 5000).Draw(t, "n")):]...)
		}
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readWhole(path)
		if err == nil && !bytes.Equal(got, want) {
			t.Fatal("read without an error, but other bytes")
		}
		if err != nil && !strings.Contains(err.Error(), path) {
			t.Fatalf("the error does not name the file: %v", err)
		}
		if !bytes.HasPrefix(want, got) {
			t.Fatal("wrong bytes before the error")
		}
	})
}

func readWhole(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

func FuzzTable(f *testing.F) {
	var t table
	f.Add(t.encode(), int64(0))
	f.Add(t.append(100, 200, 7).append(50, 60, 8).encode(), int64(150))
	f.Fuzz(func(t *testing.T, b []byte, before int64) {
		before = max(0, min(before, 1<<20))
		file := append(make([]byte, before), b...)
		got, err := readTable(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("not called damaged: %v", err)
			}
			return
		}
		var at, offset int64
		for i, x := range got {
			if x.at != at || x.offset != offset || x.size <= 0 || x.length <= 0 || x.length > maxFrame {
				t.Fatalf("frame %d is %+v", i, x)
			}
			at, offset = at+x.size, offset+x.length
		}
		again := got.encode()
		if at+int64(len(again)) != int64(len(file)) {
			t.Fatal("the table does not account for the whole file")
		}
	})
}
