package journal

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
)

func BenchmarkVerify(b *testing.B) {
	j := newBench(b)
	text := `"raw_input":{"x":"` + strings.Repeat("y", 1000) + `"}`
	w := New(j.data, j.opts)
	for range 100 {
		if _, err := w.append(many(text, 500)); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(j.active())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("verify", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			r, err := Verify(context.Background(), j.data, VerifyOptions{})
			if err != nil || !r.Intact() {
				b.Fatal(r, err)
			}
		}
	})
	// What any check of hashes costs at least: one SHA-256 over the file.
	b.Run("sha256-of-the-file", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			f, err := os.Open(j.active())
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(sha256.New(), f); err != nil {
				b.Fatal(err)
			}
			_ = f.Close()
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for name, d := range map[string]Durability{"os": OS, "fsync": Fsync} {
		b.Run(name, func(b *testing.B) {
			j := newBench(b)
			j.opts.Durability = d
			w := New(j.data, j.opts)
			e := NewEntry(nil, []byte(`"raw_input":"`+strings.Repeat("y", 1000)+`"`))
			for b.Loop() {
				if _, err := w.Append(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// many appends n records in one session, to fill a journal fast.
func many(rest string, n int) func(*session) (event.Chain, Entry, error) {
	return func(s *session) (event.Chain, Entry, error) {
		e := NewEntry(nil, []byte(rest))
		for range n - 1 {
			s.add(event.Chain{}, e)
		}
		return event.Chain{}, e, nil
	}
}
