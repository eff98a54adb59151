package claude

import (
	"encoding/hex"
	"strings"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/jsontree"
)

// calls takes size and class of each answer of a batch. A batch is the only
// hook that reports calls which were denied by rule, unknown or malformed.
func calls(list *jsontree.Value, a *event.ActionDetails) {
	if list == nil {
		return
	}
	for i := range list.Items {
		var c event.Call
		if res := list.Items[i].Get("tool_response"); res != nil {
			d := answer(res)
			c.Response = classify(d.Head)
			c.ResponseBytes = d.Bytes
			c.ResponseSHA256 = hex.EncodeToString(d.SHA256[:])
		}
		a.Calls = append(a.Calls, c)
	}
}

func answer(res *jsontree.Value) *jsontree.Digest {
	if d := digestOf(res); d != nil {
		return d
	}
	return jsontree.Sum(string(jsontree.Append(nil, res)))
}

// classify tells from the beginning of an answer what kind it is. Whether a call
// was denied shows in the shape first: see query.Join.
func classify(head string) string {
	text, isError := strings.CutPrefix(strings.TrimLeft(head, " \n[{\""), "<tool_use_error>")
	text = strings.TrimPrefix(text, "Error: ")
	switch {
	case strings.HasPrefix(text, "No such tool available"):
		return event.ResponseUnknownTool
	case strings.HasPrefix(text, "InputValidationError"):
		return event.ResponseInvalidInput
	case saysDenied(text, isError):
		return event.ResponseDenied
	case isError:
		return event.ResponseError
	}
	return event.ResponseResult
}

// saysDenied knows Claude Code's own words for a denial (2.1.197). A file or a
// command may say the same, which is why the shape has to agree.
func saysDenied(text string, isError bool) bool {
	return strings.HasPrefix(text, "Permission to use ") && strings.Contains(text, "denied") ||
		strings.HasPrefix(text, "The user doesn't want to proceed") ||
		strings.HasPrefix(text, "Claude requested permissions") ||
		strings.HasPrefix(text, "This command requires approval") ||
		isError && strings.Contains(text, "denied by your permission settings") ||
		strings.Contains(text, " was blocked. For security")
}

func callTexts(list *jsontree.Value, a *event.ActionDetails) {
	if list == nil {
		return
	}
	for i := range min(len(list.Items), len(a.Calls)) {
		item, c := &list.Items[i], &a.Calls[i]
		c.ToolUseID, c.ToolName = item.Str("tool_use_id"), item.Str("tool_name")
		if in := item.Get("tool_input"); in != nil {
			c.InputHash = hashOf(in)
		}
	}
}
