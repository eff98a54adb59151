package doctor

import (
	"fmt"

	"mvdan.cc/sh/v3/syntax"
)

// Quote makes one word of a shell's command line, fit to be shown and typed.
func Quote(word string) string {
	quoted, err := syntax.Quote(word, syntax.LangBash)
	if err != nil { // a NUL byte, which no path has
		return fmt.Sprintf("%q", word)
	}
	return quoted
}
