// Package jsontree reads a JSON document of any size into a tree of bounded size.
//
// A value that is not wanted, or is larger than the limits, leaves a Digest in
// its place: how many bytes and lines it had and their SHA-256. What was read
// before a fault is kept, so that a cut or broken document still tells something.
package jsontree

// Kind says what a Value is.
type Kind uint8

// The kinds. Digested is any value of which only a Digest is left.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
	Digested
)

// Value is one JSON value. Members and items keep the order of the document.
type Value struct {
	Kind    Kind
	Text    string // String: decoded, valid UTF-8; Number and Bool: the literal
	Members []Member
	Items   []Value
	Sum     *Digest // Digested; or a String whose Text is only a prefix
}

// Member is one name and value of an object. Names may repeat, as in the document.
type Member struct {
	Name  string
	Value Value
}

// Digest stands for a value that was read but not kept.
type Digest struct {
	Of     Kind     // what the value was
	Bytes  int64    // of the decoded string, or of the JSON text of anything else
	Lines  int64    // lines in them; an unterminated last line counts
	SHA256 [32]byte // of the same bytes
	Head   string   // the first bytes, to classify by; never written out

	// Added and Removed count the strings within an array or object that begin
	// with "+" and "-": the changed lines where the value is a list of hunks.
	Added, Removed int64
}

// Get returns the value of the last member of that name, as JavaScript would,
// or nil. Further names go down into objects.
func (v *Value) Get(names ...string) *Value {
	for _, name := range names {
		if v == nil || v.Kind != Object {
			return nil
		}
		v = v.member(name)
	}
	return v
}

func (v *Value) member(name string) *Value {
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name == name {
			return &v.Members[i].Value
		}
	}
	return nil
}

// Str returns the text of a string value at names, or "" where there is none.
func (v *Value) Str(names ...string) string {
	if s := v.Get(names...); s != nil && s.Kind == String {
		return s.Text
	}
	return ""
}

// True reports whether v is the value true; nil is not.
func (v *Value) True() bool { return v != nil && v.Kind == Bool && v.Text == "true" }

// Set gives the object member of that name a value, appending it if need be.
func (v *Value) Set(name string, to Value) {
	if m := v.member(name); m != nil {
		*m = to
		return
	}
	v.Members = append(v.Members, Member{name, to})
}

// Text makes a string value.
func Text(s string) Value { return Value{Kind: String, Text: s} }
