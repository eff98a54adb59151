package scope

import (
	"path/filepath"
	"strings"

	"agent-telemetry/internal/shell"
)

// Undecided is the Reason of a command that parsing alone cannot judge.
const Undecided = "undecided"

// Checker judges paths against one project.
type Checker struct {
	Root string // absolute
	Cwd  string // where the action runs; a relative one lies below Root
	Home string // "" when unknown

	// Allow lists folders outside the project that are nothing to worry about; `~` and elements that
	// are `*` are understood. More, which may be nil, adds to them and is asked only when needed.
	Allow []string
	More  func() []string

	// Lookup returns shell variables whose value is certain; it may be nil.
	Lookup func(name string) (string, bool)
}

// Verdict is the answer. The zero Verdict is: nothing outside.
type Verdict struct {
	Outside bool
	Allowed bool   // outside, but everything outside is below an allowed folder
	Reason  string // a sentence that names the path, or Undecided
	Detail  string // what could not be decided
}

// Env is what a shell knows when the action starts.
func (c *Checker) Env() shell.Env {
	return shell.Env{Cwd: filepath.ToSlash(c.cwd()), Home: c.Home, Lookup: func(name string) (string, bool) {
		if name == "CLAUDE_PROJECT_DIR" {
			return c.Root, c.Root != ""
		}
		if c.Lookup == nil {
			return "", false
		}
		return c.Lookup(name)
	}}
}

func (c *Checker) cwd() string {
	if filepath.IsAbs(c.Cwd) {
		return c.Cwd
	}
	return filepath.Join(c.Root, c.Cwd)
}

// Path judges the path of a file tool.
func (c *Checker) Path(p string) Verdict {
	if p == "" {
		return Verdict{}
	}
	full := expandHome(p, c.Home)
	if !filepath.IsAbs(full) {
		full = c.cwd() + string(filepath.Separator) + full
	}
	return c.begin().judge(shell.Use{Word: p, Path: filepath.Clean(full), Full: full})
}

// Command judges all a command line touches. The first path outside that is not allowed is the one it names,
// else the first that is outside.
func (c *Checker) Command(a shell.Analysis) Verdict {
	q := c.begin()
	var found Verdict
	for _, u := range a.Uses {
		v := q.judge(u)
		if v.Outside && (!found.Outside || found.Allowed && !v.Allowed) {
			found = v
		}
		if found.Outside && !found.Allowed {
			break
		}
	}
	undecided := a.Undecided
	if q.lookups > maxLookups {
		undecided = append(undecided[:len(undecided):len(undecided)], "too many paths")
	}
	found.Detail = strings.Join(undecided, "; ")
	if !found.Outside && found.Detail != "" {
		found.Reason = Undecided
	}
	return found
}

func expandHome(path, home string) string {
	if home != "" && (path == "~" || strings.HasPrefix(path, "~/")) {
		return home + path[1:]
	}
	return path
}

// question is one call of the checker.
type question struct {
	*Checker
	resolver
	root string // resolved
}

func (c *Checker) begin() *question {
	q := &question{Checker: c}
	q.root, _ = q.resolve(c.Root)
	return q
}

func (q *question) judge(u shell.Use) Verdict {
	if u.Prefix {
		return q.judgePrefix(u)
	}
	place, exists := q.resolve(filepath.FromSlash(u.Full))
	if below(place, q.root) || u.Bare && !exists {
		return Verdict{}
	}
	return Verdict{Outside: true, Allowed: q.allows(place), Reason: q.reason(u, place)}
}

// judgePrefix judges a path of which only the beginning is known: it is outside if no end could make it the
// project's.
func (q *question) judgePrefix(u shell.Use) Verdict {
	i := strings.LastIndexByte(u.Full, '/')
	dir, _ := q.resolve(filepath.FromSlash(u.Full[:i+1]))
	start := u.Full[i+1:]
	if below(dir, q.root) {
		return Verdict{}
	}
	if below(q.root, dir) {
		next := strings.TrimPrefix(q.root[len(dir):], string(filepath.Separator))
		if strings.HasPrefix(next, start) {
			return Verdict{}
		}
	}
	return Verdict{Outside: true, Allowed: q.allows(filepath.Join(dir, "…")), Reason: q.reason(u, filepath.Join(dir, start))}
}

// maxWord is how much of a command's own words a reason repeats.
const maxWord = 200

func (q *question) reason(u shell.Use, place string) string {
	word, verb := u.Word, " is "
	if len(word) > maxWord || strings.ContainsAny(word, "\n\r\t\x00\x1b") {
		word = short(u.Path, maxWord)
	}
	place = short(place, 2*maxWord)
	switch {
	case u.Prefix:
		verb = " begins with "
	case place != filepath.FromSlash(u.Path):
		verb = " leads to "
	case word == place:
		return place + " is outside " + q.Root
	}
	return word + verb + place + ", outside " + q.Root
}

func short(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
