package claude

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

// input takes sizes from a tool's input. Before a call the changed lines are
// those of the strings to be exchanged; after it the patch knows better.
func input(in *jsontree.Value, a *event.ActionDetails) {
	if d := digestOf(in.Get("content")); d != nil {
		contentIs(d, a)
	} else if d := digestOf(in.Get("new_source")); d != nil {
		contentIs(d, a)
	}
	exchange(in, a)
	if edits := in.Get("edits"); edits != nil {
		for i := range edits.Items {
			exchange(&edits.Items[i], a)
		}
	}
	a.Background = in.Get("run_in_background").True()
}

func contentIs(d *jsontree.Digest, a *event.ActionDetails) {
	a.ContentBytes, a.ContentLines = ptr(d.Bytes), ptr(d.Lines)
	a.ContentSHA256 = hex.EncodeToString(d.SHA256[:])
	a.SizeBytes = d.Bytes
}

func exchange(in *jsontree.Value, a *event.ActionDetails) {
	from, to := digestOf(in.Get("old_string")), digestOf(in.Get("new_string"))
	if from == nil || to == nil {
		return
	}
	a.LinesAdded = add(a.LinesAdded, to.Lines)
	a.LinesRemoved = add(a.LinesRemoved, from.Lines)
}

// response takes sizes, counts and states from a tool's answer.
func response(res *jsontree.Value, a *event.ActionDetails) {
	if res == nil {
		return
	}
	if d := digestOf(res.Get("file", "content")); d != nil {
		contentIs(d, a)
	}
	if patch := res.Get("structuredPatch"); patch != nil {
		added, removed := changedLines(patch)
		if res.Str("type") == "create" && a.ContentLines != nil {
			added = *a.ContentLines
		}
		a.LinesAdded, a.LinesRemoved = ptr(added), ptr(removed)
	}
	if out := digestOf(res.Get("stdout")); out != nil {
		bytes := out.Bytes
		if err := digestOf(res.Get("stderr")); err != nil {
			bytes += err.Bytes
		}
		a.OutputBytes = ptr(bytes)
		if ended(res) {
			a.ExitCode = ptr(0)
		}
	} else if d := digestOf(res); d != nil {
		a.OutputBytes = ptr(d.Bytes)
	}
	if res.Get("backgroundTaskId") != nil || res.Str("status") == "async_launched" {
		a.Background = true
	}
}

// ended reports whether a command ran to its end with exit code 0. Claude Code
// reports any other code as a failure, except where it says how it reads the code.
func ended(res *jsontree.Value) bool {
	return res.Get("backgroundTaskId") == nil && !res.Get("interrupted").True() && res.Str("returnCodeInterpretation") == ""
}

// failure reads what went wrong from the beginning of an error's text:
// "Exit code 143\nCommand timed out after 1s".
func failure(text *jsontree.Value, a *event.ActionDetails) {
	d := digestOf(text)
	if d == nil {
		return
	}
	a.OutputBytes = ptr(d.Bytes)
	first, rest, _ := strings.Cut(d.Head, "\n")
	if code, ok := strings.CutPrefix(first, "Exit code "); ok {
		if n, err := strconv.ParseInt(code, 10, 64); err == nil {
			a.ExitCode = &n
			a.Error = "exit_code"
		}
	}
	if strings.HasPrefix(rest, "Command timed out") || strings.HasPrefix(first, "Command timed out") {
		a.TimedOut, a.Error = true, "timeout"
	}
	if a.Error == "" {
		a.Error = "tool_error"
	}
}

// inputTexts copies what the input names.
func inputTexts(in *jsontree.Value, a *event.ActionDetails) {
	set(&a.FilePath, in.Str("file_path"))
	set(&a.FilePath, in.Str("notebook_path"))
	set(&a.Command, in.Str("command"))
	set(&a.SearchPattern, in.Str("pattern"))
	if a.SearchPattern != "" {
		set(&a.SearchPath, in.Str("path"))
	} else {
		set(&a.FilePath, in.Str("path"))
	}
	set(&a.URL, in.Str("url"))
	set(&a.URL, in.Str("uri"))
	set(&a.Query, in.Str("query"))
	set(&a.Description, in.Str("description"))
	set(&a.SubagentType, in.Str("subagent_type"))
	set(&a.Skill, in.Str("skill"))
	set(&a.TaskID, in.Str("task_id"))
	set(&a.TaskID, in.Str("taskId"))
	set(&a.Model, in.Str("model"))
}

func responseTexts(res *jsontree.Value, a *event.ActionDetails) {
	if res == nil {
		return
	}
	set(&a.TaskID, res.Str("backgroundTaskId"))
	set(&a.TaskID, res.Str("task", "id"))
	set(&a.SubagentID, res.Str("agentId"))
	set(&a.SubagentType, res.Str("agentType"))
	set(&a.Model, res.Str("resolvedModel"))
}

// changedLines counts the lines of a structuredPatch that begin with + and -.
func changedLines(patch *jsontree.Value) (added, removed int64) {
	if patch.Kind == jsontree.Digested {
		return patch.Sum.Added, patch.Sum.Removed
	}
	for i := range patch.Items {
		lines := patch.Items[i].Get("lines")
		if lines == nil {
			continue
		}
		if lines.Kind == jsontree.Digested {
			added, removed = added+lines.Sum.Added, removed+lines.Sum.Removed
			continue
		}
		for j := range lines.Items {
			switch text := lines.Items[j].Text; {
			case strings.HasPrefix(text, "+"):
				added++
			case strings.HasPrefix(text, "-"):
				removed++
			}
		}
	}
	return added, removed
}

// digestOf returns the digest of a text, whether it was kept or not.
func digestOf(v *jsontree.Value) *jsontree.Digest {
	switch {
	case v == nil:
		return nil
	case v.Sum != nil:
		return v.Sum
	case v.Kind == jsontree.String:
		return jsontree.Sum(v.Text)
	}
	return nil
}

// hashOf identifies an input across records that carry no tool_use_id.
func hashOf(in *jsontree.Value) string {
	sum := sha256.Sum256(jsontree.Append(nil, in))
	return hex.EncodeToString(sum[:8])
}

func integer(v *jsontree.Value) *int64 {
	if v == nil || v.Kind != jsontree.Number {
		return nil
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil || f < 0 || f > 1<<53 {
			return nil
		}
		n = int64(f)
	}
	return &n
}

func ptr(n int64) *int64 { return &n }

func add(to *int64, n int64) *int64 {
	if to != nil {
		n += *to
	}
	return &n
}
