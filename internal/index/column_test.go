package index

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestColumnsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ints := rapid.SliceOfN(rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 300)), 1, 200).Draw(t, "ints")
		if got, err := decodeInts(encodeInts(ints), len(ints)); err != nil || !slices.Equal(got, ints) {
			t.Fatalf("%v, %v", got, err)
		}
		values := rapid.IntRange(1, 700).Draw(t, "values")
		codes := rapid.SliceOfN(rapid.Uint16Range(0, uint16(values-1)), 1, 300).Draw(t, "codes")
		d := dim{summary: summary{values: make([]uint32, values)}}
		if err := d.decodeCodes(encodeCodes(codes, values), len(codes), nil); err != nil {
			t.Fatal(err)
		}
		for i, c := range codes {
			if values > 1 && d.at(i) != c {
				t.Fatalf("row %d is %d, want %d", i, d.at(i), c)
			}
		}
		var rows []texts
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			var r texts
			for i := range r {
				r[i] = rapid.String().Draw(t, "text")
			}
			rows = append(rows, r)
		}
		if got, err := decodeTexts(string(encodeTexts(rows)), len(rows)); err != nil || !slices.Equal(got, rows) {
			t.Fatalf("%q, %v", got, err)
		}
		if a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b"); true {
			if x, y := unpair(pair(a, b)); x != a || y != b {
				t.Fatalf("%q and %q came back as %q and %q", a, b, x, y)
			}
		}
	})
}

func TestSealShowsNoise(t *testing.T) {
	whole := seal(7, []byte("a column"))
	if got, err := unseal("col", 7, whole); err != nil || string(got) != "a column" {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := unseal("col", 8, whole); !isDamage(err) {
		t.Errorf("taken for another's: %v", err)
	}
	for i := range whole {
		noisy := slices.Clone(whole)
		noisy[i] ^= 1
		if _, err := unseal("col", 7, noisy); !isDamage(err) {
			t.Errorf("noise in byte %d: %v", i, err)
		}
	}
	if _, err := unseal("col", 7, nil); !isDamage(err) {
		t.Errorf("nothing: %v", err)
	}
}

// FuzzDecode reads anything as each kind of blob: an error or rows, no panic, and
// no more memory than the blob has a right to.
func FuzzDecode(f *testing.F) {
	f.Add(encodeInts([]int64{1, 500, -3}), 3)
	f.Add((&summary{values: []uint32{1, 2}, records: []uint32{3, 4}, actions: []uint32{0, 1}}).encode(), 2)
	f.Add(encodeTexts([]texts{{"a", "b"}, {}}), 2)
	f.Fuzz(func(t *testing.T, b []byte, rows int) {
		if rows < 0 || rows > blockRows {
			return
		}
		if list, err := decodeInts(b, rows); err == nil && len(list) != rows {
			t.Errorf("%d numbers of %d", len(list), rows)
		}
		if list, err := decodeTexts(string(b), rows); err == nil && len(list) != rows {
			t.Errorf("%d rows of %d", len(list), rows)
		}
		s, err := decodeSummary(b)
		if err != nil || len(s.values) == 0 {
			return
		}
		d := dim{summary: s}
		if d.decodeCodes(b, rows, nil) == nil {
			for i := range rows {
				_ = d.at(i)
			}
		}
	})
}
