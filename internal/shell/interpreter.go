package shell

import (
	"strings"
)

func (r *run) interpreter(s *state, name string, args []arg, in input) bool {
	code, module := interpreterOptions(name)
	if code == "" {
		return false
	}
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a.text == "-":
			r.undecided(name + " reads its input")
			r.operands(s, grammar{}, args[i+1:])
			return true
		case a.open || !strings.HasPrefix(a.text, "-"):
			r.scriptFile(s, name, a, in)
			r.operands(s, grammar{}, args[i+1:])
			return true
		case codeOption(a.text, code) != "":
			r.undecided(name + " " + codeOption(a.text, code))
			rest := args[i+1:]
			if len(a.text) == 2 || name == "perl" || strings.HasPrefix(a.text, "--") && !strings.Contains(a.text, "=") {
				rest = rest[min(1, len(rest)):]
			}
			r.operands(s, grammar{}, rest)
			return true
		case a.text == module:
			r.operands(s, grammar{}, args[min(i+2, len(args)):])
			return true
		case listed("-W -X -r --require -I", a.text) && i+1 < len(args):
			i++
			r.use(s, args[i], false, true)
		default:
			r.operands(s, grammar{}, args[i:i+1])
		}
	}
	if in.kind == fromPipe || in.kind == fromText {
		r.undecided(name + " reads its input")
	}
	return true
}

func interpreterOptions(name string) (code, module string) {
	base := strings.TrimRight(name, "0123456789.")
	switch base {
	case "python", "pypy":
		return "c", "-m"
	case "perl":
		return "e E", ""
	case "ruby", "lua", "luajit", "julia", "elixir", "Rscript", "groovy", "scala":
		return "e", ""
	case "node", "nodejs", "bun":
		return "e p --eval --print", ""
	case "php":
		return "r B R E", ""
	}
	return "", ""
}

func codeOption(word, code string) string {
	if strings.HasPrefix(word, "--") {
		if flag, _, _ := strings.Cut(word, "="); listed(code, flag) {
			return flag
		}
		return ""
	}
	for i := 1; i < len(word) && isLetter(word[i]); i++ {
		if listed(code, word[i:i+1]) {
			return "-" + word[i:i+1]
		}
		if strings.IndexByte("IMrXW", word[i]) >= 0 {
			return "" // the rest is its value
		}
	}
	return ""
}
