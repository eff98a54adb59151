//go:build e2e

package e2e

import (
	"fmt"

	"agent-telemetry/e2e/messagesapi"
	"agent-telemetry/internal/event"
)

// scenario is a session of Claude Code whose every step is known beforehand.
type scenario struct {
	name       string
	permission string   // the permission mode; bypassPermissions when empty
	args       []string // more arguments of claude
	settings   string   // the project's settings.json before ours is added
	files      map[string]string
	commit     string            // the project is a git repository with a commit of this subject
	events     map[string]int    // hook events beside those every session has: more of them, or less
	perhaps    []string          // hook events that come or do not, as Claude Code has it
	last       event.Type        // of the journal's last record, where that matters
	fails      bool              // claude is to exit with an error
	again      []string          // prompts to the same session after the first
	scripts    map[string][]turn // by marker; the first prompt carries the scenario's name
}

// turn is one answer of the model: calls, or a text when there are none.
type turn struct {
	calls []call
	text  string
	fault string // the API's refusal instead of an answer
	hold  bool   // the answer waits until some turn lets go
	letGo bool   // a while after the answer, what was held may go on
}

// call is one use of a tool, and the truth about how it ended.
type call struct {
	id      string
	tool    string
	input   map[string]any
	outcome string
}

type input = map[string]any

// heldCommand is a shell's way to wait until some turn lets go.
const heldCommand = "until [ -e $GO ]; do sleep 0.05; done; "

// canary begins every string that must not be found in our data.
const canary = "canary-7c1e-"

func say(text string) turn { return turn{text: text + " " + canary + "assistant"} }

// letGo is a say after which whatever is held may go on.
func letGo(text string) turn {
	t := say(text)
	t.letGo = true
	return t
}

func held(t turn) turn {
	t.hold = true
	return t
}

func use(calls ...call) turn { return turn{calls: calls} }

func (s scenario) prompt() string {
	return fmt.Sprintf("SCENARIO:%s and keep %sprompt to yourself", s.name, canary)
}

// answers turns the scripts into what the API serves, in the paths of w.
func (s scenario) answers(w *workspace) map[string][]messagesapi.Turn {
	all := map[string][]messagesapi.Turn{}
	for name, turns := range s.scripts {
		for _, t := range turns {
			all[name] = append(all[name], t.answer(w))
		}
	}
	return all
}

func (t turn) answer(w *workspace) messagesapi.Turn {
	answer := messagesapi.Say(t.text)
	if len(t.calls) > 0 {
		answer.Blocks = nil
	}
	answer.Error = t.fault
	if t.hold {
		answer.Before = w.awaitGo
	}
	if t.letGo {
		answer.After = w.letGo
	}
	for _, c := range t.calls {
		expanded := map[string]any{}
		for key, value := range c.input {
			if text, ok := value.(string); ok {
				value = w.expand(text)
			}
			expanded[key] = value
		}
		answer.Blocks = append(answer.Blocks, messagesapi.Block{Tool: c.tool, ID: c.id, Input: expanded})
	}
	return answer
}

func (s scenario) arguments(w *workspace, prompt string, resumed bool) []string {
	mode := s.permission
	if mode == "" {
		mode = "bypassPermissions"
	}
	args := []string{"-p", prompt, "--permission-mode", mode}
	if resumed {
		args = append(args, "--resume", sessionID)
	} else {
		args = append(args, "--session-id", sessionID)
	}
	for _, arg := range s.args {
		args = append(args, w.expand(arg))
	}
	return args
}
