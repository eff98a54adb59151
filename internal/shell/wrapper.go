package shell

import (
	"path"
	"slices"
	"strings"
)

// wrapper is a command that runs the command in its operands.
type wrapper struct {
	valued  string // options whose value is the next word
	paths   string // the same, where the value is a path
	skip    int    // operands before the command
	assigns bool   // name=value operands come first
}

func wrapperOf(name string) (w wrapper, ok bool) {
	switch name {
	case "sudo":
		return wrapper{valued: "-u -g -p -C -T -r -t -h -U --user --group --prompt --host", paths: "-D -R --chdir --chroot", assigns: true}, true
	case "doas":
		return wrapper{valued: "-u", paths: "-C"}, true
	case "env":
		return wrapper{valued: "-u --unset", assigns: true}, true
	case "nice":
		return wrapper{valued: "-n --adjustment"}, true
	case "ionice":
		return wrapper{valued: "-c -n -t --class --classdata"}, true
	case "timeout", "gtimeout":
		return wrapper{valued: "-s -k --signal --kill-after", skip: 1}, true
	case "time":
		return wrapper{valued: "-f --format", paths: "-o --output"}, true
	case "stdbuf":
		return wrapper{valued: "-i -o -e --input --output --error"}, true
	case "xargs", "parallel":
		return wrapper{valued: "-n -P -I -J -L -d -E -s -j --max-args --max-procs --replace --delimiter --max-lines", paths: "-a --arg-file"}, true
	case "exec":
		return wrapper{valued: "-a"}, true
	case "watch":
		return wrapper{valued: "-n --interval"}, true
	case "strace", "ltrace":
		return wrapper{valued: "-e -p -s -u -E", paths: "-o"}, true
	case "taskset", "chrt":
		return wrapper{skip: 1}, true
	case "nohup", "setsid", "command", "builtin", "busybox", "toybox", "caffeinate", "chronic", "unbuffer",
		"winpty", "noglob", "nocorrect":
		return wrapper{valued: ""}, true
	}
	return wrapper{}, false
}

// wrapped walks the inner command of a wrapper.
func (r *run) wrapped(s *state, name string, w wrapper, args []arg, in input) []field {
	if name == "command" && len(args) > 0 && (args[0].text == "-v" || args[0].text == "-V") {
		return nil
	}
	inner := s
	if name == "env" || name == "sudo" || name == "doas" {
		inner = r.fork(s)
	}
	args = r.wrapperOptions(inner, name, w, args)
	for skip := w.skip; skip > 0 && len(args) > 0; skip-- {
		args = args[1:]
	}
	if w.assigns {
		args = r.environment(inner, args)
	}
	if len(args) > 0 && args[0].text == "-" {
		args = args[1:]
	}
	if name == "xargs" || name == "parallel" {
		args, in = r.readOperands(name, args, in), input{}
	}
	if name == "watch" && len(args) == 1 {
		return r.eval(r.fork(s), args, in)
	}
	return r.dispatch(inner, args, in)
}

// readOperands adds what xargs reads, if that is known, to its operands.
func (r *run) readOperands(name string, args []arg, in input) []arg {
	if len(in.text) != 1 || in.text[0].open || len(in.text[0].text) > maxText {
		if len(args) == 0 || !takesText(args[0].text) {
			r.undecided(name + " reads its operands")
		}
		return args
	}
	read := strings.Fields(in.text[0].text)
	args = slices.Clone(args)
	for _, text := range read {
		args = append(args, arg{field{text: text}, text})
	}
	return args
}

func takesText(command string) bool {
	name := path.Base(command)
	return name == "echo" || name == "printf" || grammarOf(name).text
}

// wrapperOptions takes off the options of a wrapper.
func (r *run) wrapperOptions(s *state, name string, w wrapper, args []arg) []arg {
	for len(args) > 0 && !args[0].open && len(args[0].text) > 1 && args[0].text[0] == '-' {
		opt := args[0]
		args = args[1:]
		if opt.text == "--" {
			return args
		}
		flag, val, inline := strings.Cut(opt.text, "=")
		v := arg{field{val, opt.open, opt.why}, opt.raw}
		long := strings.HasPrefix(flag, "--")
		takes := listed(w.valued, flag) || listed(w.paths, flag) || name == "env" && listed("-C --chdir -S --split-string", flag)
		if !inline && takes && len(args) > 0 {
			v, args, inline = args[0], args[1:], true
		} else if !long && !takes && len(flag) > 2 {
			flag, v.text, inline = opt.text[:2], opt.text[2:], true
		}
		switch {
		case !inline:
		case name == "env" && (flag == "-C" || flag == "--chdir"):
			r.cd(s, "cd", []arg{v})
		case name == "env" && (flag == "-S" || flag == "--split-string"):
			r.nested(s, v.field, "env -S", input{})
		case listed(w.paths, flag):
			r.use(s, v, false, false)
		}
	}
	return args
}

// environment takes off name=value operands and makes them known to the inner command.
func (r *run) environment(s *state, args []arg) []arg {
	for len(args) > 0 {
		name, text, ok := strings.Cut(args[0].text, "=")
		if !ok || !isName(name) {
			break
		}
		s.set(name, value{fields: []field{{text, args[0].open, args[0].why}}})
		if pathVariable(name) {
			r.use(s, arg{field{text, args[0].open, args[0].why}, args[0].raw}, false, false)
		}
		args = args[1:]
	}
	return args
}
