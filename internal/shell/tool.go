package shell

import "strings"

// tool handles commands whose words need more than a grammar. It reports whether name is one.
func (r *run) tool(s *state, name string, args []arg, in input) bool {
	switch name {
	case "find", "gfind":
		r.find(s, args)
	case "git":
		r.git(s, args)
	case "make", "gmake", "ninja":
		sub := r.fork(s)
		r.operands(sub, grammarOf(name), r.enterFolder(sub, args))
	case "tar", "bsdtar", "gtar":
		r.tar(s, args)
	case "dd":
		r.dd(s, args)
	case "ln":
		r.ln(s, args)
	case "scp", "rsync":
		r.operands(s, grammarOf(name), localOnly(args))
	case "curl":
		r.curl(s, args)
	case "docker", "podman", "nerdctl":
		r.docker(s, args)
	case "awk", "gawk", "mawk", "nawk":
		r.awk(s, args)
	case "jq", "gojq", "jaq", "yq":
		r.operands(s, grammarOf(name), jqArguments(args))
	case "chroot":
		if len(args) > 0 {
			r.use(s, args[0], false, false)
		}
	case "fd", "fdfind":
		r.fd(s, args)
	default:
		return false
	}
	return true
}

// enterFolder follows -C and returns the other words.
func (r *run) enterFolder(s *state, args []arg) []arg {
	var rest []arg
	for i := 0; i < len(args); i++ {
		a := args[i]
		dir, ok := strings.CutPrefix(a.text, "-C")
		if long, isLong := strings.CutPrefix(a.text, "--directory="); isLong {
			dir, ok = long, true
		}
		switch {
		case !ok:
			rest = append(rest, a)
		case dir != "":
			r.cd(s, "cd", []arg{{field{dir, a.open, a.why}, a.raw}})
		case i+1 < len(args):
			i++
			r.cd(s, "cd", args[i:i+1])
		}
	}
	return rest
}

// find walks its starting points, and the commands it runs on what it finds there.
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

// found puts the starting points in the place of {}.
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

// fd is `fd pattern dirs… -x command`.
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

func (r *run) tar(s *state, args []arg) {
	s = r.fork(s)
	g := grammar{files: true, values: "-b --exclude --transform --strip-components --owner --group --mode --format --blocking-factor",
		paths: "-T -X --files-from --exclude-from -f --file", out: ""}
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

// ln makes a link: what a symbolic one says is relative to the folder of the link.
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

// localOnly drops host:path, in which the colon comes before any slash.
func localOnly(args []arg) []arg {
	var local []arg
	for _, a := range args {
		colon, slash := strings.IndexByte(a.text, ':'), strings.IndexByte(a.text, '/')
		if colon > 0 && (slash < 0 || colon < slash) && !strings.HasPrefix(a.text, "-") {
			a = arg{field{text: "-"}, a.raw}
		}
		local = append(local, a)
	}
	return local
}

// awk programs that run commands or open files are beyond us.
func (r *run) awk(s *state, args []arg) {
	g := grammar{
		lead: 1, instead: "-f --file -e --source", paths: "-f --file",
		values: "-F -v -e --source --assign --field-separator",
	}
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a.text == "-f" || a.text == "--file" || i > 0 && listed("-F -v", args[i-1].text) {
			continue
		}
		if strings.Contains(a.text, "system") || strings.Contains(a.text, "getline") || opensFile(a.text) {
			r.undecided("awk program")
		}
	}
	r.operands(s, g, args)
}

// opensFile looks for `print > "file"` and `print | "command"`.
func opensFile(program string) bool {
	i := strings.Index(program, "print")
	return i >= 0 && strings.ContainsAny(strings.ReplaceAll(program[i:], "||", ""), ">|") && strings.IndexByte(program, '"') >= 0
}

// jqArguments drops the values of --arg and its like.
func jqArguments(args []arg) []arg {
	var rest []arg
	for i := 0; i < len(args); i++ {
		switch args[i].text {
		case "--arg", "--argjson":
			i += 2
		case "--slurpfile", "--rawfile":
			if i+2 < len(args) {
				rest = append(rest, arg{field{text: "-L"}, ""}, args[i+2])
			}
			i += 2
		case "--args", "--jsonargs":
			return rest
		default:
			rest = append(rest, args[i])
		}
	}
	return rest
}
