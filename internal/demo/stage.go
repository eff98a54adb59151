package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"agent-telemetry/internal/scope"
)

// Stage is a throw-away folder with the script's projects, recording switched
// on in each, and a journal.
type Stage struct {
	dir, hook string
	steps     []Step
}

// NewStage makes the folder below parent; hook is the path of the hook's program.
// Whoever gets a stage closes it.
func NewStage(parent, hook string) (*Stage, error) {
	steps, err := Script()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "agent-telemetry-demo-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the demo: %w", err)
	}
	s := &Stage{dir: dir, hook: hook, steps: steps}
	for _, name := range projects(steps) {
		if err := s.build(name); err != nil {
			return nil, errors.Join(fmt.Errorf("make the demo's project %s: %w", name, err), s.Close())
		}
	}
	return s, nil
}

func (s *Stage) build(project string) error {
	if err := os.Mkdir(s.project(project), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.project(project), scope.MarkerName), nil, 0o600)
}

// Data is the data folder: what every command takes as --data.
func (s *Stage) Data() string { return filepath.Join(s.dir, "data") }

// Close removes the folder, its journal included.
func (s *Stage) Close() error { return os.RemoveAll(s.dir) }

func (s *Stage) project(name string) string { return filepath.Join(s.dir, name) }

// Play hands the whole script to the hook, speed times as fast as it happened.
// Runs of different numbers are different sessions. It returns early, without an
// error, when ctx ends.
func (s *Stage) Play(ctx context.Context, run int, speed float64) error {
	start := time.Now()
	for i := range s.steps {
		step := &s.steps[i]
		wait := time.NewTimer(time.Until(start.Add(time.Duration(float64(step.At()) / speed))))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		}
		if err := s.send(step, run); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// send starts the hook for one step as Claude Code does. It is not bound to a
// context: a hook once started may write its record.
func (s *Stage) send(step *Step, run int) error {
	var said bytes.Buffer
	cmd := exec.Command(s.hook, "--data", s.Data())
	cmd.Dir = s.project(step.Project)
	cmd.Env = []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(),
		"CLAUDE_PROJECT_DIR=" + cmd.Dir, "AI_AGENT=claude-code_2-1-197_harness",
	}
	cmd.Stdin = strings.NewReader(s.fill(string(step.Payload), run))
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run the hook %s: %w", s.hook, err)
	}
	if said.Len() > 0 {
		return fmt.Errorf("the hook %s is to print nothing, but said %q", s.hook, said.String())
	}
	return nil
}

// fill puts folders and the run's number into a payload.
func (s *Stage) fill(payload string, run int) string {
	pairs := []string{"{{home}}", home, "{{run}}", fmt.Sprintf("%012d", run)}
	for _, name := range projects(s.steps) {
		quoted, _ := json.Marshal(s.project(name)) // a string always marshals
		pairs = append(pairs, "{{"+name+"}}", strings.Trim(string(quoted), `"`))
	}
	return strings.NewReplacer(pairs...).Replace(payload)
}
