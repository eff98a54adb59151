package settings

import (
	"bytes"

	"github.com/tailscale/hujson"
)

// place is where an element goes into a container: the white space before it,
// the indentation of its line, and whether it shares the line of its siblings.
type place struct {
	before hujson.Extra
	indent string
	inline bool
}

// next is the place behind the last of a container's children, whose leading
// white space siblings holds; outer is the indentation of the container's line.
func (s style) next(siblings []hujson.Extra, outer string, inline bool) place {
	if len(siblings) == 0 {
		if s.compact || inline {
			return place{indent: outer, inline: true}
		}
		indent := outer + s.indent
		return place{before: hujson.Extra(s.newline + indent), indent: indent}
	}
	before := bytes.Clone(siblings[len(siblings)-1])
	if bytes.IndexByte(before, '\n') >= 0 {
		return place{before: before, indent: indentOf(string(before), outer)}
	}
	if len(siblings) == 1 {
		before = hujson.Extra(s.space())
	}
	return place{before: before, indent: outer, inline: true}
}

// appendMember adds a member, whose value the caller sets, and tells its place.
func (s style) appendMember(object *hujson.Object, outer string, inline bool, key string) (*hujson.Value, place) {
	siblings := make([]hujson.Extra, len(object.Members))
	for i, member := range object.Members {
		siblings[i] = member.Name.BeforeExtra
	}
	at := s.next(siblings, outer, inline)
	if len(siblings) == 0 {
		object.AfterExtra = s.closing(at, outer)
	}
	object.Members = append(object.Members, hujson.ObjectMember{
		Name:  hujson.Value{BeforeExtra: at.before, Value: hujson.String(key)},
		Value: hujson.Value{BeforeExtra: hujson.Extra(s.space())},
	})
	return &object.Members[len(siblings)].Value, at
}

// appendElement adds an element, which is one line of JSON. It stays text in
// the tree, which has to be packed and parsed again before it is looked into.
func (s style) appendElement(array *hujson.Array, outer, text string) {
	siblings := make([]hujson.Extra, len(array.Elements))
	for i, element := range array.Elements {
		siblings[i] = element.BeforeExtra
	}
	at := s.next(siblings, outer, false)
	if len(siblings) == 0 {
		array.AfterExtra = s.closing(at, outer)
	}
	array.Elements = append(array.Elements, hujson.Value{BeforeExtra: at.before, Value: hujson.Literal(text)})
}

// closing is the white space before the bracket that closes a container whose
// first child stands at a place.
func (s style) closing(at place, outer string) hujson.Extra {
	if at.inline {
		return nil
	}
	return hujson.Extra(s.newline + outer)
}

// list renders an array with one element, on one line or on three.
func (s style) list(element string, at place) string {
	if at.inline {
		return "[" + element + "]"
	}
	inner := s.newline + at.indent + s.indent
	return "[" + inner + element + s.newline + at.indent + "]"
}

// removeMember and removeElement take out a child with the white space before
// it. What follows the last child belongs to the container: left with the
// child before it, it would read as a trailing comma.
func removeMember(object *hujson.Object, i int) {
	object.Members = append(object.Members[:i:i], object.Members[i+1:]...)
	if n := len(object.Members); n > 0 {
		object.Members[n-1].Value.AfterExtra = nil
	} else {
		object.AfterExtra = nil
	}
}

func removeElement(array *hujson.Array, i int) {
	array.Elements = append(array.Elements[:i:i], array.Elements[i+1:]...)
	if n := len(array.Elements); n > 0 {
		array.Elements[n-1].AfterExtra = nil
	} else {
		array.AfterExtra = nil
	}
}
