package index_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/index"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

func generated(n int) []event.Record {
	return slices.Collect(enginetest.Generate(1, n, enginetest.Options{Numbered: true, ClockSteps: true}))
}

// same fails unless the index has exactly the ledger's records.
func same(t *testing.T, x query.Engine, l *ledger) {
	t.Helper()
	got, err := keys(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(l.stored) {
		t.Fatalf("%d records, want %d", len(got), len(l.stored))
	}
	slices.SortFunc(got, func(a, b query.Key) int { return int(int64(a.Seq - b.Seq)) })
	for i := range got {
		if got[i].Seq != l.stored[i].Record.Seq {
			t.Fatalf("record %d is number %d, want %d", i, got[i].Seq, l.stored[i].Record.Seq)
		}
	}
}

// A writer that ends anywhere goes on behind its cursor, and has every record once.
func TestRestart(t *testing.T) {
	l := newLedger(generated(20_000))
	p := path(t)
	r := rand.New(rand.NewPCG(1, 2))
	model := enginetest.NewModel()
	for done := 0; done < len(l.stored); {
		x := open(t, p, l, nil)
		c, err := x.Cursor(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rest := l.behind(c)
		n := min(len(rest), 1+r.IntN(7000))
		for from := 0; from < n; {
			k := min(n-from, 1+r.IntN(900))
			if err := x.Put(t.Context(), rest[from:from+k]); err != nil {
				t.Fatal(err)
			}
			from += k
		}
		for ; done < len(l.stored)-len(rest)+n; done++ {
			model.Add(*l.stored[done].Record)
		}
		compareSums(t, x, model)
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	x := open(t, p, l, nil)
	fill(t, x, l, 500)
	same(t, x, l)
	compareSums(t, x, model)
}

// compareSums compares what is kept beside the rows: the sessions.
func compareSums(t *testing.T, x, model query.Engine) {
	t.Helper()
	q := query.SessionsQuery{Page: query.Page{Limit: query.MaxLimit}}
	got, err := x.Sessions(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	want, err := model.Sessions(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Sessions) != len(want.Sessions) {
		t.Fatalf("%d sessions, want %d", len(got.Sessions), len(want.Sessions))
	}
	for i, g := range got.Sessions {
		w := want.Sessions[i]
		if !g.Start.Equal(w.Start) || !g.End.Equal(w.End) {
			t.Fatalf("session %s is from %s to %s, want %s to %s", g.ID, g.Start, g.End, w.Start, w.End)
		}
		g.Start, g.End = w.Start, w.End
		if g != w {
			t.Fatalf("session\n%+v, want\n%+v", g, w)
		}
	}
}

func TestPutAgain(t *testing.T) {
	l := newLedger(generated(6000))
	x := open(t, path(t), l, nil)
	fill(t, x, l, 1000)
	if err := x.Put(t.Context(), l.stored[3000:5000]); err != nil {
		t.Fatal(err)
	}
	same(t, x, l)
}

func TestReset(t *testing.T) {
	l := newLedger(generated(6000))
	x := open(t, path(t), l, nil)
	fill(t, x, l, 1000)
	if err := x.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := x.Stats(); s.Records != 0 || s.Seen.Seq != 0 {
		t.Errorf("%+v after a reset", s)
	}
	fill(t, x, l, 1000)
	same(t, x, l)
}

func TestOneProcessAtATime(t *testing.T) {
	l := newLedger(nil)
	p := path(t)
	open(t, p, l, nil)
	if _, err := index.Open(t.Context(), p, index.Options{Lines: l}); !strings.Contains(err.Error(), index.ErrLocked.Error()) {
		t.Errorf("opened twice: %v", err)
	}
}

// Whatever happens to the file, it is told, and an answer is never wrong.
func TestDamage(t *testing.T) {
	l := newLedger(generated(9000))
	p := path(t)
	x := open(t, p, l, nil)
	fill(t, x, l, 1000)
	want := answers(t, x)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	noise := func(at, n int) func([]byte) []byte {
		return func(b []byte) []byte {
			for i := at; i < min(at+n, len(b)); i++ {
				b[i] = byte(r.Uint32())
			}
			return b
		}
	}
	cases := map[string]func([]byte) []byte{
		"empty":          func([]byte) []byte { return nil },
		"no database":    func([]byte) []byte { return []byte(strings.Repeat("not a database\n", 1000)) },
		"cut in half":    func(b []byte) []byte { return b[:len(b)/2] },
		"cut by a byte":  func(b []byte) []byte { return b[:len(b)-1] },
		"noise in front": noise(0, 100),
		"all noise":      noise(0, 1<<30),
	}
	for range 25 {
		at := r.IntN(len(whole))
		cases["noise at "+string(rune('A'+len(cases)%26))+" "+strings.Repeat("x", len(cases)/26)] = noise(at, 1+r.IntN(5000))
	}
	for name, harm := range cases {
		t.Run(name, func(t *testing.T) {
			p := path(t)
			if err := os.MkdirAll(strings.TrimSuffix(p, "/index.db"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, harm(slices.Clone(whole)), 0o600); err != nil {
				t.Fatal(err)
			}
			told := 0
			x := open(t, p, l, func(error) { told++ })
			fillHealing(t, x, l)
			for i, ask := range questions(x) {
				got, err := ask(t)
				if err == nil && got != want[i] {
					t.Errorf("question %d: %.200s, want %.200s", i, got, want[i])
				}
				if err != nil && told == 0 {
					t.Errorf("question %d failed, and nobody was told: %v", i, err)
				}
			}
			if _, err := x.Heal(t.Context()); err != nil {
				t.Fatal(err)
			}
			fillHealing(t, x, l)
			if got := answers(t, x); !slices.Equal(got, want) {
				t.Error("not the same answers after it was healed")
			}
		})
	}
}

// fillHealing fills an index that may be begun anew while it is filled.
func fillHealing(t *testing.T, x *index.Index, l *ledger) {
	t.Helper()
	for range 3 {
		c, err := x.Cursor(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err = x.Put(t.Context(), l.behind(c)); err == nil {
			return
		}
		t.Log(err)
	}
	t.Fatal("not filled in three attempts")
}

// answers are what an index says to some questions that read all of its tables.
func answers(t *testing.T, x *index.Index) (list []string) {
	t.Helper()
	for _, ask := range questions(x) {
		a, err := ask(t)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

func TestFileModes(t *testing.T) {
	l := newLedger(generated(9000))
	p := path(t)
	x := open(t, p, l, nil)
	fill(t, x, l, 1000)
	for _, name := range []string{p, p + "-wal", p + "-shm", p + ".lock"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

// What retention removed is not told any more, nor counted.
func TestRetention(t *testing.T) {
	records := generated(9000)
	keep := records[6000].Seq
	last := records[len(records)-1]
	end := last
	end.Seq, end.Timestamp = last.Seq+1, last.Timestamp.Add(1)
	end.EventType, end.HookEvent, end.SessionID, end.ToolUseID = event.Retention, "", "", ""
	end.Retention = &event.Point{Seq: keep - 1}
	l := newLedger(append(records, end))
	p := path(t)
	x := open(t, p, l, nil)
	fill(t, x, l, 1000)
	want := int64(len(l.stored) - 6000)
	for _, reopened := range []bool{false, true} {
		if reopened {
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			x = open(t, p, l, nil)
			fill(t, x, l, 1000)
		}
		got, err := keys(t.Context(), x)
		if err != nil || int64(len(got)) != want || x.Stats().Records != want {
			t.Errorf("%d records listed, %d counted, want %d (%v)", len(got), x.Stats().Records, want, err)
		}
		if len(got) > 0 && got[0].Seq < keep {
			t.Errorf("record %d is still there", got[0].Seq)
		}
	}
}

// An index of another version is brought up, made again or refused, never misread.
func TestVersions(t *testing.T) {
	for version, want := range map[int]string{1_000_000: "use the newer program", -1: ""} {
		l := newLedger(generated(6000))
		p := path(t)
		x := open(t, p, l, nil)
		fill(t, x, l, 1000)
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		setVersion(t, p, version)
		told := 0
		x, err := index.Open(t.Context(), p, index.Options{Lines: l, Damaged: func(error) { told++ }})
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("version %d: %v", version, err)
			}
			continue
		}
		if err != nil || told != 1 || x.Stats().Records != 0 {
			t.Fatalf("version %d: %v, told %d times", version, err, told)
		}
		fill(t, x, l, 1000)
		same(t, x, l)
		_ = x.Close()
	}
}

func setVersion(t *testing.T, path string, version int) {
	t.Helper()
	db, err := index.Connect(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec("PRAGMA user_version=" + strconv.Itoa(version)); err != nil {
		t.Fatal(err)
	}
}
