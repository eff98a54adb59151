//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"agent-telemetry/e2e/messagesapi"
)

func TestScenarios(t *testing.T) {
	for _, s := range slices.Concat(toolScenarios, denialScenarios, agentScenarios, sessionScenarios, gitScenarios) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			root := folder(t, s)
			without := observe(t, s, root, false)
			with := observe(t, s, root, true)
			t.Cleanup(func() {
				if t.Failed() {
					with.explain(t)
				}
			})
			compare(t, without, with)
			checkSilence(t, s, with)
			checkJournal(t, s, with)
			checkPrivacy(t, s, with)
		})
	}
}

// folder is where a scenario runs: one that goes away, or one below E2E_KEEP
// for whoever wants to look into it afterwards.
func folder(t *testing.T, s scenario) string {
	t.Helper()
	keep := os.Getenv("E2E_KEEP")
	if keep == "" {
		return t.TempDir()
	}
	root := filepath.Join(absolute(keep), s.name)
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	return root
}

// session is what one run of a scenario left behind.
type session struct {
	output      string
	requests    []messagesapi.Request
	transcripts map[string][]record
	root        string // where its workspace lies
	data        string // ours, "" without us
}

// observe runs a scenario, with our hook or without. Both times the workspace
// is the same folder while it runs, and is moved away when it is over.
func observe(t *testing.T, s scenario, root string, recorded bool) session {
	t.Helper()
	w := newWorkspace(t, filepath.Join(root, "run"), filepath.Join(root, "data"), s)
	api, err := messagesapi.Start(s.answers(w))
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	seen := session{root: filepath.Join(root, "without")}
	if recorded {
		seen.root, seen.data = filepath.Join(root, "with"), w.data
		w.install()
	}
	for i, prompt := range append([]string{s.prompt()}, s.again...) {
		seen.output += w.claude(api, s.fails, s.arguments(w, prompt, i > 0)...)
	}
	for _, fault := range api.Faults() {
		t.Errorf("the client and the script disagree: %s", fault)
	}
	seen.requests = api.Requests()
	if seen.transcripts, err = readTranscripts(w.home()); err != nil {
		t.Error(err)
	}
	seen.keep(t, w.root)
	if err := os.Rename(w.root, seen.root); err != nil {
		t.Fatal(err)
	}
	return seen
}

// keep leaves what claude printed and asked beside the workspace, for whoever
// looks into it afterwards.
func (s session) keep(t *testing.T, dir string) {
	t.Helper()
	var requests bytes.Buffer
	for _, r := range s.requests {
		requests.Write(append(r.Body, '\n'))
	}
	for name, content := range map[string][]byte{"output.jsonl": []byte(s.output), "requests.jsonl": requests.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Error(err)
		}
	}
}

// install puts our hook into the project as its user would.
func (w *workspace) install() {
	w.t.Helper()
	if dir := os.Getenv("E2E_DUMP"); dir != "" {
		w.dumpPayloads(filepath.Join(dir, filepath.Base(w.t.Name())))
	}
	if out, err := telemetry(w.home(), "init", w.project(), "--data", w.data); err != nil {
		w.t.Fatalf("%v\n%s", err, out)
	}
}

// explain prints the ends of everything that may tell why a scenario failed.
func (s session) explain(t *testing.T) {
	t.Helper()
	t.Logf("claude printed:\n%s", tail(s.output, 6000))
	for _, name := range []string{"debug.log", "project/.claude/settings.local.json"} {
		if content, err := os.ReadFile(filepath.Join(s.root, name)); err == nil {
			t.Logf("%s:\n%s", name, tail(string(content), 6000))
		}
	}
	for _, r := range s.requests {
		t.Logf("request, %s %s, turn %d:\n…%s", r.Kind, r.Scenario, r.Turn, tail(string(r.Body), 1500))
	}
	segments, _ := filepath.Glob(filepath.Join(s.data, "logs", "*"))
	for _, path := range segments {
		if content, err := os.ReadFile(path); err == nil {
			t.Logf("%s:\n%s", path, tail(string(content), 40000))
		}
	}
}

func tail(text string, n int) string {
	if len(text) > n {
		return text[len(text)-n:]
	}
	return text
}
