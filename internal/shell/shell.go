// Package shell says which paths a command line touches. It parses the text as bash does and follows what
// can be known without running it: quoting, assignments, cd, loops, functions, wrappers, nested scripts.
// Operands and redirections count, command words never do. Nothing here looks at the file system, so a
// hostile command can cost no more than the limits in limits.go allow.
package shell

import "strings"

// Env is what is known of the shell before the command starts.
type Env struct {
	Cwd  string // the folder the command starts in, absolute
	Home string // "" leaves ~ undecided

	// Lookup returns variables whose value is certain; it may be nil.
	Lookup func(name string) (string, bool)
}

// Use is one path that the command names.
type Use struct {
	Word  string // as written
	Path  string // absolute and lexically cleaned; glob characters stay in it
	Full  string // absolute with its `..` elements, as the kernel gets it: `link/../x` leads elsewhere than `x`
	Write bool   // created, changed or removed, as far as the command is known
	Bare  bool   // a relative operand without a slash that may be no path at all (`foo` in `cmd foo`)

	// Prefix says that Path and Full are only how the path begins, because what follows cannot be
	// known (`/etc/$X`). A trailing slash then means that an element is complete.
	Prefix bool
}

// Span is a range of byte offsets into the analysed text.
type Span struct{ Start, End int }

// Analysis is what a command line says about itself.
type Analysis struct {
	Uses      []Use    // in the order in which the command would come to them, without repetition
	Heredocs  []Span   // bodies of here-documents and words of here-strings, ascending, not overlapping
	Undecided []string // why parsing alone cannot know everything: "variable $X", "eval", …
	Names     []string // distinct names of the commands, in order
}

// Analyze never fails: text that cannot be understood is named in Undecided. Its time and memory are
// bounded whatever src holds.
func Analyze(src string, env Env) (found Analysis) {
	r := &run{env: env, src: src, out: &found, seen: map[Use]struct{}{}}
	switch {
	case len(src) > maxSource:
		r.undecided("too large")
	case nestsTooDeep(src):
		r.undecided("nested too deeply")
	default:
		found.Heredocs = r.top(src)
		return found
	}
	found.Heredocs = normalize(textHeredocs(nil, src, 0))
	return found
}

// top analyses the whole command and returns its heredocs. The parser is third-party code that gets
// hostile text; a panic in it must not cost the record.
func (r *run) top(src string) (spans []Span) {
	defer func() {
		if recover() != nil {
			r.undecided("the parser failed")
			spans = normalize(textHeredocs(nil, src, 0))
		}
	}()
	stmts, ok := parse(src)
	if ok {
		spans = heredocs(src, stmts)
	} else {
		r.undecided(notParsed)
		spans = normalize(textHeredocs(nil, src, 0))
	}
	r.list(newState(r.env), stmts, input{})
	return spans
}

const notParsed = "does not parse"

// run is one analysis under way.
type run struct {
	env   Env
	src   string // the script that is being walked: the command, or one nested in it
	out   *Analysis
	seen  map[Use]struct{}
	steps int // work done so far, see spend
	depth int // statements, functions and scripts around the current one
}

// undecided notes why something cannot be known.
func (r *run) undecided(why string) {
	if why == "" || len(r.out.Undecided) >= maxUndecided {
		return
	}
	if len(why) > maxReason {
		why = strings.ToValidUTF8(why[:maxReason], "") + "…"
	}
	for _, have := range r.out.Undecided {
		if have == why {
			return
		}
	}
	r.out.Undecided = append(r.out.Undecided, why)
}

// spend takes n steps from the budget and reports whether any is left.
func (r *run) spend(n int) bool {
	if r.steps += n; r.steps <= maxSteps {
		return true
	}
	r.undecided("too large")
	return false
}

// enter goes one level deeper; every true is followed by a leave.
func (r *run) enter() bool {
	if r.depth >= maxDepth {
		r.undecided("nested too deeply")
		return false
	}
	r.depth++
	return true
}

func (r *run) leave() { r.depth-- }
