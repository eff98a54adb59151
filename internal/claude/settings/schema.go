package settings

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// faults are what Claude Code objects to in a settings file. For the fatal
// ones it drops the file (in managed settings: all of its hooks) without a
// word in headless use; what is ignored costs no more than itself.
type faults struct {
	fatal   []string
	ignored []string
}

// checkHooks holds the hooks of a settings file to Claude Code's own schema.
func checkHooks(hooks any) faults {
	var f faults
	events, ok := hooks.(map[string]any)
	if !ok {
		f.ignored = append(f.ignored, "hooks must be an object")
		return f
	}
	for _, event := range slices.Sorted(maps.Keys(events)) {
		if !known(event) {
			continue
		}
		path := "hooks." + event
		groups, ok := events[event].([]any)
		if !ok {
			f.ignored = append(f.ignored, path+" must be an array of matcher groups")
			continue
		}
		for i, group := range groups {
			f.fatal = append(f.fatal, checkGroup(fmt.Sprintf("%s[%d]", path, i), group)...)
		}
	}
	return f
}

func checkGroup(path string, value any) []string {
	group, ok := value.(map[string]any)
	if !ok {
		return []string{path + " must be an object with hooks"}
	}
	var found []string
	if matcher, ok := group["matcher"]; ok && !isString(matcher) {
		found = append(found, path+".matcher must be a string")
	}
	handlers, ok := group["hooks"].([]any)
	if !ok {
		return append(found, path+".hooks must be an array of handlers")
	}
	for i, handler := range handlers {
		if fault := checkHandler(handler); fault != "" {
			found = append(found, fmt.Sprintf("%s.hooks[%d]%s", path, i, fault))
		}
	}
	return found
}

// checkHandler tells the first thing that makes a handler invalid.
func checkHandler(value any) string {
	handler, ok := value.(map[string]any)
	if !ok {
		return " must be an object"
	}
	kind, _ := handler["type"].(string)
	required := requiredFields(kind)
	if required == nil {
		return fmt.Sprintf(".type must be command, http, mcp_tool, prompt or agent, not %v", handler["type"])
	}
	for _, field := range required {
		if !isString(handler[field]) {
			return fmt.Sprintf(".%s must be a string in a %s handler", field, kind)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(handler)) {
		if want := wantOf(kind, field); want != "" && !isA(handler[field], want) {
			return fmt.Sprintf(".%s must be %s", field, want)
		}
	}
	return ""
}

func requiredFields(kind string) []string {
	switch kind {
	case "command":
		return []string{"command"}
	case "http":
		return []string{"url"}
	case "mcp_tool":
		return []string{"server", "tool"}
	case "prompt", "agent":
		return []string{"prompt"}
	}
	return nil
}

// wantOf says in words what a field of a handler has to be, nothing where
// anything goes. Fields that a type of handler does not have are not looked at.
func wantOf(kind, field string) string {
	switch field {
	case "timeout":
		return "a number greater than 0"
	case "if", "statusMessage":
		return "a string"
	case "once":
		return "true or false"
	}
	switch kind + " " + field {
	case "command args", "http allowedEnvVars":
		return "an array of strings"
	case "command shell":
		return "bash or powershell"
	case "command async", "command asyncRewake", "prompt continueOnBlock":
		return "true or false"
	case "command rewakeMessage", "command rewakeSummary":
		return "a string that is not empty"
	case "http url":
		return "a URL"
	case "http headers":
		return "an object of strings"
	case "mcp_tool input":
		return "an object"
	case "prompt model", "agent model":
		return "a string"
	}
	return ""
}

// isA holds a value to one of the phrases of wantOf.
func isA(value any, want string) bool {
	switch want {
	case "a number greater than 0":
		number, ok := value.(float64)
		return ok && number > 0
	case "a string":
		return isString(value)
	case "a string that is not empty":
		return isString(value) && value != ""
	case "true or false":
		_, ok := value.(bool)
		return ok
	case "bash or powershell":
		return value == "bash" || value == "powershell"
	case "an array of strings":
		list, ok := value.([]any)
		return ok && !slices.ContainsFunc(list, func(v any) bool { return !isString(v) })
	case "an object":
		_, ok := value.(map[string]any)
		return ok
	case "an object of strings":
		object, ok := value.(map[string]any)
		for _, v := range object {
			ok = ok && isString(v)
		}
		return ok
	case "a URL":
		text, _ := value.(string)
		u, err := url.Parse(strings.TrimSpace(text))
		return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "")
	}
	return false
}

func isString(value any) bool {
	_, ok := value.(string)
	return ok
}

// checkSettings looks at the other settings that decide about hooks. A wrong
// type in one of them, too, costs the whole file outside managed settings.
func checkSettings(settings map[string]any) []string {
	var found []string
	for _, key := range []string{"disableAllHooks", "allowManagedHooksOnly"} {
		if value, ok := settings[key]; ok && !isA(value, "true or false") {
			found = append(found, key+" must be true or false")
		}
	}
	for _, key := range []string{"env", "permissions", "enabledPlugins"} {
		if value, ok := settings[key]; ok && !isA(value, "an object") {
			found = append(found, key+" must be an object")
		}
	}
	return found
}
