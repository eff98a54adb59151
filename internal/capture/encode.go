package capture

import (
	"unicode/utf8"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/jsontree"
)

// encode makes the record's journal entry. One too long for a line is shortened
// field by field, the longest texts first, and says which.
func encode(r *event.Record, root *jsontree.Value) journal.Entry {
	r.RawInput = make([]byte, 0, 2<<10)
	for _, limit := range [...]int{journal.Room, 64 << 10, 16 << 10, 4 << 10, 1 << 10, 256} {
		if limit < journal.Room {
			shortenTexts(r, limit)
			shortenTree(root, "raw_input", limit, &r.Shortened)
		}
		r.RawInput = jsontree.Append(r.RawInput[:0], root)
		if len(r.RawInput) > journal.Room {
			continue
		}
		if e := journal.EntryOf(r); e.Len() <= journal.Room {
			return e
		}
	}
	// Too many small values: only a digest of them fits.
	r.RawInput = jsontree.Append(nil, digestOf(root))
	r.Action.Calls = nil
	r.Shortened = append(r.Shortened[:0], "raw_input", "action_details.calls")
	return journal.EntryOf(r)
}

// asObject is what stands as raw_input, which is an object or null: a payload
// that is something else is there as its digest.
func asObject(root *jsontree.Value) *jsontree.Value {
	switch {
	case root.Kind == jsontree.Object, root.Kind == jsontree.Digested, root.Kind == jsontree.Null:
		return root
	}
	return digestOf(root)
}

func digestOf(v *jsontree.Value) *jsontree.Value {
	sum := jsontree.Sum(string(jsontree.Append(nil, v)))
	sum.Of = v.Kind
	return &jsontree.Value{Kind: jsontree.Digested, Sum: sum}
}

const (
	maxNamed = 20  // fields named in "shortened"
	maxName  = 200 // bytes of such a name
)

func note(names *[]string, name string) {
	for _, n := range *names {
		if n == name {
			return
		}
	}
	if len(*names) < maxNamed {
		*names = append(*names, name)
	}
}

func shortenTree(v *jsontree.Value, path string, limit int, names *[]string) {
	if v.Kind == jsontree.String && len(v.Text) > limit {
		if v.Sum == nil {
			v.Sum = jsontree.Sum(v.Text)
		}
		v.Text = cut(v.Text, limit)
		note(names, path)
	}
	for i := range v.Members {
		m := &v.Members[i]
		if len(m.Name) > limit {
			m.Name = cut(m.Name, limit)
			note(names, cut(path+"."+m.Name, maxName))
		}
		shortenTree(&m.Value, cut(path+"."+m.Name, maxName), limit, names)
	}
	for i := range v.Items {
		shortenTree(&v.Items[i], path+"[]", limit, names)
	}
}

func shortenTexts(r *event.Record, limit int) {
	r.Texts(func(name string, text *string) {
		if len(*text) > limit {
			*text = cut(*text, limit)
			note(&r.Shortened, name)
		}
	})
}

// cut returns the beginning of s, whole characters only.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
