package privacy

import (
	"strings"

	"agent-telemetry/internal/jsontree"
)

const maxFlags = 16

// reducePrompt leaves of a prompt its size and, where it calls a slash command,
// that command and the names of its flags. Of the notice that Claude Code itself
// sends when a background task ends, it leaves the ids and how the task ended.
func reducePrompt(v *jsontree.Value) {
	if v.Kind == jsontree.String && strings.HasPrefix(v.Text, "<task-notification>") {
		*v = taskNotice(v.Text)
		return
	}
	out := jsontree.Value{Kind: jsontree.Object}
	if v.Kind == jsontree.String {
		if name, rest := slashCommand(v.Text); name != "" {
			out.Set("slash_command", jsontree.Text(name))
			if flags := flagNames(rest); len(flags) > 0 {
				out.Set("flags", jsontree.Value{Kind: jsontree.Array, Items: flags})
			}
		}
	}
	out.Members = append(out.Members, sizes(v).Members...)
	*v = out
}

// Outline returns what level Redacted leaves of a prompt.
func Outline(prompt *jsontree.Value) jsontree.Value {
	v := *prompt
	reducePrompt(&v)
	return v
}

// slashCommand splits a prompt that begins with /name.
func slashCommand(prompt string) (name, rest string) {
	if len(prompt) < 2 || prompt[0] != '/' || !letters.has(prompt[1]) {
		return "", prompt
	}
	end := 1 + commandName.run(prompt[1:])
	if end > 65 || end < len(prompt) && !space.has(prompt[end]) {
		return "", prompt
	}
	return prompt[:end], prompt[end:]
}

// flagNames finds words like --name and --name=value, and leaves the values out.
func flagNames(s string) []jsontree.Value {
	var flags []jsontree.Value
	for word := range strings.FieldsSeq(s) {
		name, _, _ := strings.Cut(word, "=")
		if len(flags) < maxFlags && isFlagName(name) {
			flags = append(flags, jsontree.Text(name))
		}
	}
	return flags
}

func isFlagName(s string) bool {
	return len(s) >= 3 && len(s) <= 43 && s[:2] == "--" && s[2] >= 'a' && s[2] <= 'z' &&
		flagName.run(s[2:]) == len(s)-2
}

func taskNotice(s string) jsontree.Value {
	out := jsontree.Value{Kind: jsontree.Object}
	out.Set("synthetic", jsontree.Value{Kind: jsontree.Bool, Text: "true"})
	for _, tag := range [...]struct{ name, member string }{
		{"task-id", "task_id"}, {"tool-use-id", "tool_use_id"}, {"status", "status"},
	} {
		if text := between(s, "<"+tag.name+">", "</"+tag.name+">"); isID(text) {
			out.Set(tag.member, jsontree.Text(text))
		}
	}
	summary := between(s, "<summary>", "</summary>")
	if i := strings.LastIndex(summary, "(exit code "); i >= 0 {
		code := summary[i+len("(exit code "):]
		if n := digits.run(code); n > 0 && n < 10 && (n == 1 || code[0] != '0') {
			out.Set("exit_code", jsontree.Value{Kind: jsontree.Number, Text: code[:n]})
		}
	}
	return out
}

func between(s, open, end string) string {
	_, s, _ = strings.Cut(s, open)
	s, _, found := strings.Cut(s, end)
	if !found {
		return ""
	}
	return s
}

func isID(s string) bool {
	return s != "" && len(s) <= 64 && word.run(s) == len(s)
}
