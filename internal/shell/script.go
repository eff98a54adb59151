package shell

import (
	"strings"
)

// nested walks a script that is a value.
func (r *run) nested(s *state, script field, what string, in input) []field {
	if script.open {
		r.undecided(what)
		return nil
	}
	if !r.spend(1+len(script.text)/64) || !r.enter() {
		return nil
	}
	defer r.leave()
	if nestsTooDeep(script.text) {
		r.undecided("nested too deeply")
		return nil
	}
	outer := r.src
	r.src = script.text
	stmts, ok := parse(script.text)
	out := r.list(s, stmts, in)
	r.src = outer
	if !ok {
		r.undecided(what + " " + notParsed)
	}
	return out
}

// eval runs its operands in this very shell.
func (r *run) eval(s *state, args []arg, in input) []field {
	if len(args) > 0 && args[0].text == "--" {
		args = args[1:]
	}
	all := partial{started: true}
	for i, a := range args {
		if a.open {
			r.undecided("eval")
			return nil
		}
		if i > 0 {
			all.cur.text += " "
		}
		all = all.with(piece{fields: []field{a.field}})
	}
	return r.nested(s, all.cur, "eval", in)
}

// script handles what runs code: shells, source and interpreters. It reports whether name is one.
func (r *run) script(s *state, name string, args []arg, in input) bool {
	switch name {
	case "sh", "bash", "dash", "zsh", "ksh", "ash", "mksh", "rbash":
		r.shell(s, name, args, in)
	case "su", "runuser":
		r.substituteUser(s, name, args, in)
	case "source", ".":
		r.sourced(s, name, args, in)
	case "flock":
		r.flock(s, args, in)
	case "fish", "pwsh", "powershell", "tclsh", "expect", "osascript":
		r.undecided(name)
		r.operands(s, grammar{}, args)
	default:
		return r.interpreter(s, name, args, in)
	}
	return true
}

// shell is `bash -c '…' [name args]`, `bash file args` or `bash` with a script on its input.
func (r *run) shell(s *state, name string, args []arg, in input) {
	code := false
	for len(args) > 0 && len(args[0].text) > 1 && (args[0].text[0] == '-' || args[0].text[0] == '+') {
		opt := args[0]
		args = args[1:]
		if opt.text == "--" {
			break
		}
		if opt.open {
			r.undecided(name + " " + opt.why)
		}
		long := strings.HasPrefix(opt.text, "--")
		code = code || !long && strings.Contains(opt.text, "c")
		if opt.text == "-s" {
			r.input(s, name, in)
			return
		}
		takes := listed("--rcfile --init-file", opt.text) || !long && strings.HasSuffix(strings.ToLower(opt.text), "o")
		if takes && len(args) > 0 {
			if long {
				r.use(s, args[0], false, false)
			}
			args = args[1:]
		}
	}
	switch {
	case code && len(args) > 0:
		sub := r.fork(s)
		r.bind(sub, args[min(2, len(args)):])
		if len(args) > 1 {
			sub.set("0", value{fields: []field{args[1].field}})
		}
		r.nested(sub, args[0].field, name+" -c", in)
	case code:
	case len(args) == 0 || args[0].text == "-":
		r.input(s, name, in)
	default:
		r.scriptFile(s, name, args[0], in)
		r.operands(s, grammar{}, args[1:])
	}
}

// scriptFile is the file operand of a shell or interpreter, which may be a stream.
func (r *run) scriptFile(s *state, name string, file arg, in input) {
	if file.text == procSubst {
		r.undecided(name + " reads a substitution")
		return
	}
	if listed("/dev/stdin /dev/fd/0 /proc/self/fd/0", file.text) {
		r.input(s, name, in)
		return
	}
	r.use(s, file, false, false)
}

// input walks the script a shell reads from its standard input.
func (r *run) input(s *state, name string, in input) {
	switch in.kind {
	case fromText, fromPipe:
		if in.text == nil {
			r.undecided(name + " reads a pipe")
		}
		for _, script := range in.text {
			r.nested(r.fork(s), script, name+" reads its script", input{})
		}
	}
}

func (r *run) sourced(s *state, name string, args []arg, in input) {
	if len(args) == 0 {
		return
	}
	if listed("/dev/stdin /dev/fd/0", args[0].text) && in.kind == fromText {
		for _, script := range in.text {
			r.nested(s, script, name, input{})
		}
		return
	}
	r.scriptFile(s, name, args[0], in)
}

// substituteUser is `su [user] -c '…'`.
func (r *run) substituteUser(s *state, name string, args []arg, in input) {
	for i, a := range args {
		if a.text == "-c" && i+1 < len(args) {
			r.nested(r.fork(s), args[i+1].field, name+" -c", in)
			return
		}
	}
}

// flock is `flock file command…` or `flock file -c '…'`.
func (r *run) flock(s *state, args []arg, in input) {
	args = r.wrapperOptions(s, "flock", wrapper{valued: "-w -E --timeout --conflict-exit-code"}, args)
	if len(args) == 0 {
		return
	}
	if _, ok := smallNumber(args[0].text); !ok {
		r.use(s, args[0], true, false)
	}
	if args = args[1:]; len(args) > 1 && args[0].text == "-c" {
		r.nested(r.fork(s), args[1].field, "flock -c", in)
		return
	}
	r.dispatch(s, args, in)
}

// interpreter is python, perl and the like: code in an option or on the input is beyond a shell's parser.
// interpreterOptions gives the letters and long options that take code, and the one that takes a module.
// codeOption is the option in a word, such as -ne, that takes code, or "".
