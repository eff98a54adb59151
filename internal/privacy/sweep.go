package privacy

import (
	"strings"

	"agent-telemetry/internal/jsontree"
)

// maxCut is how much is dropped, at most, from the end of a shortened text.
const maxCut = 4 << 10

// sweeper redacts the secrets of a tree, those too that show only by where they
// stand: the value of a member with a secret's name, the lines of a key.
type sweeper struct {
	rules []string
}

func (s *sweeper) value(v *jsontree.Value) {
	switch v.Kind {
	case jsontree.String:
		v.Text = s.text(uncut(v))
	case jsontree.Object:
		s.object(v)
	case jsontree.Array:
		s.array(v)
	}
}

func (s *sweeper) text(t string) string {
	t, rules := Redact(t)
	s.rules = append(s.rules, rules...)
	return t
}

func (s *sweeper) object(v *jsontree.Value) {
	// {"name": "API_KEY", "value": "…"}
	named := secretName(v.Str("name")) || secretName(v.Str("key"))
	for i := range v.Members {
		m := &v.Members[i]
		if secretName(m.Name) || named && m.Name == "value" {
			s.secret(&m.Value)
		} else {
			s.value(&m.Value)
		}
		m.Name = s.text(m.Name)
	}
}

// secret redacts a value whose name says that it is one.
func (s *sweeper) secret(v *jsontree.Value) {
	switch {
	case v.Kind == jsontree.Number, v.Kind == jsontree.String && !harmlessValue(v.Text) && !isReference(v.Text, '"'):
		s.rules = append(s.rules, assignmentRule)
		*v = jsontree.Text(mark(assignmentRule))
	case v.Kind == jsontree.Array:
		for i := range v.Items {
			s.secret(&v.Items[i])
		}
	default:
		s.value(v)
	}
}

// array looks at its texts as at the words of a command and the lines of a file.
func (s *sweeper) array(v *jsontree.Value) {
	afterFlag, inKey := false, false
	for i := range v.Items {
		item := &v.Items[i]
		if item.Kind != jsontree.String {
			afterFlag, inKey = false, false
			s.value(item)
			continue
		}
		t := item.Text
		begins, ends := strings.Contains(t, keyBegin) && strings.Contains(t, keyName), strings.Contains(t, keyEnd)
		inKey = inKey || begins && !ends
		switch {
		case inKey:
			s.rules = append(s.rules, keyRule)
			*item = jsontree.Text(mark(keyRule))
			inKey = !ends
		case afterFlag && !strings.HasPrefix(t, "-"):
			s.secret(item)
		default:
			s.value(item)
		}
		afterFlag = strings.HasPrefix(t, "-") && !strings.Contains(t, "=") && secretFlag(strings.TrimLeft(t, "-"))
	}
}

// uncut returns the text of v. Where that is only the beginning of a longer one,
// its last word is dropped: it may be half of a secret, too short to be known.
func uncut(v *jsontree.Value) string {
	if v.Sum == nil {
		return v.Text
	}
	end := len(v.Text)
	for end > 0 && end > len(v.Text)-maxCut && !space.has(v.Text[end-1]) {
		end--
	}
	return v.Text[:end]
}
