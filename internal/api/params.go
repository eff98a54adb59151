package api

import (
	"slices"

	"agent-telemetry/internal/query"

	"github.com/danielgtaylor/huma/v2"
)

// The parameters as the OpenAPI document declares them. What an operation does
// not declare it does not take.

func param(name, kind, usage string, values ...any) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: usage, Schema: &huma.Schema{Type: kind, Enum: values}}
}

func text(name, usage string, values ...any) *huma.Param {
	return param(name, huma.TypeString, usage, values...)
}

func number(name, usage string, most float64) *huma.Param {
	p, zero := param(name, huma.TypeInteger, usage), 0.0
	p.Schema.Minimum, p.Schema.Maximum = &zero, &most
	return p
}

func list(name, usage string, values ...any) *huma.Param {
	explode := true
	return &huma.Param{
		Name: name, In: "query", Description: usage, Style: "form", Explode: &explode,
		Schema: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Enum: values}},
	}
}

func inPath(name, usage string) []*huma.Param {
	return []*huma.Param{{Name: name, In: "path", Required: true, Description: usage, Schema: &huma.Schema{Type: huma.TypeString}}}
}

func ofFilter() []*huma.Param {
	params := []*huma.Param{
		text("since", "From this time on: RFC 3339, a date, or how long ago: 15m, 24h, 7d."),
		text("until", "Before this time."),
	}
	for _, f := range query.Fields() {
		params = append(params, list(string(f), "Only "+usage(f)+". Any of several."))
	}
	for _, f := range query.Fields() {
		params = append(params, list(Not+string(f), "Leaves out "+usage(f)+"."))
	}
	return append(params, list(Also, "Further conditions that have to hold, too, written as a query of their own: also=text%3Dgo%26text%3Dmake."))
}

func usage(f query.Field) string {
	switch f {
	case query.Session:
		return "the session whose id begins so"
	case query.Project:
		return "the project of this name or absolute path"
	case query.Tool:
		return "this tool: Bash, Read, mcp__server__tool"
	case query.Event:
		return "this event type: file_read, command_execution"
	case query.Hook:
		return "this hook event: PreToolUse, Stop"
	case query.Outcome:
		return "this outcome: pending, success, failure, denied, interrupted, or empty for none"
	case query.Level:
		return "this level: info, warn, error"
	case query.Outside:
		return "what touched something outside its project (true), or did not (false)"
	case query.Agent:
		return "the subagent of this type or whose id begins so; main is the main agent"
	case query.Path:
		return "paths that match this glob: * stands for anything, slashes too"
	}
	return "what has this text in its path, command, pattern, URL or query, whatever its case"
}

func ofPage() []*huma.Param {
	return []*huma.Param{
		number("limit", "How many at most; 0 is the default of 100.", query.MaxLimit),
		text("cursor", "The member next of the page before."),
		text("order", "Which come first.", "newest", "oldest"),
	}
}

func ofUnit() *huma.Param {
	return text("unit", "Records, or actions: one for each concluded tool call, which has several records.", string(query.Records), string(query.Actions))
}

func ofRaw() *huma.Param { return text("raw", "With each record's own line.", "false", "true") }

func ofGroup(name, usage string) *huma.Param {
	p := text(name, usage)
	p.Schema.Enum = groups()
	return p
}

func groups() (names []any) {
	for _, f := range query.GroupFields() {
		names = append(names, string(f))
	}
	return names
}

func ofExport() []*huma.Param {
	return slices.Concat(ofFilter(), []*huma.Param{
		text("format", "The journal's own lines, or a table.", "jsonl", "csv"),
		text("order", "Which come first.", "oldest", "newest"),
		number("limit", "How many at most; 0 is all.", maxExport),
		ofUnit(),
	})
}

func ofStream() []*huma.Param {
	return slices.Concat(ofFilter(), []*huma.Param{
		ofUnit(), ofRaw(),
		text("after", "Key of a record, JOURNAL.SEQ: from behind it on. The header Last-Event-ID says the same."),
		number("last", "Begin with so many of the newest, unless after is given.", query.MaxLimit),
	})
}
