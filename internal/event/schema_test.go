package event_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/event/eventtest"

	"github.com/google/go-cmp/cmp"
)

// schema is as much of a JSON Schema as this one uses.
type schema struct {
	Ref        string            `json:"$ref"`
	Defs       map[string]schema `json:"$defs"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	Required   []string          `json:"required"`
	Additional *bool             `json:"additionalProperties"`
	Enum       []string          `json:"enum"`
}

func published(t *testing.T) schema {
	t.Helper()
	path, err := eventtest.SchemaPath()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// The schema and the struct name the same members, level by level, and the
// schema lets no others in. Only members that are always written are required.
func TestSchemaAndRecordNameTheSameMembers(t *testing.T) {
	root := published(t)
	compare(t, root, root, reflect.TypeFor[event.Record](), "record")
}

func compare(t *testing.T, root, s schema, typ reflect.Type, at string) {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		s = root.Defs[name]
	}
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ.Kind() == reflect.Slice && s.Items != nil {
		compare(t, root, *s.Items, typ.Elem(), at+"[]")
		return
	}
	if s.Properties == nil {
		return
	}
	if s.Additional == nil || *s.Additional {
		t.Errorf("%s: the schema lets members in that it does not name", at)
	}
	fields := members(typ)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(fields)), slices.Sorted(maps.Keys(s.Properties))); diff != "" {
		t.Errorf("%s: - in the struct, + in the schema\n%s", at, diff)
	}
	for name, f := range fields {
		if slices.Contains(s.Required, name) && f.optional {
			t.Errorf("%s.%s: required by the schema, omitted by the struct when empty", at, name)
		}
		compare(t, root, s.Properties[name], f.typ, at+"."+name)
	}
}

type member struct {
	typ      reflect.Type
	optional bool
}

// members lists a struct's members by their names in JSON.
func members(typ reflect.Type) map[string]member {
	out := map[string]member{}
	for i := range typ.NumField() {
		f := typ.Field(i)
		if f.Anonymous {
			maps.Copy(out, members(f.Type))
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[name] = member{f.Type, rest == "omitempty"}
	}
	return out
}

// The schema's enumerations are the constants of the package.
func TestSchemaListsTheConstants(t *testing.T) {
	root := published(t)
	file, err := parser.ParseFile(token.NewFileSet(), "record.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	constants := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			value, _ := spec.Values[0].(*ast.BasicLit)
			if typ, ok := spec.Type.(*ast.Ident); ok && value != nil {
				constants[typ.Name] = append(constants[typ.Name], strings.Trim(value.Value, `"`))
			}
		}
		return true
	})
	constants["Outcome"] = slices.DeleteFunc(constants["Outcome"], func(o string) bool {
		return o == string(event.Unknown) // never said of a record
	})
	for name, enum := range map[string][]string{
		"Type": root.Properties["event_type"].Enum, "Level": root.Properties["level"].Enum,
		"Outcome": root.Properties["outcome"].Enum,
	} {
		if diff := cmp.Diff(slices.Sorted(slices.Values(constants[name])), slices.Sorted(slices.Values(enum))); diff != "" {
			t.Errorf("%s: - constants, + schema\n%s", name, diff)
		}
	}
}

// What the specification requires is required for good.
func TestSpecifiedMembersAreRequired(t *testing.T) {
	root := published(t)
	for at, want := range map[string][]string{
		"": {
			"timestamp", "level", "event_type", "hook_event", "session_id", "project_path", "project_name",
			"tool_name", "telemetry_enabled", "action_details", "metadata", "raw_input",
		},
		"action_details": {"file_path", "size_bytes", "outside_project_scope", "command", "search_pattern", "search_path"},
		"metadata":       {"claude_version", "telemetry_version", "user_id", "scope"},
	} {
		s := root
		if at != "" {
			s = root.Defs[at]
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(s.Required))); diff != "" {
			t.Errorf("%q: - specified, + required\n%s", at, diff)
		}
	}
}

// The example in the specification is a record.
func TestSpecifiedExample(t *testing.T) {
	eventtest.Validate(t, []byte(`{
  "timestamp": "2025-08-01T03:15:02-04:00",
  "level": "INFO",
  "event_type": "file_read",
  "hook_event": "PreToolUse",
  "session_id": "16f668a2-ee15-47fa-b541-fc415b2513d2",
  "project_path": "/home/jeff/claude-code/agent-telemetry",
  "project_name": "agent-telemetry",
  "tool_name": "Read",
  "telemetry_enabled": true,
  "action_details": {
    "file_path": "/home/jeff/claude-code/agent-telemetry/README.md",
    "size_bytes": 2048,
    "outside_project_scope": false,
    "command": "",
    "search_pattern": "",
    "search_path": ""
  },
  "metadata": {
    "claude_version": "4.0",
    "telemetry_version": "1.0.0",
    "user_id": "jeff",
    "scope": "project"
  },
  "raw_input": {
    "session_id": "16f668a2-ee15-47fa-b541-fc415b2513d2",
    "hook_event_name": "PreToolUse",
    "tool_name": "Read",
    "tool_input": {
      "file_path": "/home/jeff/claude-code/agent-telemetry/README.md"
    }
  }
}`))
}

// The schema refuses what is not a record.
func TestSchemaRefuses(t *testing.T) {
	good := event.Record{Level: event.Info, EventType: event.FileRead, HookEvent: "PreToolUse"}
	good.Metadata.Scope, good.Metadata.TelemetryVersion, good.Metadata.Source = "project", event.SchemaVersion, "hook"
	if err := eventtest.Check(line(&good)); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(map[string]any){
		"unknown member":          func(r map[string]any) { r["color"] = "red" },
		"unknown metadata":        func(r map[string]any) { r["metadata"].(map[string]any)["color"] = "red" },
		"unknown detail":          func(r map[string]any) { r["action_details"].(map[string]any)["color"] = "red" },
		"unknown level":           func(r map[string]any) { r["level"] = "DEBUG" },
		"unknown type":            func(r map[string]any) { r["event_type"] = "file_delete" },
		"unknown outcome":         func(r map[string]any) { r["outcome"] = "maybe" },
		"not a time":              func(r map[string]any) { r["timestamp"] = "yesterday" },
		"no session":              func(r map[string]any) { delete(r, "session_id") },
		"size as text":            func(r map[string]any) { r["action_details"].(map[string]any)["size_bytes"] = "1" },
		"seq without predecessor": func(r map[string]any) { r["seq"] = 1 },
	} {
		var v map[string]any
		if err := json.Unmarshal(line(&good), &v); err != nil {
			t.Fatal(err)
		}
		spoil(v)
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if eventtest.Check(text) == nil {
			t.Errorf("%s: the schema lets it pass", name)
		}
	}
}

// Every text that an agent has a say in is among those that Texts names, under
// its own path.
func TestTextsNamesEveryText(t *testing.T) {
	var r event.Record
	fill(reflect.ValueOf(&r).Elem())
	n := 0
	r.Texts(func(path string, text *string) { *text = "seen as " + path; n++ })
	var v map[string]any
	if err := json.Unmarshal(line(&r), &v); err != nil {
		t.Fatal(err)
	}
	seen := 0
	walk(v, "", func(path, text string) {
		switch path {
		case "timestamp", "captured_at", "spool", "level", "event_type", "outcome", "shortened[]",
			"metadata.telemetry_version", "metadata.scope", "metadata.source":
			return
		}
		if strings.HasPrefix(path, "raw_input") || strings.HasPrefix(path, "torn") ||
			strings.HasPrefix(path, "lost") || strings.HasPrefix(path, "retention") || strings.HasPrefix(path, "integrity") {
			return
		}
		if seen++; text != "seen as "+path {
			t.Errorf("%s is %q", path, text)
		}
	})
	if seen != n {
		t.Errorf("Texts named %d texts, the record has %d", n, seen)
	}
}

func walk(v any, path string, f func(path, text string)) {
	switch v := v.(type) {
	case map[string]any:
		for name, v := range v {
			walk(v, strings.TrimPrefix(path+"."+name, "."), f)
		}
	case []any:
		for _, v := range v {
			walk(v, path+"[]", f)
		}
	case string:
		f(path, v)
	}
}
