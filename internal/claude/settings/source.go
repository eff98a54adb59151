package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// source is a file that hooks can come from, as Claude Code sees it: what it
// drops is not in settings or entries.
type source struct {
	File
	plugin   string // its id, where the source is a plugin
	settings map[string]any
	entries  []entry
}

// entry is one handler of ours.
type entry struct {
	source    *source
	event     string
	matcher   string
	condition string
	shell     string
	command   string
	args      []string
	execForm  bool
	async     bool
	timeout   float64 // 0 where none is set
}

// weak reports whether the entry can lose what it is run for: an async hook is
// killed when a headless session ends, and one with next to no time at once.
func (e entry) weak() bool { return e.async || e.hasty() }

func (e entry) hasty() bool { return e.timeout > 0 && e.timeout < 1 }

// whole reports whether the entry sees everything its event is fired for.
func (e entry) whole() bool { return !e.weak() && e.condition == "" && covers(e.event, e.matcher) }

// unpinned reports whether the entry serves many people, each of whose records go
// to a data folder of their own.
func (e entry) unpinned() bool {
	return e.source.Level == Plugin || e.source.Level == Managed && len(e.args) == 0
}

// key tells handlers apart as Claude Code does when it drops duplicates.
func (e entry) key() string {
	return strings.Join(append([]string{e.source.plugin, e.shell, e.command, e.condition, fmt.Sprint(e.execForm)}, e.args...), "\x00")
}

// sources reads every settings file, from the lowest precedence to the highest.
func (in *inspection) sources() []*source {
	var files []File
	for _, level := range []Level{User, Project, Local} {
		if file, err := Locate(level, in.project, in.env); err == nil {
			files = append(files, file)
		}
	}
	root := in.env.managedRoot()
	files = append(files, File{Managed, filepath.Join(root, "managed-settings.json")})
	folder := filepath.Join(root, "managed-settings.d")
	dropIns, _ := os.ReadDir(folder) // in alphabetical order, as Claude Code reads them
	for _, dropIn := range dropIns {
		if name := dropIn.Name(); !dropIn.IsDir() && strings.HasSuffix(name, ".json") && !strings.HasPrefix(name, ".") {
			files = append(files, File{Managed, filepath.Join(folder, name)})
		}
	}
	var read []*source
	seen := map[string]bool{}
	for _, file := range files {
		if seen[file.Path] {
			continue // a session in the home folder: one file is of two levels
		}
		seen[file.Path] = true
		if s := in.read(file); s != nil {
			read = append(read, s)
		}
	}
	return read
}

// read reads one settings file and reports what keeps Claude Code from it. It
// returns nil for a file that does not exist.
func (in *inspection) read(file File) *source {
	content, err := os.ReadFile(file.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	in.report.Files = append(in.report.Files, file)
	s := &source{File: file, settings: map[string]any{}}
	if err != nil {
		in.report.add(Finding{
			Warn, CodeUnreadable, "Settings file cannot be read",
			fmt.Sprintf("Claude Code goes on without it: %v.", err), file.Path, "ls -l " + shellQuote(file.Path),
		})
		return s
	}
	in.checkWritable(file.Path, CodeFileWritable, "Settings file can be changed by every user of this machine")
	text := strings.TrimPrefix(string(content), "\ufeff")
	if strings.TrimSpace(text) == "" {
		return s
	}
	// A file that is dropped is a failure if our hook goes with it.
	severity := Warn
	if strings.Contains(text, Name) {
		severity = Fail
	}
	if _, err := parse(file.Path, content); err != nil {
		in.notJSON(severity, file, err)
		return s
	}
	settings := map[string]any{}
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		in.notJSON(severity, file, err)
		return s
	}
	in.accept(s, settings, severity)
	return s
}

func (in *inspection) notJSON(severity Severity, file File, err error) {
	at, detail := "", err.Error()
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		at = fmt.Sprintf("+%d ", syntax.Line)
		detail = fmt.Sprintf("Line %d, column %d: %v. Claude Code ignores the whole file.", syntax.Line, syntax.Column, syntax.Err)
	}
	in.report.add(Finding{severity, CodeNotJSON, "Settings file is not valid JSON", detail, file.Path, editor(file) + " " + at + shellQuote(file.Path)})
}

// accept takes over what Claude Code does not drop of a settings file.
func (in *inspection) accept(s *source, settings map[string]any, severity Severity) {
	hooks, hasHooks := settings["hooks"]
	var found faults
	if hasHooks {
		found = checkHooks(hooks)
	}
	wrong := checkSettings(settings)
	loses := "the whole file"
	if s.Level == Managed {
		loses = "all hooks of the file"
	}
	if len(found.fatal) > 0 {
		in.report.add(Finding{
			severity, CodeHandlerInvalid, "One invalid hook makes Claude Code drop " + loses,
			strings.Join(found.fatal, "; ") + ".", s.Path, edit(s.File, "correct or remove "+strings.Fields(found.fatal[0])[0]),
		})
	}
	if len(found.ignored) > 0 {
		in.report.add(Finding{
			severity, CodeHooksIgnored, "Claude Code ignores hooks of the wrong type",
			strings.Join(found.ignored, "; ") + ".", s.Path, edit(s.File, "correct or remove "+strings.Fields(found.ignored[0])[0]),
		})
	}
	if len(wrong) > 0 && s.Level != Managed {
		in.report.add(Finding{
			severity, CodeSettingInvalid, "A setting of the wrong type makes Claude Code drop the whole file",
			strings.Join(wrong, "; ") + ".", s.Path, edit(s.File, "correct "+strings.Fields(wrong[0])[0]),
		})
	}
	if s.Level != Managed && len(found.fatal)+len(wrong) > 0 {
		return
	}
	s.settings = settings
	if len(found.fatal) == 0 {
		s.entries = entries(s, hooks)
	}
}

// entries finds our handlers in valid hooks.
func entries(s *source, hooks any) []entry {
	var found []entry
	events, _ := hooks.(map[string]any)
	for event, value := range events {
		groups, _ := value.([]any)
		for _, value := range groups {
			group, _ := value.(map[string]any)
			handlers, _ := group["hooks"].([]any)
			for _, value := range handlers {
				handler, _ := value.(map[string]any)
				if e := entryOf(s, event, group, handler); isOurs(executable(e.command, e.execForm)) {
					found = append(found, e)
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b entry) int { return eventOrder(a.event) - eventOrder(b.event) })
	return found
}

func entryOf(s *source, event string, group, handler map[string]any) entry {
	e := entry{source: s, event: event}
	e.matcher, _ = group["matcher"].(string)
	e.condition, _ = handler["if"].(string)
	e.shell, _ = handler["shell"].(string)
	e.command, _ = handler["command"].(string)
	e.timeout, _ = handler["timeout"].(float64)
	async, _ := handler["async"].(bool)
	rewake, _ := handler["asyncRewake"].(bool)
	e.async = async || rewake
	args, execForm := handler["args"].([]any)
	e.execForm = execForm
	for _, arg := range args {
		text, _ := arg.(string)
		e.args = append(e.args, text)
	}
	return e
}

// eventOrder sorts events as they are listed, others behind them.
func eventOrder(event string) int {
	if i := slices.Index(Events(), event); i >= 0 {
		return i
	}
	return len(Events())
}
