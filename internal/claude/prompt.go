package claude

import (
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
	"agent-telemetry/internal/privacy"
)

// prompt takes from a prompt what level "redacted" would leave of it, whatever
// the level is. Of one that is to be digested only its size is known.
func prompt(v *jsontree.Value, a *event.ActionDetails) {
	if v == nil {
		return
	}
	if d := digestOf(v); d != nil {
		a.PromptBytes, a.PromptLines = ptr(d.Bytes), ptr(d.Lines)
	}
	outline := privacy.Outline(v)
	a.PromptChars = integer(outline.Get("chars"))
	a.SlashCommand = outline.Str("slash_command")
	if flags := outline.Get("flags"); flags != nil {
		for i := range flags.Items {
			a.Flags = append(a.Flags, flags.Items[i].Text)
		}
	}
	a.Synthetic = outline.Get("synthetic").True()
	a.TaskID = outline.Str("task_id")
	a.TaskStatus = outline.Str("status")
	a.RefersTo = outline.Str("tool_use_id")
	a.ExitCode = integer(outline.Get("exit_code"))
}
