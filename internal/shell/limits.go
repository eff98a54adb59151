package shell

import "strings"

// Limits that bound an analysis. What goes over one is undecided.
const (
	maxSource    = 128 << 10 // bytes of a command: Linux takes no longer argument
	maxNesting   = 1000      // brackets and compound commands around each other, before parsing
	maxDepth     = 400       // statements, functions and scripts around each other, while walking
	maxSteps     = 30_000    // statements, words, copied variables, half-kilobytes of text
	maxUses      = 1000
	maxUndecided = 16
	maxReason    = 80
	maxNames     = 64
	maxWords     = 256      // words out of one word with braces or with variables of several values
	maxAlts      = 64       // values one variable may have at one place
	maxText      = 4096     // bytes of a variable; no path is longer
	maxWord      = 64 << 10 // bytes of a word, which may be a script
)

// nestsTooDeep guards the parser, which recurses once for each level. It counts what opens a level and is
// not closed, quotes or no quotes, so that it errs only on text no person writes.
func nestsTooDeep(src string) bool {
	level, prefixes := 0, 0
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '(' || c == '{' || c == '[':
			level++
		case c == ')' || c == '}' || c == ']':
			level = max(0, level-1)
		case c == '!' || c == '~' || c == '-' || c == '+' || c == '?' || c == '*':
			prefixes++ // unary and right-associative operators of arithmetic, and negation
		case c == ';' || c == '\n':
			prefixes = 0
		case isLetter(c) && (i == 0 || !isNameByte(src[i-1])):
			end := i + 1
			for end < len(src) && isNameByte(src[end]) {
				end++
			}
			level = max(0, level+keywordLevel(src[i:end]))
			if w := src[i:end]; w == "time" || w == "coproc" || w == "function" {
				prefixes++
			}
			i = end - 1
		}
		if level > maxNesting || prefixes > 8*maxNesting {
			return true
		}
	}
	return false
}

func keywordLevel(word string) int {
	switch word {
	case "if", "elif", "while", "until", "for", "case", "select":
		return 1
	case "fi", "done", "esac":
		return -1
	}
	return 0
}

func isLetter(c byte) bool   { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isNameByte(c byte) bool { return isLetter(c) || isDigit(c) }

// listed reports whether item is one of the space-separated words of list.
func listed(list, item string) bool {
	for item != "" && list != "" {
		word, rest, _ := strings.Cut(list, " ")
		if word == item {
			return true
		}
		list = rest
	}
	return false
}
