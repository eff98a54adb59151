package query

import (
	"strconv"
	"strings"

	"agent-telemetry/internal/event"
)

// Field is what records are selected, counted and grouped by.
type Field string

// The fields. Path and Text only select; the others group, too.
const (
	Session Field = "session"
	Project Field = "project"
	Tool    Field = "tool"
	Event   Field = "event" // event type
	Hook    Field = "hook"  // hook event
	Outcome Field = "outcome"
	Level   Field = "level"
	Outside Field = "outside" // true or false
	Agent   Field = "agent"   // of a subagent; the main agent's records have none
	Path    Field = "path"
	Text    Field = "text"
)

// Fields lists all fields, in the order in which they are shown.
func Fields() []Field {
	return []Field{Session, Project, Tool, Event, Hook, Outcome, Level, Outside, Agent, Path, Text}
}

// GroupFields lists the fields that Count, Top and Facets can group by.
func GroupFields() []Field {
	return []Field{Session, Project, Tool, Event, Hook, Outcome, Level, Outside, Agent, Path}
}

// Value is what a record has of a field, as it is grouped by: "" for nothing. A
// project's is its path, an agent's its type, or its id where it has no type.
func (f Field) Value(r *event.Record) string {
	switch f {
	case Session:
		return r.SessionID
	case Project:
		return r.ProjectPath
	case Tool:
		return r.ToolName
	case Event:
		return string(r.EventType)
	case Hook:
		return r.HookEvent
	case Outcome:
		return string(r.Outcome)
	case Level:
		return string(r.Level)
	case Outside:
		return strconv.FormatBool(r.Action.OutsideProjectScope)
	case Agent:
		if r.AgentID != "" && r.AgentType == "" {
			return r.AgentID
		}
		return r.AgentType
	case Path:
		return PathOf(&r.Action)
	}
	return ""
}

// PathOf is the path that an action is about.
func PathOf(a *event.ActionDetails) string {
	if a.FilePath != "" {
		return a.FilePath
	}
	return a.SearchPath
}

// matches reports whether a record has a wanted value in this field.
func (f Field) matches(r *event.Record, want string) bool {
	switch f {
	case Session:
		return strings.HasPrefix(r.SessionID, want)
	case Project:
		return MatchProject(want, r.ProjectName, r.ProjectPath)
	case Agent:
		return MatchAgent(want, r.AgentID, r.AgentType)
	case Path:
		return Glob(want, r.Action.FilePath) || Glob(want, r.Action.SearchPath)
	case Text:
		return matchText(want, &r.Action)
	}
	return strings.EqualFold(want, f.Value(r))
}

// Texts are what free text is searched in, in this order.
func Texts(a *event.ActionDetails) [6]string {
	return [...]string{a.FilePath, a.Command, a.SearchPattern, a.SearchPath, a.URL, a.Query}
}

func matchText(want string, a *event.ActionDetails) bool {
	for _, s := range Texts(a) {
		if ContainsFold(s, want) {
			return true
		}
	}
	return false
}

// MatchProject reports whether want, a project's name or its absolute path, is
// the project of that name and path.
func MatchProject(want, name, path string) bool {
	if strings.HasPrefix(want, "/") {
		return path == cleanPath(want)
	}
	return name == want || path == want
}

func cleanPath(path string) string {
	if trimmed := strings.TrimRight(path, "/"); trimmed != "" {
		return trimmed
	}
	return "/"
}

// MatchAgent reports whether want names a subagent, by its type or the beginning
// of its id. "main" is the main agent: records of no subagent.
func MatchAgent(want, id, kind string) bool {
	if want == MainAgent {
		return id == ""
	}
	return id != "" && strings.HasPrefix(id, want) || strings.EqualFold(kind, want)
}

// MainAgent selects what no subagent did.
const MainAgent = "main"
