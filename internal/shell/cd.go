package shell

import (
	"path"
	"strings"
)

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
