package capture

import (
	"os"
	"path/filepath"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
	"agent-telemetry/internal/privacy"
	"agent-telemetry/internal/scope"
	"agent-telemetry/internal/shell"
)

// checker knows what belongs to the project of this payload.
func (h *Hook) checker(config *Config, root, cwd string) *scope.Checker {
	home, configDir := h.Getenv("HOME"), h.Getenv("CLAUDE_CONFIG_DIR")
	if configDir == "" && home != "" {
		configDir = filepath.Join(home, ".claude")
	}
	return &scope.Checker{
		Root: root, Cwd: cwd, Home: home,
		Allow: append(scope.DefaultAllow(home, configDir, os.TempDir(), h.Getenv("CLAUDE_CODE_TMPDIR")), config.Allow...),
		More:  func() []string { return scope.AddedDirectories(root, home, configDir) },
		Lookup: func(name string) (string, bool) {
			switch name {
			case "CLAUDE_PROJECT_DIR":
				return root, true
			case "TMPDIR":
				dir := h.Getenv(name)
				return dir, dir != ""
			}
			return "", false
		},
	}
}

// judge sets what the record says of the project's boundary. It looks at the
// payload before privacy has reduced it; of its words the record keeps what the
// level of paths allows.
func judge(c *scope.Checker, s *scripts, levels privacy.Levels, p *jsontree.Value, r *event.Record) {
	v := verdict(c, s, p)
	a := &r.Action
	a.OutsideProjectScope, a.ScopeAllowed = v.Outside, v.Allowed
	if levels.PathsAndCommands == privacy.Full {
		a.ScopeReason, _ = privacy.Redact(v.Reason)
		a.ScopeDetail, _ = privacy.Redact(v.Detail)
	} else if v.Outside {
		a.ScopeReason = "outside the project"
	} else {
		a.ScopeReason = v.Reason // "" or undecided
	}
	if v.Outside && !v.Allowed && r.Level == event.Info {
		r.Level = event.Warn
	}
	if r.EventType == event.FileRead || r.EventType == event.FileEdit {
		if size, ok := regularSize(c, p.Str("tool_input", "file_path")); ok && a.SizeBytes == 0 {
			a.SizeBytes = size
		}
	}
}

func regularSize(c *scope.Checker, path string) (int64, bool) {
	if path == "" {
		return 0, false
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.Cwd, path)
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	return info.Size(), true
}

// verdict joins those of a tool's path and of its command.
func verdict(c *scope.Checker, s *scripts, p *jsontree.Value) scope.Verdict {
	in := p.Get("tool_input")
	if in == nil {
		return scope.Verdict{}
	}
	var worst scope.Verdict
	for _, name := range [...]string{"file_path", "notebook_path", "path"} {
		if path := in.Get(name); path != nil && path.Kind == jsontree.String && path.Text != "" {
			worst = worse(worst, c.Path(path.Text))
		}
	}
	if command := in.Get("command"); command != nil && command.Kind == jsontree.String {
		v := c.Command(s.analyze(command.Text, c.Env()))
		if command.Sum != nil && !v.Outside {
			v.Reason, v.Detail = scope.Undecided, "the command is too long"
		}
		worst = worse(worst, v)
	}
	return worst
}

func worse(a, b scope.Verdict) scope.Verdict {
	rank := func(v scope.Verdict) int {
		switch {
		case v.Outside && !v.Allowed:
			return 3
		case v.Outside:
			return 2
		case v.Reason != "":
			return 1
		}
		return 0
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// scripts keeps the last analysis: the command that is judged is also the one
// whose heredocs are wanted, and to parse it is a good part of the hook's work.
type scripts struct {
	text     string
	heredocs []shell.Span
}

func (s *scripts) analyze(text string, env shell.Env) shell.Analysis {
	a := shell.Analyze(text, env)
	s.text, s.heredocs = text, a.Heredocs
	return a
}

// contents finds the parts of a command that are the contents of a file.
func (s *scripts) contents(text string) []privacy.Span {
	if text != s.text {
		s.analyze(text, shell.Env{})
	}
	spans := make([]privacy.Span, len(s.heredocs))
	for i, h := range s.heredocs {
		spans[i] = privacy.Span(h)
	}
	return spans
}
