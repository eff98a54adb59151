package privacy

// class is a set of ASCII characters.
type class struct{ low, high uint64 }

const (
	digitBits = 0x3ff << '0'
	upperBits = 0x3ffffff << ('A' - 64)
	lowerBits = 0x3ffffff << ('a' - 64)
	dash      = 1 << '-'
	dot       = 1 << '.'
	under     = 1 << ('_' - 64)
)

var (
	digits      = class{digitBits, 0}
	letters     = class{0, upperBits | lowerBits}
	alnum       = class{digitBits, upperBits | lowerBits}
	word        = class{digitBits | dash, upperBits | lowerBits | under} // also base64url
	dotted      = class{digitBits | dash | dot, upperBits | lowerBits | under}
	base64      = class{digitBits | 1<<'+' | 1<<'/', upperBits | lowerBits}
	bearer      = class{digitBits | dash | dot | 1<<'+' | 1<<'/' | 1<<'=', upperBits | lowerBits | under | 1<<('~'-64)}
	hexDigits   = class{digitBits, 0x3f<<('a'-64) | 0x3f<<('A'-64)}
	upperAlnum  = class{digitBits, upperBits}
	azureBody   = class{digitBits | dash | dot, upperBits | lowerBits | under | 1<<('~'-64)}
	commandName = class{digitBits | dash | dot | 1<<':', upperBits | lowerBits | under}
	flagName    = class{digitBits | dash, lowerBits}
	space       = class{1<<' ' | 1<<'\t' | 1<<'\n' | 1<<'\r' | 1<<'\v' | 1<<'\f', 0}
	blank       = class{1<<' ' | 1<<'\t', 0}
	quote       = class{1<<'"' | 1<<'\'', 1 << ('`' - 64)}
)

func (c class) has(b byte) bool {
	if b < 64 {
		return c.low>>b&1 != 0
	}
	return b < 128 && c.high>>(b-64)&1 != 0
}

// run returns how many bytes at the beginning of s are in c.
func (c class) run(s string) int {
	n := 0
	for n < len(s) && c.has(s[n]) {
		n++
	}
	return n
}
