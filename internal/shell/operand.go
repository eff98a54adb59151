package shell

import "strings"

// operands walks the words behind a command by its grammar.
func (r *run) operands(s *state, g grammar, args []arg) {
	var plain []arg
	lead, options := g.lead, true
	for i := 0; i < len(args); i++ {
		a := args[i]
		if !options || len(a.text) < 2 || a.text[0] != '-' {
			plain = append(plain, a)
			continue
		}
		if a.text == "--" {
			options = false
			continue
		}
		o := g.option(a)
		if o.kind == separateValue && i+1 < len(args) {
			i++
			o.value = args[i]
		}
		if listed(g.instead, o.flag) {
			lead = 0
		}
		r.optionValue(s, g, o)
	}
	if g.text {
		return
	}
	plain = plain[min(lead, len(plain)):]
	for i, a := range plain {
		write := g.write == writesAll || g.write == writesLast && i == len(plain)-1
		r.operand(s, g, a, write)
	}
}

// option is one option, or the last of a cluster like -xzf.
type option struct {
	flag  string
	value arg
	kind  valueKind
}

type valueKind uint8

const (
	noValue valueKind = iota
	separateValue
	inlineValue
)

// option takes an option word apart: --flag=value, -ovalue, -abo value.
func (g grammar) option(a arg) option {
	flag, text, inline := strings.Cut(a.text, "=")
	with := func(flag, text string) option {
		return option{flag, arg{field{text, a.open, a.why}, a.raw}, inlineValue}
	}
	switch {
	case inline && (g.takes(flag) || strings.HasPrefix(flag, "--")):
		return with(flag, text)
	case g.takes(flag):
		return option{flag: flag, kind: separateValue}
	case strings.HasPrefix(flag, "--"):
		return option{flag, a, noValue}
	}
	for i := 1; i < len(a.text); i++ {
		short := "-" + a.text[i:i+1]
		if !g.takes(short) {
			if !isLetter(a.text[i]) {
				break
			}
			continue
		}
		if i+1 == len(a.text) {
			return option{flag: short, kind: separateValue}
		}
		return with(short, a.text[i+1:])
	}
	if inline {
		return with(flag, text)
	}
	return with(a.text[:2], a.text[2:])
}

func (g grammar) takes(flag string) bool {
	return listed(g.values, flag) || listed(g.paths, flag) || listed(g.out, flag)
}

// optionValue records the path in an option. Where the option is not known, only what reads like a path is one.
func (r *run) optionValue(s *state, g grammar, o option) {
	switch {
	case listed(g.out, o.flag):
		r.use(s, o.value, true, false)
	case listed(g.paths, o.flag):
		r.use(s, o.value, false, false)
	case listed(g.values, o.flag) || g.text:
	case o.value.open && o.kind == noValue:
		r.undecided(o.value.why)
	case o.kind == inlineValue:
		r.mention(s, o.value)
	}
}

// mention is text that is a path only if it reads like one.
func (r *run) mention(s *state, a arg) {
	if a.open && a.text == "" {
		r.undecided(a.why)
		return
	}
	if isURL(a.text) {
		r.fileURL(s, a)
		return
	}
	if strings.IndexByte(a.text, '/') >= 0 || a.text == ".." {
		r.use(s, a, false, false)
	}
	r.inside(s, a)
}

// operand is an operand that may be a path, or text with paths in it.
func (r *run) operand(s *state, g grammar, a arg, write bool) {
	if a.text == "-" {
		return
	}
	if isURL(a.text) {
		r.fileURL(s, a)
		return
	}
	if g.files {
		r.use(s, a, write, false)
		return
	}
	if strings.IndexByte(a.text, '\n') >= 0 {
		return
	}
	bare := strings.IndexByte(a.text, '/') < 0 && a.text != ".." && a.text != "."
	r.use(s, a, write, bare)
	r.inside(s, a)
}

// inside finds the paths in key=path, @path, a:b and -flag,path.
func (r *run) inside(s *state, a arg) {
	for i := 0; i+1 < len(a.text); i++ {
		if strings.IndexByte("=@:,", a.text[i]) < 0 || a.text[i] == ':' && !localStart(a.text) {
			continue
		}
		rest := a.text[i+1:]
		end := strings.IndexAny(rest, ":,")
		if end < 0 {
			end = len(rest)
		}
		if !startsPath(rest[:end]) || strings.HasPrefix(rest[end:], "://") {
			continue
		}
		part := field{text: rest[:end]}
		if end == len(rest) {
			part.open, part.why = a.open, a.why
		}
		r.use(s, arg{part, a.raw}, false, false)
	}
}

// startsPath says whether text begins the way only paths begin.
func startsPath(text string) bool {
	return strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") ||
		strings.HasPrefix(text, "../") || strings.HasPrefix(text, "./") || text == ".."
}

// localStart keeps host:/path apart from /a:/b and key=/a:/b.
func localStart(text string) bool {
	if _, rest, ok := strings.Cut(text, "="); ok {
		text = rest
	}
	before, _, _ := strings.Cut(text, ":")
	return strings.IndexByte(before, '/') >= 0
}

// isURL also knows host:path of scp and git, whose colon comes before any slash.
func isURL(text string) bool {
	scheme, _, ok := strings.Cut(text, "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, "/ =@:,")
}

func (r *run) fileURL(s *state, a arg) {
	if rest, ok := strings.CutPrefix(a.text, "file://"); ok {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			r.use(s, arg{field{rest[i:], a.open, a.why}, a.raw}, false, false)
		}
	}
}
