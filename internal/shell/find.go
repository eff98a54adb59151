package shell

import "strings"

func (r *run) find(s *state, args []arg) {
	for len(args) > 0 && listed("-H -L -P -E -X -x", args[0].text) {
		args = args[1:]
	}
	n := 0
	for n < len(args) && !strings.HasPrefix(args[n].text, "-") && args[n].text != "(" && args[n].text != "!" {
		n++
	}
	starts, args := args[:n], args[n:]
	write := false
	for _, a := range args {
		write = write || a.text == "-delete"
	}
	for _, a := range starts {
		r.use(s, a, write, false)
	}
	for i := 0; i < len(args); i++ {
		switch opt := args[i].text; opt {
		case "-exec", "-execdir", "-ok", "-okdir":
			end := i + 1
			for end < len(args) && args[end].text != ";" && args[end].text != "+" {
				end++
			}
			r.dispatch(r.fork(s), found(args[i+1:end], starts), input{})
			i = end
		case "-newer", "-anewer", "-cnewer", "-samefile", "-fprint", "-fls", "-fprint0", "-fprintf", "-files0-from":
			if i++; i < len(args) {
				r.use(s, args[i], strings.HasPrefix(opt, "-f") && opt != "-files0-from", false)
			}
		default:
			// Behind a predicate it is a pattern or a number; alone it may be anything, -exec too.
			if args[i].open && (i == 0 || !strings.HasPrefix(args[i-1].text, "-")) {
				r.undecided(args[i].why)
			}
		}
	}
}

func found(argv, starts []arg) []arg {
	var out []arg
	for _, a := range argv {
		switch {
		case a.text == "{}":
			out = append(out, starts...)
		case strings.Contains(a.text, "{}") && len(starts) > 0:
			a.text = strings.ReplaceAll(a.text, "{}", starts[0].text)
			out = append(out, a)
		default:
			out = append(out, a)
		}
	}
	return out
}

func (r *run) fd(s *state, args []arg) {
	for i, a := range args {
		if listed("-x -X --exec --exec-batch", a.text) {
			r.operands(s, grammarOf("fd"), args[:i])
			var starts []arg
			if i > 1 {
				starts = args[1:i]
			}
			r.dispatch(r.fork(s), found(args[i+1:], starts), input{})
			return
		}
	}
	r.operands(s, grammarOf("fd"), args)
}
