package shell

import (
	"strings"
)

func (r *run) builtin(s *state, name string, args []arg, in input) (out []field, done bool) {
	switch name {
	case "cd", "pushd":
		r.cd(s, name, args)
	case "popd":
		r.popd(s)
	case "pwd":
		return s.cwd, true
	case "cat":
		if len(args) == 0 {
			return in.text, true
		}
		return nil, false
	case "echo":
		return echoed(args), true
	case "printf":
		return r.printf(s, args), true
	case "dirname", "basename":
		return stripped(name, args), true
	case "date", "id", "whoami", "uname", "hostname", "nproc", "arch", "seq", "uuidgen":
		return oneWord(args), true
	case "mktemp":
		return r.mktemp(s, args), true
	case "exit", "return", "break", "continue":
		s.dead = true
	case "test", "[":
		r.testCommand(s, args)
	case "read", "mapfile", "readarray", "getopts", "unset":
		for _, a := range args {
			if a.open {
				r.undecided(a.why)
			}
			if isName(a.text) {
				s.lose(a.text)
			}
		}
	case "export", "declare", "local", "readonly", "typeset":
		r.exported(s, args)
	case "set":
		r.setParameters(s, args)
	case "shift":
		s.args, s.bound = s.args[min(1, len(s.args)):], s.bound && len(args) == 0
	case "alias":
		for _, a := range args {
			before, _, _ := strings.Cut(a.text, "=")
			s.alias[before] = true
		}
	case "eval":
		return r.eval(s, args, in), true
	case "trap":
		if len(args) > 1 && args[0].text != "-" {
			r.nested(r.fork(s), args[0].field, "trap", in)
		}
	default:
		return nil, false
	}
	return nil, true
}

func isName(text string) bool {
	for i := range len(text) {
		if !isNameByte(text[i]) {
			return false
		}
	}
	return text != "" && !isDigit(text[0])
}

func (r *run) exported(s *state, args []arg) {
	for _, a := range args {
		if name, text, ok := strings.Cut(a.text, "="); ok && isName(name) {
			s.set(name, value{fields: []field{{text, a.open, a.why}}})
		}
	}
}

func (r *run) setParameters(s *state, args []arg) {
	for i, a := range args {
		switch {
		case a.open:
			s.args, s.bound = nil, false
			return
		case a.text == "--":
			r.bind(s, args[i+1:])
			return
		case !strings.HasPrefix(a.text, "-") && !strings.HasPrefix(a.text, "+"):
			if i > 0 && strings.HasSuffix(args[i-1].text, "o") {
				continue // set -o pipefail
			}
			r.bind(s, args[i:])
			return
		}
	}
}
