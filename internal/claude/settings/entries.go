package settings

import (
	"fmt"
	"slices"
	"strings"
)

// checkEntries judges the entries of ours that Claude Code reads.
func (in *inspection) checkEntries(live []entry) {
	if len(live) == 0 {
		in.report.add(Finding{
			Level: Fail, Code: CodeAbsent, Title: "The hook is not installed",
			Detail: "No settings file or enabled plugin that Claude Code reads here has it.",
			Remedy: in.mend(Local),
		})
		return
	}
	t := &tally{}
	var missing []string
	for _, event := range Events() {
		runs := in.effective(live, event, t)
		if len(runs) == 0 {
			missing = append(missing, event)
			continue
		}
		judge(runs, event, t)
	}
	in.unwanted(live, t)
	in.reportTally(t)
	in.reportMissing(missing, live)
	in.reportInstalled(live)
}

// effective are the entries of an event that Claude Code runs: of those that
// are the same but for timeout and async, only the one read last.
func (in *inspection) effective(live []entry, event string, t *tally) []entry {
	var runs []entry
	for _, e := range live {
		if e.event != event {
			continue
		}
		same := slices.IndexFunc(runs, func(other entry) bool { return other.key() == e.key() })
		switch {
		case same < 0:
			runs = append(runs, e)
		case e.weak() && !runs[same].weak():
			t.add(CodeShadowed, e)
			e.async, e.timeout = false, 0 // reported as what it is: a shadow
			runs[same] = e
		default:
			runs[same] = e
		}
	}
	return runs
}

// judge tells what is wrong with the entries that run for an event. What one
// of them misses does not matter where another sees everything.
func judge(runs []entry, event string, t *tally) {
	whole := slices.ContainsFunc(runs, entry.whole)
	for _, e := range runs {
		switch {
		case whole:
		case e.async:
			t.add(CodeAsync, e)
		case e.hasty():
			t.add(CodeTimeout, e)
		case e.condition != "":
			t.add(CodeConditional, e)
		case !covers(e.event, e.matcher):
			t.add(CodeMatcher, e)
		}
		if !e.execForm {
			t.add(CodeShellForm, e)
		}
	}
	if len(runs) > 1 {
		t.add(CodeTwice, runs[len(runs)-1])
	}
}

func (in *inspection) unwanted(live []entry, t *tally) {
	for _, e := range live {
		if e.event == "WorktreeCreate" {
			t.add(CodeWorktreeCreate, e)
		}
	}
}

// tally gathers what is found event by event into one finding for each code
// and source.
type tally struct {
	kinds []struct {
		code   string
		source *source
		events []string
	}
}

func (t *tally) add(code string, e entry) {
	for i := range t.kinds {
		if kind := &t.kinds[i]; kind.code == code && kind.source == e.source {
			if !slices.Contains(kind.events, e.event) {
				kind.events = append(kind.events, e.event)
			}
			return
		}
	}
	t.kinds = append(t.kinds, struct {
		code   string
		source *source
		events []string
	}{code, e.source, []string{e.event}})
}

func (in *inspection) reportTally(t *tally) {
	for _, kind := range t.kinds {
		level, title, detail := describe(kind.code)
		finding := Finding{
			Level: level, Code: kind.code, Title: title + " in " + kind.source.name(),
			Detail: detail + " Events: " + list(kind.events) + ".",
			File:   kind.source.Path, Remedy: in.mend(kind.source.Level),
		}
		switch {
		case kind.source.Level == Plugin:
			finding.Remedy = "claude plugin disable " + shellQuote(kind.source.plugin)
		case kind.code == CodeTwice, kind.code == CodeShadowed:
			finding.Remedy = in.command("uninstall", kind.source.Level)
		}
		in.report.add(finding)
	}
}

func describe(code string) (level Severity, title, detail string) {
	switch code {
	case CodeShadowed:
		return Fail, "The hook is shadowed by an entry with async or next to no time",
			"The same command is installed elsewhere, but Claude Code runs only the entry read last, and kills it."
	case CodeAsync:
		return Fail, "The hook runs asynchronously",
			"Claude Code kills asynchronous hooks when a headless session ends, so records are lost."
	case CodeTimeout:
		return Fail, "The hook is given less than a second", "Claude Code kills it before it has written its record."
	case CodeConditional:
		return Fail, `The hook has an "if"`, "It runs for matching tool calls only, and never for other events."
	case CodeMatcher:
		return Fail, "The hook has a narrow matcher", "What it does not match goes unrecorded."
	case CodeShellForm:
		return Warn, "The hook is run through a shell", "That takes several milliseconds more at every event than the exec form that init writes."
	case CodeTwice:
		return Warn, "The hook is installed twice", "Every action is recorded more than once."
	case CodeWorktreeCreate:
		return Fail, "The hook is registered for WorktreeCreate", "A hook there replaces the creation of git worktrees, which therefore fails."
	}
	return Warn, code, ""
}

// reportMissing tells which events nothing of ours is registered for. Without
// one that brings tool calls, actions go unrecorded.
func (in *inspection) reportMissing(missing []string, live []entry) {
	if len(missing) == 0 {
		return
	}
	level := Warn
	for _, event := range missing {
		switch event {
		case "PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch":
			level = Fail
		}
	}
	last := live[len(live)-1]
	in.report.add(Finding{
		level, CodeEventsMissing, "The hook is not registered for every event",
		"Missing: " + list(missing) + ". An older version may have installed it.", last.source.Path, in.mendEntry(last),
	})
}

func (in *inspection) reportInstalled(live []entry) {
	for _, s := range append(append([]*source(nil), in.plugins...), in.files...) {
		if len(s.entries) > 0 {
			in.report.add(Finding{
				Level: OK, Code: CodeInstalled, Title: "The hook is installed in " + s.name(),
				Detail: fmt.Sprintf("%d entries.", len(s.entries)), File: s.Path,
			})
		}
	}
}

// list joins the names of events, the first few of many.
func list(events []string) string {
	const most = 6
	if len(events) > most {
		return strings.Join(events[:most], ", ") + fmt.Sprintf(" and %d more", len(events)-most)
	}
	return strings.Join(events, ", ")
}
