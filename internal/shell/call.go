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
// exported is a declaration whose words the parser did not see, such as behind `builtin`.
// cd moves the shell. It is taken to succeed.
// moved is where cd leads from each folder the shell may be in. The shell takes `..` away lexically.
