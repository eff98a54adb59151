// Package demo plays a recorded day of agents at work through the real hook, at
// the pace it happened: three projects, two sessions side by side, a subagent,
// failures, denials, looks beyond the project. Nothing of it runs but the hook,
// and all it writes lies in one throw-away folder.
package demo

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// home is where the people of the script live. Nobody goes there: it is only a
// name, outside the temp folder, so that paths in it count as outside a project.
const home = "/home/dev"

//go:embed script.jsonl
var script string

// Step is one payload of the script: a line of script.jsonl.
type Step struct {
	AtMS    int64           `json:"at_ms"` // since the beginning
	Project string          `json:"project"`
	Payload json.RawMessage `json:"payload"`
}

// At is when the step happens, since the beginning.
func (s *Step) At() time.Duration { return time.Duration(s.AtMS) * time.Millisecond }

// Script returns the steps in order. In their payloads stand {{home}}, {{run}}
// and, for its folder, the name of a project in such braces.
func Script() ([]Step, error) {
	var steps []Step
	for line := range strings.Lines(script) {
		var s Step
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			return nil, fmt.Errorf("read line %d of the demo's script: %w", len(steps)+1, err)
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// projects lists the names that the steps use.
func projects(steps []Step) []string {
	var names []string
	seen := map[string]bool{}
	for _, s := range steps {
		if !seen[s.Project] {
			seen[s.Project] = true
			names = append(names, s.Project)
		}
	}
	return names
}
