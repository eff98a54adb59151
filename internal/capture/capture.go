// Package capture is the hook's whole work: payload in, journal record out.
//
// It never fails towards Claude Code: whatever goes wrong is told in the record,
// or, where no record can be written, in a line of the hook's error log.
package capture

import (
	"io"
	"os"
	"path/filepath"
	"time"

	"agent-telemetry/internal/claude"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/jsontree"
	"agent-telemetry/internal/privacy"
	"agent-telemetry/internal/scope"
)

// Hook is one call of the hook. Every exported field must be set.
type Hook struct {
	Data   string // data folder
	Stdin  io.Reader
	Getenv func(string) string
	Getwd  func() (string, error)
	Now    func() time.Time

	problems []error // for the one line of the error log
}

// Run reads the payload and appends its record. When it returns, the record is
// as durable as the configuration asks, or a line of the error log says why not.
func (h *Hook) Run() {
	defer h.complain()
	_ = h.survive(func() {
		config, err := LoadConfig(h.Data)
		h.problem(err)
		root, err := jsontree.Read(h.Stdin, jsontree.Options{Digest: config.Privacy.Digest})
		h.record(&config, root, err)
	})
}

// record makes and appends the record of one payload, if recording is on.
func (h *Hook) record(config *Config, root *jsontree.Value, readErr error) {
	cwd := h.cwd(root)
	project := scope.Find(h.Getenv("CLAUDE_PROJECT_DIR"), cwd)
	r := h.blank(config, project, root)
	watch := watcher{data: h.Data, session: root.Str("session_id")}
	switch {
	case config.off(project.Root):
		return
	case config.AllProjects:
		r.Metadata.Scope = "user"
	case project.Marker != "":
		r.Metadata.Scope = "project"
		watch.begin(project.Marker)
	default:
		if marker := watch.vanished(); marker != "" {
			h.append(config, r.Metadata, disabled(r, marker))
		}
		return
	}
	if readErr != nil {
		r.InputError = readErr.Error()
	}
	from := r.Metadata
	h.append(config, from, h.entry(config, project.Root, cwd, r, root))
	if root.Str("hook_event_name") == "SessionEnd" {
		watch.end()
	}
}

// entry fills in the record. Should that fail, the record says so, and nothing
// of the payload but what blank took.
func (h *Hook) entry(config *Config, project, cwd string, r *event.Record, root *jsontree.Value) (e journal.Entry) {
	bare := *r
	err := h.survive(func() {
		claude.Facts(root, r)
		commands := new(scripts)
		judge(h.checker(config, project, cwd), commands, config.Privacy, root, r)
		config.Privacy.Apply(root, commands.contents)
		claude.Texts(root, r)
		e = encode(r, asObject(root))
	})
	if err != nil {
		bare.InputError = err.Error()
		return encode(&bare, new(jsontree.Value))
	}
	return e
}

// cwd is where the action runs: the payload's folder, else the hook's own.
func (h *Hook) cwd(root *jsontree.Value) string {
	cwd := root.Str("cwd")
	if filepath.IsAbs(cwd) {
		return cwd
	}
	own, err := h.Getwd()
	if err != nil {
		own = string(filepath.Separator)
	}
	return filepath.Join(own, cwd)
}

func (h *Hook) append(config *Config, from event.Metadata, e journal.Entry) {
	from.Scope = "user" // of the journal's own records, which are of no project
	j := journal.New(h.Data, journal.Options{
		Durability: config.Durability, SegmentBytes: config.SegmentBytes, Metadata: from, Now: h.Now,
	})
	_, err := j.Append(e)
	h.problem(err)
}

func (h *Hook) metadata(config *Config, m *event.Metadata) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	version := claude.Version(h.Getenv("AI_AGENT"))
	*m = event.Metadata{
		Host: host, UserID: config.userID(), Agent: claude.Agent,
		AgentVersion: version, ClaudeVersion: version,
		TelemetryVersion: event.SchemaVersion, Source: "hook",
	}
}

// blank is a record that knows its place but says nothing yet of what was done.
func (h *Hook) blank(config *Config, project scope.Project, root *jsontree.Value) *event.Record {
	r := &event.Record{
		EventType: event.Other, Level: event.Info, TelemetryEnabled: true,
		HookEvent: id(root, "hook_event_name"), SessionID: id(root, "session_id"),
	}
	r.ProjectPath, _ = privacy.Redact(project.Root)
	r.ProjectName, _ = privacy.Redact(filepath.Base(project.Root))
	h.metadata(config, &r.Metadata)
	return r
}

const maxID = 512

// id is a member of the payload that is an identifier, unless it cannot be one.
func id(root *jsontree.Value, name string) string {
	s := root.Str(name)
	if len(s) > maxID {
		return ""
	}
	s, _ = privacy.Redact(s)
	return s
}

// disabled is the record that a marker vanished while its session went on. Of
// the payload it keeps nothing more: recording is off.
func disabled(r *event.Record, marker string) journal.Entry {
	r.EventType, r.Level, r.TelemetryEnabled = event.TelemetryDisabled, event.Warn, false
	r.Metadata.Scope = "project"
	r.Action.MarkerRemoved = marker
	return encode(r, new(jsontree.Value))
}
