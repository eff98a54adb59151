package shell

import (
	"maps"
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// field is one word as the command would get it: text, and if open something behind it that cannot be
// known, for the reason in why.
type field struct {
	text string
	open bool
	why  string
}

func unknown(why string) []field { return []field{{open: true, why: why}} }

func literal(text string) []field { return []field{{text: text}} }

// value is what a variable holds: one of several alternatives, or all elements of a list.
type value struct {
	fields []field
	list   bool
}

func (v value) equal(o value) bool { return v.list == o.list && slices.Equal(v.fields, o.fields) }

// function is a body together with the script it was written in.
type function struct {
	body *syntax.Stmt
	src  string
}

// state is the shell at one point of the script. Where branches meet, it holds what either may have left.
type state struct {
	cwd   []field // alternatives, absolute
	old   []field // OLDPWD
	stack [][]field
	vars  map[string]value
	funcs map[string]function
	alias map[string]bool
	args  []field // positional parameters
	bound bool    // args are known
	dead  bool    // control has left this branch
}

func newState(env Env) *state {
	return &state{
		cwd: literal(cleanDir(env.Cwd)), old: unknown("cd -"),
		vars: map[string]value{}, funcs: map[string]function{}, alias: map[string]bool{},
	}
}

// fork copies the state for a subshell or a branch.
func (r *run) fork(s *state) *state {
	r.spend(len(s.vars) + len(s.funcs))
	c := *s
	c.vars, c.funcs, c.alias = maps.Clone(s.vars), maps.Clone(s.funcs), maps.Clone(s.alias)
	c.stack = slices.Clone(s.stack)
	return &c
}

// join leaves in s what holds when control comes either from s or from o.
func (r *run) join(s, o *state) {
	switch {
	case o.dead:
		return
	case s.dead:
		*s = *o
		return
	}
	r.spend(len(s.vars) + len(o.vars))
	s.cwd = either(s.cwd, o.cwd)
	s.old = either(s.old, o.old)
	if !slices.Equal(s.args, o.args) || s.bound != o.bound {
		s.args, s.bound = nil, false
	}
	for name := range o.vars {
		if _, ok := s.vars[name]; !ok {
			s.vars[name] = r.value(s, name)
		}
	}
	for name, mine := range s.vars {
		theirs, ok := o.vars[name]
		if !ok {
			theirs = r.value(o, name)
		}
		if !mine.equal(theirs) {
			s.vars[name] = value{fields: either(mine.fields, theirs.fields), list: mine.list || theirs.list}
		}
	}
	maps.Copy(s.funcs, o.funcs)
	maps.Copy(s.alias, o.alias)
}

// forget drops what still differs between two passes of a loop, since further passes would change it again.
func (r *run) forget(s, before *state) {
	for name, v := range s.vars {
		if old, ok := before.vars[name]; !ok || !old.equal(v) {
			s.vars[name] = value{fields: unknown("variable $" + name)}
		}
	}
	if !slices.Equal(s.cwd, before.cwd) {
		s.cwd = unknown("cd in a loop")
	}
}

func (s *state) same(o *state) bool {
	return slices.Equal(s.cwd, o.cwd) && slices.Equal(s.args, o.args) && len(s.funcs) == len(o.funcs) &&
		maps.EqualFunc(s.vars, o.vars, value.equal)
}

// either unites alternatives; too many are none.
func either(a, b []field) []field {
	all := slices.Clone(a)
	for _, f := range b {
		if !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	if len(all) > maxAlts {
		return unknown("too many values")
	}
	return all
}

// set assigns a variable for certain.
func (s *state) set(name string, v value) {
	for _, f := range v.fields {
		if len(f.text) > maxText {
			v = value{fields: unknown("variable $" + name)}
			break
		}
	}
	if len(v.fields) > maxAlts && !v.list {
		v.fields = unknown("variable $" + name)
	}
	switch name {
	case "PWD":
		return // the shell's own; cd sets it
	case "OLDPWD":
		s.old = v.fields
	}
	s.vars[name] = v
}

// lose says that a variable's value is no longer known.
func (s *state) lose(name string) { s.set(name, value{fields: unknown("variable $" + name)}) }

// value is what name holds.
func (r *run) value(s *state, name string) value {
	if v, ok := s.vars[name]; ok {
		return v
	}
	switch name {
	case "PWD":
		return value{fields: s.cwd}
	case "OLDPWD":
		return value{fields: s.old}
	case "IFS":
		return value{fields: literal(" \t\n")}
	case "?", "$", "#", "!", "RANDOM", "SECONDS", "UID", "EUID", "PPID", "LINENO", "BASHPID", "SHLVL", "EPOCHSECONDS":
		return value{fields: literal("0")} // some number, which never leads out of a folder
	case "HOME":
		if r.env.Home != "" {
			return value{fields: literal(r.env.Home)}
		}
	case "@", "*":
		if s.bound {
			return value{fields: s.args, list: true}
		}
	}
	if n, ok := smallNumber(name); ok && s.bound {
		if n < 1 || n > len(s.args) {
			return value{fields: literal("")}
		}
		return value{fields: s.args[n-1 : n]}
	}
	if r.env.Lookup != nil {
		if text, ok := r.env.Lookup(name); ok {
			return value{fields: literal(text)}
		}
	}
	return value{fields: unknown("variable $" + name)}
}

func smallNumber(text string) (n int, ok bool) {
	if text == "" || len(text) > 4 {
		return 0, false
	}
	for i := range len(text) {
		if !isDigit(text[i]) {
			return 0, false
		}
		n = n*10 + int(text[i]-'0')
	}
	return n, true
}
