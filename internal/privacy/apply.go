package privacy

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"agent-telemetry/internal/jsontree"
)

// maxPlain is how long a plain text may be. Ids and enumerations are shorter;
// what is longer is something else in their place, and treated as contents.
const maxPlain = 512

// Report says what Apply did.
type Report struct {
	Reduced int      // fields of which only a part or a digest is left
	Rules   []string // ids of the rules whose secrets were redacted, sorted
}

// Apply reduces root, a whole payload, to what the levels allow, and redacts
// the secrets in all text that is left, names included. Heredoc bodies within
// commands count as contents; cmd finds them.
func (l Levels) Apply(root *jsontree.Value, cmd CommandParts) Report {
	r := reducer{levels: l, cmd: cmd, event: root.Str("hook_event_name"), tool: root.Str("tool_name")}
	r.walk(root, nil)
	s := sweeper{rules: r.rules}
	s.value(root)
	slices.Sort(s.rules)
	return Report{Reduced: r.reduced, Rules: slices.Compact(s.rules)}
}

type reducer struct {
	levels      Levels
	cmd         CommandParts
	event, tool string
	reduced     int
	rules       []string
}

func (r *reducer) walk(v *jsontree.Value, path []string) {
	f := lookup(r.event, r.tool, path)
	if !f.branch || v.Kind != jsontree.Object && v.Kind != jsontree.Array {
		r.field(v, f)
		return
	}
	if len(path) == 2 && path[0] == "tool_calls" {
		defer func(tool string) { r.tool = tool }(r.tool)
		r.tool = v.Str("tool_name")
	}
	for i := range v.Members {
		r.walk(&v.Members[i].Value, append(path, v.Members[i].Name))
	}
	for i := range v.Items {
		r.walk(&v.Items[i], append(path, "[]"))
	}
}

// field reduces a value that is looked at as a whole.
func (r *reducer) field(v *jsontree.Value, f field) {
	if v.Kind == jsontree.Null || v.Kind == jsontree.Bool {
		return
	}
	if !f.fits(v) {
		f = contents
	}
	if f.form == command {
		r.hideHeredocs(v)
	}
	switch level := r.levels.levelOf(f); {
	case level == Full:
	case level == Digest:
		r.reduced++
		digest(v)
	case f.kind == Prompts:
		r.reduced++
		reducePrompt(v)
	case f.kind == PathsAndCommands:
		r.reduced++
		r.outline(v, f.form)
	default:
		r.reduced++
		*v = sizes(v)
	}
}

// fits reports whether v is such a value as the field has in a sound payload.
func (f field) fits(v *jsontree.Value) bool {
	switch f.kind {
	case Plain:
		if f.form == counter {
			return v.Kind == jsontree.Number
		}
		return v.Kind == jsontree.Number || v.Kind == jsontree.String && len(v.Text) <= maxPlain && v.Sum == nil
	case PathsAndCommands:
		return v.Kind == jsontree.String || v.Kind == jsontree.Digested && v.Sum.Of == jsontree.String
	}
	return true
}

// digest leaves the digest of v in its place.
func digest(v *jsontree.Value) {
	*v = jsontree.Value{Kind: jsontree.Digested, Sum: sumOf(v)}
}

func sumOf(v *jsontree.Value) *jsontree.Digest {
	switch {
	case v.Sum != nil:
		return v.Sum
	case v.Kind == jsontree.String:
		return jsontree.Sum(v.Text)
	}
	sum := jsontree.Sum(string(jsontree.Append(nil, v)))
	sum.Of = v.Kind
	return sum
}

// sizes is what is told of v without a hash, by which short texts could be guessed.
func sizes(v *jsontree.Value) jsontree.Value {
	sum := sumOf(v)
	out := jsontree.Value{Kind: jsontree.Object}
	out.Set("bytes", integer(sum.Bytes))
	out.Set("lines", integer(sum.Lines))
	if v.Kind == jsontree.String && v.Sum == nil {
		out.Set("chars", integer(int64(utf8.RuneCountInString(v.Text))))
	}
	return out
}

func integer(n int64) jsontree.Value {
	return jsontree.Value{Kind: jsontree.Number, Text: strconv.FormatInt(n, 10)}
}
