package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// forgery changes a journal of 60 records in several segments. Lines and
// segments are counted from 0.
type forgery struct {
	name   string
	change func(*bench)
	want   []string // kind, record and line of each fault: "edited 5 @5"
	noted  bool     // hold it against a head noted before the change
}

func (b *bench) change(segment int, change func(lines [][]byte) [][]byte) {
	b.t.Helper()
	segments, err := Segments(b.data)
	if err != nil {
		b.t.Fatal(err)
	}
	b.edit(segments[segment].Path, func(text []byte) []byte {
		lines := bytes.SplitAfter(text, []byte{'\n'})
		return bytes.Join(change(lines[:len(lines)-1]), nil)
	})
}

func with(line []byte, old, to string) []byte {
	return bytes.Replace(bytes.Clone(line), []byte(old), []byte(to), 1)
}

// rechain makes lines a whole chain again behind prev.
func rechain(lines [][]byte, prev Hash) [][]byte {
	for i, line := range lines {
		h, _ := parseHeader(bytes.TrimSuffix(line, []byte{'\n'}))
		lines[i] = with(line, h.prev.String(), prev.String())
		prev = HashLine(bytes.TrimSuffix(lines[i], []byte{'\n'}))
	}
	return lines
}

func forgeries() []forgery {
	swap := func(b *bench, i, j int) {
		segments, _ := Segments(b.data)
		a, _ := os.ReadFile(segments[i].Path)
		c, _ := os.ReadFile(segments[j].Path)
		_ = os.WriteFile(segments[i].Path, c, 0o600)
		_ = os.WriteFile(segments[j].Path, a, 0o600)
	}
	return []forgery{
		{name: "nothing"},
		{name: "edit a record", want: []string{"edited 5 @5"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { l[4] = with(l[4], "session", "SESSION"); return l })
		}},
		{name: "edit a record to another length", want: []string{"edited 5 @5"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { l[4] = with(l[4], "session-3", ""); return l })
		}},
		{name: "edit the first record", want: []string{"edited 1 @1"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { l[0] = with(l[0], "journal_start", "journal_STart"); return l })
		}},
		{name: "edit the last record", want: []string{"edited 61 @1"}, change: func(b *bench) {
			b.change(6, func(l [][]byte) [][]byte {
				l[len(l)-1] = with(l[len(l)-1], "session", "SESSION")
				return l
			})
		}},
		{name: "edit a record's prev", want: []string{"edited 5 @5"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				h, _ := parseHeader(l[4][:len(l[4])-1])
				l[4] = with(l[4], h.prev.String(), strings.Repeat("a", 64))
				return l
			})
		}},
		{name: "edit a record beyond recognition", want: []string{"edited 5 @5"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { l[4] = []byte("nothing to see here\n"); return l })
		}},
		{name: "edit a record into invalid JSON", want: []string{"edited 5 @5"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { l[4] = with(l[4], `"level":`, `"level"`); return l })
		}},
		{name: "edit two records", want: []string{"edited 3 @3", "edited 7 @7"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				l[2], l[6] = with(l[2], "session", "SESSION"), with(l[6], "session", "SESSION")
				return l
			})
		}},
		{name: "edit the last record of a segment", want: []string{"edited 10 @10"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { l[9] = with(l[9], "session", "SESSION"); return l })
		}},
		{name: "delete a record", want: []string{"missing 5 @5"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { return append(l[:4], l[5:]...) })
		}},
		{name: "delete three records", want: []string{"missing 5-7 @5"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { return append(l[:4], l[7:]...) })
		}},
		{name: "delete the first record", want: []string{"reordered 2 @1", "missing 1 @1"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { return l[1:] })
		}},
		{name: "insert a well-chained record", want: []string{"inserted 6 @6"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				forged := with(l[5], "session-4", "session-forged")
				return append(l[:5], append([][]byte{forged}, l[5:]...)...)
			})
		}},
		{name: "insert two records", want: []string{"inserted 6-7 @7"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				forged := [][]byte{with(l[5], "session-4", "a"), with(l[6], "session-5", "b")}
				forged = rechain(forged, HashLine(l[4][:len(l[4])-1]))
				return append(l[:5], append(forged, l[5:]...)...)
			})
		}},
		{name: "insert a record behind its namesake", want: []string{"inserted 6 @7"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				forged := with(l[5], "session-4", "session-forged")
				return append(l[:6], append([][]byte{forged}, l[6:]...)...)
			})
		}},
		{name: "insert a line of text", want: []string{"inserted 0 @6"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				return append(l[:5], append([][]byte{[]byte("hello\n")}, l[5:]...)...)
			})
		}},
		{name: "reorder two records", want: []string{"reordered 6 @5"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte { l[4], l[5] = l[5], l[4]; return l })
		}},
		{name: "move a record far", want: []string{"reordered 9-10 @8"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				moved := l[7]
				return append(append(append([][]byte{}, l[:7]...), l[8:]...), moved)
			})
		}},
		{name: "duplicate a record", want: []string{"duplicated 5 @6"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				return append(l[:5], append([][]byte{bytes.Clone(l[4])}, l[5:]...)...)
			})
		}},
		{name: "duplicate a record elsewhere", want: []string{"duplicated 2 @9"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				return append(l[:8], append([][]byte{bytes.Clone(l[1])}, l[8:]...)...)
			})
		}},
		{name: "duplicate three records", want: []string{"duplicated 3-5 @6"}, change: func(b *bench) {
			b.change(0, func(l [][]byte) [][]byte {
				return append(append(append([][]byte{}, l[:5]...), l[2:5]...), l[5:]...)
			})
		}},
		{name: "swap two segments", want: []string{"reordered 21 @1", "reordered 21-30 @1", "reordered 11 @1"}, change: func(b *bench) { swap(b, 1, 2) }},
		{name: "swap the first two segments", want: []string{"reordered 11 @1", "reordered 11-20 @1", "reordered 1 @1"}, change: func(b *bench) { swap(b, 0, 1) }},
		{name: "drop a segment", want: []string{"missing 21-30 @1"}, change: func(b *bench) {
			segments, _ := Segments(b.data)
			_ = os.Remove(segments[2].Path)
		}},
		{name: "drop the first segment", want: []string{"missing 1-10 @1"}, change: func(b *bench) {
			segments, _ := Segments(b.data)
			_ = os.Remove(segments[0].Path)
		}},
		{name: "copy a segment", want: []string{"reordered 11 @1", "duplicated 11-20 @1"}, change: func(b *bench) {
			segments, _ := Segments(b.data)
			text, _ := os.ReadFile(segments[1].Path)
			_ = os.WriteFile(segmentPath(LogsDir(b.data), 55), text, 0o600)
		}},
		{name: "CR LF", want: []string{"edited 0 @0"}, change: func(b *bench) {
			segments, _ := Segments(b.data)
			b.edit(segments[1].Path, func(t []byte) []byte { return bytes.ReplaceAll(t, []byte("\n"), []byte("\r\n")) })
		}},
		{name: "append garbage", want: []string{"inserted 0 @2"}, change: func(b *bench) {
			b.edit(b.active(), func(t []byte) []byte { return append(t, "garbage\n"...) })
		}},
		{name: "append garbage without a newline", want: []string{"inserted 0 @2"}, change: func(b *bench) {
			b.edit(b.active(), func(t []byte) []byte { return append(t, `{"seq":99999,"prev":"`...) })
		}},
		{name: "append garbage that a writer then finds", want: []string{"inserted 0 @2"}, change: func(b *bench) {
			b.edit(b.active(), func(t []byte) []byte { return append(t, "garbage"...) })
			b.opts.SegmentBytes = 0
			b.append(2)
		}},
		{name: "start anew behind the old chain", want: []string{"restarted 1 @1"}, change: func(b *bench) {
			other := newBench(b.t)
			other.append(3)
			text, _ := os.ReadFile(other.active())
			head, _ := os.ReadFile(headPath(LogsDir(other.data)))
			_ = os.Rename(b.active(), segmentPath(LogsDir(b.data), 61))
			_ = os.WriteFile(b.active(), text, 0o600)
			_ = os.WriteFile(headPath(LogsDir(b.data)), head, 0o600)
		}},
		{name: "remove everything, and a writer finds the head", want: []string{"cut 0 @1"}, change: func(b *bench) {
			segments, _ := Segments(b.data)
			for _, s := range segments {
				_ = os.Remove(s.Path)
			}
			b.append(2)
		}},
		{name: "cut the tail", noted: true, want: []string{"cut 60-61 @9", "cut 60-61 @9"}, change: func(b *bench) { cutTail(b) }},
		{name: "cut the tail, and a writer finds the head", want: []string{"cut 60-61 @10"}, change: func(b *bench) {
			cutTail(b)
			b.opts.SegmentBytes = 0
			b.append(5)
		}},
		{name: "cut the tail and the head", noted: true, want: []string{"cut 60-61 @9"}, change: func(b *bench) {
			cutTail(b)
			_ = os.Remove(headPath(LogsDir(b.data)))
		}},
		{name: "remove the active segment", noted: true, want: []string{"cut 61 @10", "cut 61 @10"}, change: func(b *bench) {
			_ = os.Remove(b.active())
		}},
		{name: "roll back to an old copy", noted: true, want: []string{"cut 32-61 @1"}, change: func(b *bench) {
			_ = os.RemoveAll(b.data)
			_ = os.CopyFS(b.data, os.DirFS(b.data+"-old"))
		}},
		{name: "rewrite the whole chain", noted: true, want: []string{"rewritten 61 @0"}, change: func(b *bench) {
			prev := Hash{}
			for i := range 7 {
				b.change(i, func(l [][]byte) [][]byte {
					l[0] = with(l[0], `"h"`, `"innocent"`)
					l = rechain(l, prev)
					prev = HashLine(l[len(l)-1][:len(l[len(l)-1])-1])
					return l
				})
			}
			_ = os.Remove(headPath(LogsDir(b.data)))
		}},
	}
}

// cutTail removes the active segment, of one record, and a record before it.
func cutTail(b *bench) {
	b.change(5, func(l [][]byte) [][]byte { return l[:len(l)-1] })
	segments, _ := Segments(b.data)
	_ = os.Remove(b.active())
	_ = os.Rename(segments[5].Path, b.active())
}

// sixty makes a journal of 61 records: six segments of ten and an active one.
func sixty(t *testing.T) *bench {
	b := newBench(t)
	for i := range 60 {
		b.opts.SegmentBytes = 0
		if i%10 == 9 { // record 11, 21, …
			b.opts.SegmentBytes = 1
		}
		if i == 30 {
			if err := os.CopyFS(b.data+"-old", os.DirFS(b.data)); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(b.data + "-old") })
		}
		if _, err := New(b.data, b.opts).Append(entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	segments, _ := Segments(b.data)
	for i, s := range segments {
		if h, _ := Opener(nil).firstHeader(s.Path); h.seq != uint64(10*i+1) {
			t.Fatalf("segment %d begins with record %d", i, h.seq)
		}
	}
	return b
}

func TestForgeries(t *testing.T) {
	for _, f := range forgeries() {
		t.Run(f.name, func(t *testing.T) {
			b := sixty(t)
			var noted []Noted
			if f.noted {
				n, err := ParseNoted(b.verify().Head)
				if err != nil {
					t.Fatal(err)
				}
				noted = append(noted, n)
			}
			if f.change != nil {
				f.change(b)
			}
			r := b.verify(noted...)
			var got []string
			for _, f := range r.Faults {
				last := ""
				if f.Last > f.Seq {
					last = fmt.Sprintf("-%d", f.Last)
				}
				got = append(got, fmt.Sprintf("%s %d%s @%d", f.Kind, f.Seq, last, f.Line))
				t.Log(f.String())
				if f.Line > 0 && filepath.Ext(f.File) != ".jsonl" {
					t.Errorf("fault without a file: %+v", f)
				}
			}
			if strings.Join(got, ", ") != strings.Join(f.want, ", ") {
				t.Errorf("got  %q\nwant %q", got, f.want)
			}
			if r.Intact() != (len(f.want) == 0) {
				t.Errorf("intact: %v", r.Intact())
			}
		})
	}
}

// Whatever crashes, rotations and clocks do, an honest journal is never called forged.
func TestHonestJournalsAreNeverCalledForged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t)
		b.opts.SegmentBytes = int64(rapid.IntRange(500, 5000).Draw(rt, "segment"))
		if rapid.Bool().Draw(rt, "begun") {
			b.append(1)
		}
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			switch rapid.IntRange(0, 6).Draw(rt, "step") {
			case 0, 1:
				b.append(rapid.IntRange(1, 5).Draw(rt, "n"))
			case 2: // killed in the middle of a write
				n := rapid.IntRange(1, 600).Draw(rt, "written")
				j := b.opts
				j.Write = func(f *os.File, text []byte) (int, error) {
					_, _ = f.Write(text[:min(n, len(text))])
					panic("killed")
				}
				killed(func() { _, _ = New(b.data, j).Append(entry(7)) })
			case 3: // the head was not written, or only half
				path := headPath(LogsDir(b.data))
				_ = os.Truncate(path, int64(rapid.IntRange(0, 300).Draw(rt, "head")))
			case 4:
				b.now = b.now.Add(-1 * rapid.SampledFrom([]timeStep{1, 1000, 1 << 40}).Draw(rt, "back").duration())
			case 5:
				b.now = b.now.AddDate(0, 0, 1)
			case 6:
				_ = New(b.data, b.opts).spool(entry(3))
			}
			for _, f := range b.verify().Faults {
				if f.Tampering() {
					rt.Fatalf("called forged: %s", f.String())
				}
			}
		}
		b.append(1)
		last := b.verify().Last
		if n := countRecords(b); n != last {
			rt.Fatalf("%d records, the last is %d", n, last)
		}
	})
}

func countRecords(b *bench) (n uint64) {
	for _, line := range b.lines() {
		if complete(bytes.TrimSuffix(line, []byte{'\n'})) {
			n++
		}
	}
	return n
}

func killed(f func()) {
	defer func() { _ = recover() }()
	f()
}

func FuzzVerify(f *testing.F) {
	b := newBench(f)
	b.append(4)
	text, err := os.ReadFile(b.active())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, []byte{})
	f.Add(text[:len(text)/2], text)
	f.Add([]byte("{\"seq\":1,\"prev\":\"\n\x00\x00"), []byte("\r\n\n\n"))
	f.Fuzz(func(t *testing.T, older, active []byte) {
		b := newBench(t)
		if err := os.MkdirAll(LogsDir(b.data), 0o700); err != nil {
			t.Fatal(err)
		}
		_ = os.WriteFile(segmentPath(LogsDir(b.data), 1), older, 0o600)
		_ = os.WriteFile(b.active(), active, 0o600)
		before := b.verify()
		// Whatever is there, an append must succeed and chain to it.
		b.append(2)
		after := b.verify()
		if after.Records < before.Records+2 {
			t.Fatalf("%d records, then %d", before.Records, after.Records)
		}
		r := NewReader(b.data, nil)
		defer r.Close()
		for {
			if _, err := r.Next(); err != nil {
				break
			}
		}
	})
}

type timeStep int64

func (s timeStep) duration() (d time.Duration) { return time.Duration(s) }
