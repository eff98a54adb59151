package cli

// painter colours text for a terminal; the zero painter leaves it as it is.
// Amber is only for outside the project, red only for failed and denied.
type painter struct{ on bool }

// colour paints on a terminal, unless NO_COLOR (no-color.org) is set.
func (a *app) colour() painter {
	_, ok := terminal(a.out)
	return painter{on: ok && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"}
}

func (p painter) wrap(code, s string) string {
	if !p.on {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p painter) dim(s string) string  { return p.wrap("2", s) }
func (p painter) bold(s string) string { return p.wrap("1", s) }
func (p painter) warn(s string) string { return p.wrap("33", s) }
func (p painter) bad(s string) string  { return p.wrap("31", s) }

// verb gives each family of actions its hue.
func (p painter) verb(s, verb string) string {
	switch verb {
	case "Read", "NotebookRead":
		return p.wrap("36", s)
	case "Write", "Edit", "MultiEdit", "NotebookEdit":
		return p.wrap("35", s)
	case "Bash", "PowerShell", "Monitor", "REPL":
		return p.wrap("34", s)
	case "Grep", "Glob":
		return p.wrap("32", s)
	case "prompt":
		return p.bold(s)
	}
	return s
}
