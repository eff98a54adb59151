package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// inspection is the state of one Inspect.
type inspection struct {
	project string
	env     Env
	want    Hook
	report  Report
	files   []*source // settings files, from the lowest precedence to the highest
	plugins []*source // enabled plugins that bring our hook
}

// Inspect judges from the settings files, as a session of Claude Code in the
// project folder would read them, whether the hook would run for everything.
// What a command line adds (--settings, --bare, --plugin-dir) and what comes
// from a server or an MDM profile is not in files and so is not judged. Where
// want has a command, entries that point to another program, or pass other
// arguments, are reported.
func Inspect(project string, env Env, want Hook) Report {
	in := &inspection{project: project, env: env, want: want}
	if abs, err := filepath.Abs(project); err == nil {
		in.project = abs
	}
	in.files = in.sources()
	in.plugins = in.enabledPlugins()
	live := in.live()
	in.report.Installed = in.installed(live)
	in.checkGates(live)
	in.checkEntries(live)
	in.checkBinaries(live)
	return in.report
}

// live are the entries of ours that Claude Code reads at all.
func (in *inspection) live() []entry {
	var live []entry
	for _, s := range append(append([]*source(nil), in.plugins...), in.files...) {
		live = append(live, s.entries...)
	}
	return live
}

// checkWritable reports a file that any user may write or replace.
func (in *inspection) checkWritable(path, code, title string) {
	if runtime.GOOS == "windows" {
		return
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o002 != 0 {
		in.report.add(Finding{
			Warn, code, title, fmt.Sprintf("Its mode is %04o.", info.Mode().Perm()), path, "chmod o-w " + shellQuote(path),
		})
		return
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err == nil && info.Mode().Perm()&0o002 != 0 && info.Mode()&os.ModeSticky == 0 {
		in.report.add(Finding{
			Warn, code, title, fmt.Sprintf("Its folder has the mode %04o, so the file can be replaced.", info.Mode().Perm()),
			path, "chmod o-w " + shellQuote(folder),
		})
	}
}

// mend is the command that puts a level's entries right.
func (in *inspection) mend(level Level) string { return in.command("init", level) }

// command is a command line of ours for a level.
func (in *inspection) command(verb string, level Level) string {
	switch level {
	case Managed:
		return "sudo agent-telemetry " + verb + " --settings managed"
	case User:
		return "agent-telemetry " + verb + " --settings user"
	}
	return "agent-telemetry " + verb + " " + shellQuote(in.project) + " --settings " + string(level)
}

// edit is the command that opens a file, with what to do there as its comment.
func edit(file File, what string) string {
	return editor(file) + " " + shellQuote(file.Path) + "  # " + what
}

func editor(file File) string {
	if file.Level == Managed {
		return "sudo ${EDITOR:-vi}"
	}
	return "${EDITOR:-vi}"
}

// shellQuote quotes a word for a shell where it needs to be.
func shellQuote(word string) string {
	plain := strings.IndexFunc(word, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-+:@%=,", r))
	}) < 0
	if plain && word != "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
