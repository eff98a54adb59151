package shell

import (
	"slices"
	"strconv"

	"mvdan.cc/sh/v3/syntax"
)

// braces expands {a,b} and {1..3} to words without them.
func (r *run) braces(w *syntax.Word) []*syntax.Word {
	split := &syntax.Word{Parts: slices.Clone(w.Parts)} // SplitBraces changes its word
	if !syntax.SplitBraces(split) {
		return []*syntax.Word{w}
	}
	words := expandBraces(split)
	if len(words) > maxWords {
		r.undecided("too many braces")
		return []*syntax.Word{w}
	}
	return words
}

// expandBraces gives up, with more than maxWords words, as soon as there would be more than that.
func expandBraces(w *syntax.Word) []*syntax.Word {
	words := []*syntax.Word{{}}
	for _, part := range w.Parts {
		choices := []*syntax.Word{{Parts: []syntax.WordPart{part}}}
		if b, ok := part.(*syntax.BraceExp); ok {
			choices = elements(b)
		}
		if len(words)*len(choices) > maxWords {
			return make([]*syntax.Word, maxWords+1)
		}
		next := make([]*syntax.Word, 0, len(words)*len(choices))
		for _, have := range words {
			for _, c := range choices {
				if c == nil {
					return make([]*syntax.Word, maxWords+1)
				}
				next = append(next, &syntax.Word{Parts: slices.Concat(have.Parts, c.Parts)})
			}
		}
		words = next
	}
	return words
}

func elements(b *syntax.BraceExp) []*syntax.Word {
	if b.Sequence {
		return sequence(b)
	}
	var words []*syntax.Word
	for _, e := range b.Elems {
		words = append(words, expandBraces(e)...)
	}
	return words
}

// sequence gives the numbers or letters of {from..to}; of long ones the ends, since numbers and letters
// alone lead nowhere.
func sequence(b *syntax.BraceExp) []*syntax.Word {
	from, to := b.Elems[0].Lit(), b.Elems[1].Lit()
	lo, err1 := strconv.Atoi(from)
	hi, err2 := strconv.Atoi(to)
	words := []*syntax.Word{b.Elems[0]}
	if err1 == nil && err2 == nil && hi > lo && hi-lo < maxAlts {
		for n := lo + 1; n < hi; n++ {
			words = append(words, litWord(strconv.Itoa(n)))
		}
	}
	if err1 != nil && len(from) == 1 && len(to) == 1 && to[0] > from[0] && to[0]-from[0] < 2*maxAlts {
		for c := from[0] + 1; c < to[0]; c++ {
			words = append(words, litWord(string(rune(c))))
		}
	}
	return append(words, b.Elems[1])
}

func litWord(text string) *syntax.Word {
	return &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: text}}}
}
