package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tailscale/hujson"
)

// SyntaxError says where a settings file stops being JSON.
type SyntaxError struct {
	File         string
	Line, Column int
	Err          error
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("settings file %s is not valid JSON at line %d, column %d (%v): correct that place, then run this again; nothing was changed",
		e.File, e.Line, e.Column, e.Err)
}

func (e *SyntaxError) Unwrap() error { return e.Err }

// document is a settings file as a syntax tree that packs to the very bytes it
// was parsed from, save for what was spliced into it.
type document struct {
	file  string
	bom   []byte
	value hujson.Value
	root  *hujson.Object
	style style
}

// parse reads a settings file. Like Claude Code it takes a blank file for an
// empty object and accepts neither comments nor trailing commas.
func parse(file string, content []byte) (*document, error) {
	text, hasBOM := bytes.CutPrefix(content, []byte("\ufeff"))
	doc := &document{file: file, bom: content[:len(content)-len(text)]}
	if len(bytes.TrimSpace(text)) == 0 {
		doc.bom, text = nil, []byte("{}\n")
		hasBOM = false
	}
	if err := checkSyntax(file, text, hasBOM); err != nil {
		return nil, err
	}
	value, err := hujson.Parse(bytes.Clone(text))
	if err != nil {
		return nil, fmt.Errorf("parse settings file %s: %w", file, err)
	}
	root, ok := value.Value.(*hujson.Object)
	if !ok {
		return nil, fmt.Errorf("settings file %s holds %s where Claude Code expects an object: make it {} and run this again; nothing was changed",
			file, kind(value))
	}
	doc.value, doc.root, doc.style = value, root, styleOf(text, root)
	return doc, nil
}

func (d *document) bytes() []byte { return append(bytes.Clone(d.bom), d.value.Pack()...) }

// checkSyntax holds text to strict JSON, as Claude Code does.
func checkSyntax(file string, text []byte, hasBOM bool) error {
	var ignored json.RawMessage
	err := json.Unmarshal(text, &ignored)
	if err == nil {
		return nil
	}
	offset := len(text)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = max(0, int(syntax.Offset)-1)
	}
	before := text[:min(offset, len(text))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	if hasBOM && line == 1 {
		column += len("\ufeff")
	}
	return &SyntaxError{File: file, Line: line, Column: column, Err: err}
}

// member finds the value of a key. A key that occurs twice is refused: Claude
// Code reads the last one only, and an edit of either would be a guess.
func (d *document) member(object *hujson.Object, path, key string) (*hujson.Value, error) {
	var found *hujson.Value
	for i := range object.Members {
		name, ok := object.Members[i].Name.Value.(hujson.Literal)
		if !ok || name.String() != key {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("settings file %s has %s%s twice: merge the two, then run this again; nothing was changed", d.file, path, key)
		}
		found = &object.Members[i].Value
	}
	return found, nil
}

// hooks is the object under the hooks key, nil where there is none.
func (d *document) hooks() (*hujson.Object, error) {
	value, err := d.member(d.root, "", "hooks")
	if value == nil || err != nil {
		return nil, err
	}
	object, ok := value.Value.(*hujson.Object)
	if !ok {
		return nil, d.wrongType("hooks", "an object from event to matcher groups", *value)
	}
	return object, nil
}

// groups is the array of matcher groups of an event, nil where there is none.
func (d *document) groups(hooks *hujson.Object, event string) (*hujson.Array, error) {
	value, err := d.member(hooks, "hooks.", event)
	if value == nil || err != nil {
		return nil, err
	}
	array, ok := value.Value.(*hujson.Array)
	if !ok {
		return nil, d.wrongType("hooks."+event, "an array of matcher groups", *value)
	}
	return array, nil
}

func (d *document) wrongType(path, want string, value hujson.Value) error {
	return fmt.Errorf("settings file %s has %s in %q where Claude Code expects %s: correct or remove it, then run this again; nothing was changed",
		d.file, kind(value), path, want)
}

func kind(value hujson.Value) string {
	switch value.Value.Kind() {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 'n':
		return "null"
	}
	return "a boolean"
}

// style is how a file is laid out, so that what is added looks like the rest.
type style struct {
	newline string
	indent  string
	compact bool
}

func styleOf(text []byte, root *hujson.Object) style {
	s := style{newline: "\n", indent: "  "}
	if bytes.Contains(text, []byte("\r\n")) {
		s.newline = "\r\n"
	}
	if len(root.Members) > 0 {
		before := string(root.Members[0].Name.BeforeExtra)
		s.compact = !strings.Contains(before, "\n")
		if !s.compact {
			s.indent = indentOf(before, "")
		}
	}
	return s
}

// space goes behind colons and commas of what stands on one line.
func (s style) space() string {
	if s.compact {
		return ""
	}
	return " "
}

// indentOf is the indentation that white space ends with, other where that
// white space does not begin a line.
func indentOf(extra, other string) string {
	if i := strings.LastIndexByte(extra, '\n'); i >= 0 {
		return extra[i+1:]
	}
	return other
}
