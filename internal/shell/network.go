package shell

import "strings"

// curl names files in options, behind @ and in file: URLs; its operands are URLs.
func (r *run) curl(s *state, args []arg) {
	g := grammar{
		text: true,
		values: "-X -H -u -A -e -b -w -m -d -F -x -r -U -y -Y -z -C --request --header --user --user-agent --data --data-raw " +
			"--data-binary --data-urlencode --json --form --write-out --max-time --connect-timeout --retry --proxy --resolve --url",
		paths: "-K -T --config --upload-file -E --cacert --cert --key --capath --unix-socket --netrc-file",
		out:   "-o -c -D --output --cookie-jar --dump-header --output-dir --trace --trace-ascii",
	}
	r.operands(s, g, args)
	for _, a := range args {
		if isURL(a.text) {
			r.fileURL(s, a)
		}
		_, rest, ok := strings.Cut(a.text, "@")
		if form := strings.Index(a.text, "=<"); form >= 0 {
			rest, ok = a.text[form+2:], true
		}
		if file, _, _ := strings.Cut(rest, ";"); ok && startsPath(file) {
			r.use(s, arg{field{file, a.open, a.why}, a.raw}, false, false)
		}
	}
}

// docker names host folders in volumes and files in a few options; the rest is inside the container.
func (r *run) docker(s *state, args []arg) {
	for len(args) > 1 && listed("-H --host -c --context -l --log-level --config", args[0].text) {
		args = args[2:]
	}
	command := ""
	if len(args) > 0 {
		command, args = args[0].text, args[1:]
	}
	g := grammar{
		text: true,
		values: "-e -p -u -w -t -h -l -a --env --publish --user --workdir --tag --name --network --entrypoint --platform --label " +
			"--build-arg --target --memory --cpus --restart --hostname",
		paths: "-f --file --env-file --project-directory --label-file --cidfile --iidfile --secret --ssh",
		out:   "-o --output",
	}
	switch command {
	case "run", "create":
		r.operands(s, grammar{text: true, paths: "--env-file --cidfile"}, r.volumes(s, args))
	case "build", "buildx", "import", "load", "save":
		g.text = false
		if command == "buildx" && len(args) > 0 {
			args = args[1:]
		}
		r.operands(s, g, args)
	case "cp":
		r.operands(s, grammar{files: true, write: writesLast}, localOnly(args))
	case "compose":
		r.operands(s, g, r.volumes(s, args))
	}
}

// volumes records the host side of -v and --mount and returns the words up to the image.
func (r *run) volumes(s *state, args []arg) []arg {
	var rest []arg
	for i := 0; i < len(args); i++ {
		a := args[i]
		flag, text, inline := strings.Cut(a.text, "=")
		if !inline && i+1 < len(args) {
			text = args[i+1].text
		}
		v := arg{field{text: text}, a.raw}
		if !inline && i+1 < len(args) {
			v = args[i+1]
		}
		switch {
		case flag == "-v" || flag == "--volume":
			host, _, _ := strings.Cut(v.text, ":")
			if v.open && host != v.text {
				v.open, v.why = false, "" // what is not known stands in the container's side
			}
			v.text = host
			if strings.ContainsAny(host, "/.~") || v.open {
				r.use(s, v, true, false)
			}
		case flag == "--mount":
			r.mount(s, v)
		default:
			rest = append(rest, a)
			continue
		}
		if !inline {
			i++
		}
	}
	return rest
}

func (r *run) mount(s *state, v arg) {
	if v.open {
		r.undecided(v.why)
	}
	for _, item := range strings.Split(v.text, ",") {
		if key, dir, _ := strings.Cut(item, "="); (key == "source" || key == "src") && startsPath(dir) {
			r.use(s, arg{field{text: dir}, v.raw}, true, false)
		}
	}
}
