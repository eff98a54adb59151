package shell

import "strings"

// git has options of its own before the subcommand, some of which move it elsewhere.
func (r *run) git(s *state, args []arg) {
	s = r.fork(s)
	for len(args) > 0 && len(args[0].text) > 1 && args[0].text[0] == '-' {
		opt, rest := args[0], args[1:]
		flag, text, inline := strings.Cut(opt.text, "=")
		v := arg{field{text, opt.open, opt.why}, opt.raw}
		takes := listed("-C -c --git-dir --work-tree --namespace --super-prefix --config-env", flag)
		if takes && !inline && len(rest) > 0 {
			v, rest = rest[0], rest[1:]
		}
		switch flag {
		case "-C":
			r.cd(s, "cd", []arg{v})
		case "--git-dir", "--work-tree", "--exec-path":
			if v.text != "" || v.open {
				r.use(s, v, false, false)
			}
		case "-c":
			if strings.HasPrefix(v.text, "alias.") || strings.Contains(v.text, "!") {
				r.undecided("git -c " + v.text)
			}
		default:
			if opt.open {
				r.undecided(opt.why)
			}
		}
		args = rest
	}
	if len(args) == 0 {
		return
	}
	if args[0].open {
		r.undecided(args[0].why)
	}
	r.operands(s, gitGrammar(args[0].text), args[1:])
}

func gitGrammar(command string) grammar {
	g := grammar{
		values: "-m -b -B -c -C -S -G -n -s -X --message --author --date --grep --format --pretty --since --until --after --before " +
			"--branch --max-count --depth --strategy --trailer --committer --diff-filter --sort --color --contains --points-at",
		paths: "-F --file --template --pathspec-from-file --reference --ignore-revs-file --exclude-from",
		out:   "-o --output --output-directory",
	}
	switch command {
	case "commit", "tag", "notes", "stash":
	case "grep":
		g.lead, g.instead = 1, "-e -f"
		g.values += " -e -A"
		g.paths = "-f"
	case "add", "rm", "mv", "restore", "clean":
		g.write = writesAll
		g.files = command != "restore"
	case "config":
		g = grammar{text: true, paths: "-f --file"}
	case "branch", "remote", "fetch", "pull", "push", "merge", "rebase", "cherry-pick", "rev-parse", "for-each-ref", "ls-remote",
		"describe", "name-rev", "merge-base", "rev-list", "reflog", "symbolic-ref", "update-ref", "help", "version":
		g.text = true
	case "init", "clone":
		g.files, g.write = true, writesLast
	case "worktree", "submodule":
		g.lead, g.write = 1, writesAll
	}
	return g
}
