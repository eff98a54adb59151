package shell

import (
	"path"
	"strings"
)

// echoed is what echo prints, where that is known.
func echoed(args []arg) []field {
	for len(args) > 0 && listed("-n -e -E -ne -en", args[0].text) {
		args = args[1:]
	}
	out := partial{started: true}
	for i, a := range args {
		text := a.field
		if i > 0 {
			text.text = " " + text.text
		}
		if strings.IndexByte(text.text, '\\') >= 0 {
			return nil
		}
		out = out.with(piece{fields: []field{text}})
	}
	return []field{out.cur}
}

// printf knows the formats that print one word as it is; -v assigns.
func (r *run) printf(s *state, args []arg) []field {
	if len(args) > 1 && args[0].text == "-v" {
		s.lose(args[1].text)
		return nil
	}
	if len(args) == 0 || args[0].open {
		return nil
	}
	format := strings.TrimSuffix(args[0].text, `\n`)
	switch {
	case len(args) == 2 && format == "%s":
		return []field{args[1].field}
	case len(args) == 1 && !strings.ContainsAny(format, `%\`):
		return literal(format)
	}
	return nil
}

// stripped is dirname and basename, which look at no file.
func stripped(name string, args []arg) []field {
	if len(args) != 1 || args[0].open || args[0].text == "" {
		return nil
	}
	if name == "basename" {
		return literal(path.Base(args[0].text))
	}
	return literal(path.Dir(args[0].text))
}

// oneWord stands for an output that is some word without a slash in it, which leads nowhere.
func oneWord(args []arg) []field {
	for _, a := range args {
		if a.open || strings.IndexByte(a.text, '/') >= 0 || strings.HasPrefix(a.text, "-f") {
			return nil
		}
	}
	return literal("0")
}

// mktemp makes a file or folder whose name is known but for its end.
func (r *run) mktemp(s *state, args []arg) []field {
	dir, template := r.value(s, "TMPDIR").fields, arg{}
	if len(dir) != 1 || dir[0].open {
		dir = literal("/tmp")
	}
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a.text == "-p" && i+1 < len(args):
			i++
			dir = []field{args[i].field}
		case strings.HasPrefix(a.text, "--tmpdir="):
			dir = []field{{strings.TrimPrefix(a.text, "--tmpdir="), a.open, a.why}}
		case !strings.HasPrefix(a.text, "-"):
			template = a
			if !listed("-t -dt", args[max(0, i-1)].text) && !hasTmpdir(args) {
				dir = nil
			}
		}
	}
	name := strings.TrimRight(template.text, "X")
	if template.text == "" {
		name = "tmp."
	}
	if len(dir) > 0 && !dir[0].open {
		name = strings.TrimSuffix(dir[0].text, "/") + "/" + name
	}
	made := field{text: name, open: true, why: "mktemp"}
	r.use(s, arg{made, "mktemp"}, true, false)
	return []field{made}
}

func hasTmpdir(args []arg) bool {
	for _, a := range args {
		if a.text == "-p" || strings.HasPrefix(a.text, "--tmpdir") {
			return true
		}
	}
	return false
}
