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
// found puts the starting points in the place of {}.
// fd is `fd pattern dirs… -x command`.
// ln makes a link: what a symbolic one says is relative to the folder of the link.
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
