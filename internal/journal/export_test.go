package journal

import "testing"

// Forged hands out a journal for each forgery, with the heads noted before it.
func Forged(t *testing.T, each func(t *testing.T, data string, noted []Noted)) {
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
			each(t, b.data, noted)
		})
	}
}
