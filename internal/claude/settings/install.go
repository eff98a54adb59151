package settings

import (
	"encoding/json"
	"slices"

	"github.com/tailscale/hujson"
)

// Kind says what an edit does to our handler of one event.
type Kind string

// The kinds of a Change.
const (
	Added     Kind = "added"
	Updated   Kind = "updated"
	Removed   Kind = "removed"
	Unchanged Kind = "unchanged"
)

// Change is what happens to one event.
type Change struct {
	Event string `json:"event"`
	Kind  Kind   `json:"kind"`
}

// install leaves exactly one handler of ours, saying what the hook says and
// seeing everything, for each event that is recorded, and none for others.
func (d *document) install(hook Hook) ([]Change, error) {
	hooks, err := d.hooks()
	if err != nil {
		return nil, err
	}
	if hooks == nil {
		hooks = &hujson.Object{}
		value, _ := d.style.appendMember(d.root, "", false, "hooks")
		value.Value = hooks
	}
	outer := lineOf(d.root, "hooks", "")
	var changes []Change
	for _, event := range Events() {
		kind, err := d.installEvent(hooks, outer, event, hook)
		if err != nil {
			return nil, err
		}
		changes = append(changes, Change{event, kind})
	}
	return append(changes, d.strip(hooks, func(event string) bool { return !slices.Contains(Events(), event) })...), nil
}

func (d *document) installEvent(hooks *hujson.Object, outer, event string, hook Hook) (Kind, error) {
	groups, err := d.groups(hooks, event)
	if err != nil {
		return "", err
	}
	group := hook.group(event, d.style.space())
	if groups == nil {
		value, at := d.style.appendMember(hooks, outer, false, event)
		value.Value = hujson.Literal(d.style.list(group, at))
		return Added, nil
	}
	if only := soleHandler(event, groups); only != nil {
		if hook.is(*only) {
			return Unchanged, nil
		}
		only.Value = hujson.Literal(hook.handler(d.style.space()))
		return Updated, nil
	}
	kind := Added
	if stripGroups(groups) {
		kind = Updated
	}
	d.style.appendElement(groups, lineOf(hooks, event, outer), group)
	return kind, nil
}

// uninstall takes out every handler of ours, with the groups, events and hooks
// key that this leaves empty.
func (d *document) uninstall() ([]Change, error) {
	hooks, err := d.hooks()
	if err != nil || hooks == nil {
		return nil, err
	}
	changes := d.strip(hooks, func(string) bool { return true })
	if len(changes) > 0 && len(hooks.Members) == 0 {
		for i, member := range d.root.Members {
			if member.Value.Value == hooks {
				removeMember(d.root, i)
				break
			}
		}
	}
	return changes, nil
}

// strip takes our handlers out of the events that are chosen. Whatever is not
// laid out as Claude Code demands cannot hold one and is left alone.
func (d *document) strip(hooks *hujson.Object, chosen func(event string) bool) []Change {
	var changes []Change
	for i := 0; i < len(hooks.Members); i++ {
		event := hooks.Members[i].Name.Value.(hujson.Literal).String()
		groups, ok := hooks.Members[i].Value.Value.(*hujson.Array)
		if !ok || !chosen(event) || !stripGroups(groups) {
			continue
		}
		changes = append(changes, Change{event, Removed})
		if len(groups.Elements) == 0 {
			removeMember(hooks, i)
			i--
		}
	}
	return changes
}

// stripGroups takes our handlers out of an event's groups and tells whether
// there was one.
func stripGroups(groups *hujson.Array) bool {
	found := false
	for i := 0; i < len(groups.Elements); i++ {
		handlers := handlersOf(groups.Elements[i])
		if handlers == nil {
			continue
		}
		before := len(handlers.Elements)
		for j := 0; j < len(handlers.Elements); j++ {
			if isOurHandler(handlers.Elements[j]) {
				removeElement(handlers, j)
				j--
			}
		}
		if len(handlers.Elements) == before {
			continue
		}
		found = true
		if len(handlers.Elements) == 0 {
			removeElement(groups, i)
			i--
		}
	}
	return found
}

// soleHandler is our handler of an event if it is the only one and sits in a
// group with the right matcher, so that it can be updated where it is.
func soleHandler(event string, groups *hujson.Array) *hujson.Value {
	var sole *hujson.Value
	for i := range groups.Elements {
		handlers := handlersOf(groups.Elements[i])
		if handlers == nil {
			continue
		}
		for j := range handlers.Elements {
			if !isOurHandler(handlers.Elements[j]) {
				continue
			}
			if sole != nil || !fits(event, matcherOf(groups.Elements[i])) {
				return nil
			}
			sole = &handlers.Elements[j]
		}
	}
	return sole
}

func handlersOf(group hujson.Value) *hujson.Array {
	object, ok := group.Value.(*hujson.Object)
	if !ok {
		return nil
	}
	var handlers *hujson.Array
	for _, member := range object.Members {
		if name, ok := member.Name.Value.(hujson.Literal); ok && name.String() == "hooks" {
			handlers, _ = member.Value.Value.(*hujson.Array)
		}
	}
	return handlers
}

func matcherOf(group hujson.Value) string {
	var g struct{ Matcher string }
	if json.Unmarshal(group.Pack(), &g) != nil {
		return "?"
	}
	return g.Matcher
}

func isOurHandler(value hujson.Value) bool {
	object, ok := value.Value.(*hujson.Object)
	if !ok {
		return false
	}
	command, execForm := "", false
	for _, member := range object.Members {
		name, _ := member.Name.Value.(hujson.Literal)
		literal, isLiteral := member.Value.Value.(hujson.Literal)
		switch {
		case name.String() == "args":
			execForm = true
		case name.String() == "command" && isLiteral && literal.Kind() == '"':
			command = literal.String()
		}
	}
	return isOurs(executable(command, execForm))
}

// lineOf is the indentation of the line that a member begins, other where it
// shares the line of what is before it.
func lineOf(object *hujson.Object, key, other string) string {
	for _, member := range object.Members {
		if name, ok := member.Name.Value.(hujson.Literal); ok && name.String() == key {
			return indentOf(string(member.Name.BeforeExtra), other)
		}
	}
	return other
}
