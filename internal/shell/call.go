package shell

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// call walks a simple command.
func (r *run) call(s *state, n *syntax.CallExpr, in input) []field {
	argv := r.words(s, n.Args)
	if len(argv) == 0 {
		for _, a := range n.Assigns {
			r.assign(s, a)
		}
		return nil
	}
	// Assignments before a command hold while it runs.
	saved := make(map[string]value, len(n.Assigns))
	missing := []string{}
	for _, a := range n.Assigns {
		if a.Name == nil {
			continue
		}
		name := a.Name.Value
		if v, ok := s.vars[name]; ok {
			saved[name] = v
		} else {
			missing = append(missing, name)
		}
		r.assign(s, a)
		if pathVariable(name) && a.Value != nil {
			for _, f := range s.vars[name].fields {
				r.use(s, arg{f, r.source(a)}, false, false)
			}
		}
	}
	out := r.dispatch(s, argv, in)
	for _, name := range missing {
		delete(s.vars, name)
	}
	for name, v := range saved {
		s.vars[name] = v
	}
	return out
}

// pathVariable names variables that make a command touch what they say.
func pathVariable(name string) bool {
	return listed("GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE BASH_ENV ENV LD_PRELOAD", name)
}

// dispatch walks a command whose words are expanded, taking off the wrappers around it one by one.
func (r *run) dispatch(s *state, argv []arg, in input) []field {
	if len(argv) == 0 || !r.spend(1) || !r.enter() {
		return nil
	}
	defer r.leave()
	if argv[0].open {
		r.undecided("command " + argv[0].why)
		r.operands(s, grammar{}, argv[1:])
		return nil
	}
	name := path.Base(argv[0].text)
	if strings.ContainsAny(name, "*?") {
		r.undecided("command " + name)
	}
	r.name(name)
	if fn, ok := s.funcs[argv[0].text]; ok {
		return r.function(s, fn, argv[1:], in)
	}
	if s.alias[argv[0].text] {
		r.undecided("alias " + argv[0].text)
	}
	args := argv[1:]
	if out, done := r.builtin(s, name, args, in); done {
		return out
	}
	if w, ok := wrapperOf(name); ok {
		return r.wrapped(s, name, w, args, in)
	}
	if r.script(s, name, args, in) || r.tool(s, name, args, in) {
		return nil
	}
	r.operands(s, grammarOf(name), args)
	return nil
}

func (r *run) name(name string) {
	if len(r.out.Names) >= maxNames || name == "" || len(name) > 64 {
		return
	}
	for i := range len(name) {
		if !isNameByte(name[i]) && strings.IndexByte("._+-[:", name[i]) < 0 {
			return
		}
	}
	for _, have := range r.out.Names {
		if have == name {
			return
		}
	}
	r.out.Names = append(r.out.Names, name)
}

// function walks a body with its parameters bound.
func (r *run) function(s *state, fn function, args []arg, in input) []field {
	outer, outerArgs, outerBound := r.src, s.args, s.bound
	r.src = fn.src
	r.bind(s, args)
	out := r.stmt(s, fn.body, in)
	r.src, s.args, s.bound, s.dead = outer, outerArgs, outerBound, false
	return out
}

func (r *run) bind(s *state, args []arg) {
	s.args, s.bound = nil, true
	for _, a := range args {
		s.args = append(s.args, a.field)
	}
}

// builtin handles what changes the shell itself or has an output that is known.
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

// exported is a declaration whose words the parser did not see, such as behind `builtin`.
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

// cd moves the shell. It is taken to succeed.
func (r *run) cd(s *state, name string, args []arg) {
	var to []field
	for len(args) > 0 && len(args[0].text) > 1 && args[0].text[0] == '-' && !args[0].open {
		args = args[1:]
	}
	switch {
	case len(args) == 0 && name == "pushd":
		r.popd(s)
		return
	case len(args) == 0:
		to = r.value(s, "HOME").fields
		for _, f := range to {
			r.use(s, arg{f, name}, false, false)
		}
	case args[0].text == "-" && !args[0].open:
		to = s.old
		for _, f := range to {
			r.use(s, arg{f, name + " -"}, false, false)
		}
	default:
		for _, a := range args {
			r.use(s, a, false, false)
			to = either(to, r.moved(s, a.field))
		}
	}
	if name == "pushd" && len(s.stack) < maxDepth {
		s.stack = append(s.stack, s.cwd)
	}
	s.old, s.cwd = s.cwd, to
}

// moved is where cd leads from each folder the shell may be in. The shell takes `..` away lexically.
func (r *run) moved(s *state, f field) []field {
	if strings.HasPrefix(f.text, "/") {
		return []field{folder(f)}
	}
	if f.text == "" && f.open {
		return []field{folder(f)}
	}
	var to []field
	for _, dir := range s.cwd {
		if !dir.open {
			next := f
			next.text = dir.text + "/" + f.text
			dir = folder(next)
		}
		to = either(to, []field{dir})
	}
	return to
}

func folder(f field) field {
	if f.open {
		f.why = "cd " + strings.TrimPrefix(f.why, "cd ")
		if f.text != "" {
			f.text = cleanPath(f.text, true)
		}
	} else {
		f.text = path.Clean(f.text)
	}
	return f
}

func (r *run) popd(s *state) {
	s.old = s.cwd
	if len(s.stack) == 0 {
		s.cwd = unknown("popd")
		return
	}
	last := len(s.stack) - 1
	s.cwd, s.stack = s.stack[last], s.stack[:last]
}
