package shell

import "strings"

func (r *run) tar(s *state, args []arg) {
	s = r.fork(s)
	g := grammar{
		files: true, values: "-b --exclude --transform --strip-components --owner --group --mode --format --blocking-factor",
		paths: "-T -X --files-from --exclude-from -f --file", out: "",
	}
	if len(args) > 0 && args[0].text != "" && args[0].text[0] != '-' && !args[0].open {
		args = append([]arg{{field{text: "-" + args[0].text}, args[0].raw}}, args[1:]...)
	}
	if len(args) > 0 && !args[0].open && createsArchive(args) {
		g.paths, g.out = "-T -X --files-from --exclude-from", "-f --file"
	}
	// The archive is named relative to the first folder, the members relative to the last -C before them.
	for len(args) > 0 {
		n := 0
		for n < len(args) && !strings.HasPrefix(args[n].text, "-C") && !strings.HasPrefix(args[n].text, "--directory") {
			n++
		}
		r.operands(s, g, args[:n])
		if args = args[n:]; len(args) == 0 {
			return
		}
		step := 1
		if (args[0].text == "-C" || args[0].text == "--directory") && len(args) > 1 {
			step = 2
		}
		if step == 2 {
			r.cd(s, "cd", args[1:2])
		} else {
			r.enterFolder(s, args[:1])
		}
		args = args[step:]
	}
}

func createsArchive(args []arg) bool {
	for _, a := range args {
		if listed("--create --append --update", a.text) ||
			strings.HasPrefix(a.text, "-") && !strings.HasPrefix(a.text, "--") && strings.ContainsAny(a.text, "cru") {
			return true
		}
	}
	return false
}

func (r *run) dd(s *state, args []arg) {
	for _, a := range args {
		key, text, ok := strings.Cut(a.text, "=")
		if ok && (key == "if" || key == "of") {
			r.use(s, arg{field{text, a.open, a.why}, a.raw}, key == "of", false)
		} else if !ok && a.open {
			r.undecided(a.why)
		}
	}
}

func (r *run) ln(s *state, args []arg) {
	var names []arg
	symbolic := false
	for _, a := range args {
		if len(a.text) > 1 && a.text[0] == '-' {
			symbolic = symbolic || a.text == "--symbolic" || a.text[1] != '-' && strings.IndexByte(a.text, 's') > 0
			continue
		}
		names = append(names, a)
	}
	if len(names) == 0 {
		return
	}
	last := len(names) - 1
	if last > 0 {
		r.use(s, names[last], true, false)
		names = names[:last]
	} else {
		last = -1
	}
	for _, target := range names {
		if symbolic && last > 0 && !strings.HasPrefix(target.text, "/") {
			link := args[len(args)-1].text
			if i := strings.LastIndexByte(link, '/'); i >= 0 {
				target.text = link[:i+1] + target.text
			}
		}
		r.use(s, target, false, false)
	}
}
