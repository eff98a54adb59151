package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"

	"agent-telemetry/bench/report"
)

// The names under which programs appear in plans and tables.
const (
	nullC      = "static C program"
	emptyGo    = "empty Go program"
	hookOS     = "our hook, durability os"
	hookFsync  = "our hook, durability fsync"
	oneJQ      = "the specification's, one jq"
	manyJQ     = "the specification's, a jq per field"
	projectDir = "agent-telemetry"
	marker     = ".telemetry-enabled"
)

// A lab is a folder on a real disk with all that a run needs: the programs, a
// project that records, data folders, and an endpoint that takes Loki's pushes.
type lab struct {
	dir      string
	root     string
	project  string
	endpoint *endpoint
	expected map[string]int // records that each program must have written
}

// newLab builds every program. hook is a ready hook binary, or empty.
func newLab(ctx context.Context, hook string) (*lab, error) {
	root, err := report.ModuleRoot(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := report.TempDir(root)
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir, root: root, project: filepath.Join(dir, projectDir), expected: map[string]int{}}
	if err := errors.Join(l.prepareFolders(), l.build(ctx, hook), l.listen()); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *lab) listen() (err error) {
	l.endpoint, err = newEndpoint()
	return err
}

func (l *lab) close() {
	if l.endpoint != nil {
		l.endpoint.close()
	}
	if err := os.RemoveAll(l.dir); err != nil {
		progress("remove %s: %v", l.dir, err)
	}
}

// prepareFolders makes a project with its marker, and a data folder for each durability.
func (l *lab) prepareFolders() error {
	files := map[string]string{
		filepath.Join(l.project, "config", marker):            "",
		filepath.Join(l.project, "README.md"):                 "A project to measure in.\n",
		filepath.Join(l.project, "data", "logs", ".keep"):     "",
		filepath.Join(l.dataDir(hookOS), "hook.json"):         hookConfig("os"),
		filepath.Join(l.dataDir(hookFsync), "hook.json"):      hookConfig("fsync"),
		filepath.Join(l.dir, "home", ".keep"):                 "",
		filepath.Join(l.dir, "step", ".keep"):                 "",
		filepath.Join(l.dir, "programs", ".keep"):             "",
		filepath.Join(l.project, "config", "claude", ".keep"): "",
	}
	for path, content := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("make a folder for the run: %w", err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return fmt.Errorf("write a file for the run: %w", err)
		}
	}
	return nil
}

// hookConfig is the hook's configuration with the members that init writes.
func hookConfig(durability string) string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return fmt.Sprintf(`{"durability":%q,"uid":%d,"user":%q}`, durability, os.Getuid(), name)
}

func (l *lab) dataDir(program string) string {
	if program == hookOS {
		return filepath.Join(l.dir, "data-os")
	}
	return filepath.Join(l.dir, "data-fsync")
}

func (l *lab) programPath(name string) string { return filepath.Join(l.dir, "programs", name) }

// build compiles or copies every program a run may start.
func (l *lab) build(ctx context.Context, hook string) error {
	if _, err := os.Stat(filepath.Join(l.root, "cmd", "agent-telemetry-hook", "main.go")); hook == "" && err != nil {
		return errors.New("there is no hook to measure: cmd/agent-telemetry-hook/main.go is missing (-hook PATH measures a binary)")
	}
	progress("building into %s", l.dir)
	source := filepath.Join(l.root, "bench", "hook")
	err := errors.Join(
		l.compileC(ctx, filepath.Join(source, "csrc", "null.c"), "null"),
		l.compileC(ctx, filepath.Join(source, "csrc", "runner.c"), "runner"),
		l.install(filepath.Join(source, "rival", "spec-one-jq.sh"), "spec-one-jq.sh"),
		l.install(filepath.Join(source, "rival", "spec-many-jq.sh"), "spec-many-jq.sh"),
	)
	for _, stage := range stages {
		err = errors.Join(err, l.compileGo(ctx, "./bench/hook/stage/"+stage.name, "stage-"+stage.name))
	}
	if hook != "" {
		return errors.Join(err, l.install(hook, "hook"))
	}
	return errors.Join(err, l.compileGo(ctx, "./cmd/agent-telemetry-hook", "hook"))
}

// compileC links statically where the system has static libraries (macOS has none).
func (l *lab) compileC(ctx context.Context, source, name string) error {
	arguments := []string{"-O2", "-Wall", "-pthread", "-o", l.programPath(name + ".linked"), source}
	if runtime.GOOS == "linux" {
		arguments = append(arguments, "-static")
	}
	return l.compile(exec.CommandContext(ctx, "cc", arguments...), name)
}

// compileGo uses the flags that our hook is released with.
func (l *lab) compileGo(ctx context.Context, pkg, name string) error {
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w",
		"-o", l.programPath(name+".linked"), pkg)
	command.Dir = l.root
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	return l.compile(command, name)
}

func (l *lab) compile(command *exec.Cmd, name string) error {
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return l.install(l.programPath(name+".linked"), name)
}

// install copies a program to where it is measured. The copy matters: a linker
// writes through a memory map, which leaves small pages in the page cache, and
// starting those costs a tenth more than the same bytes written in one go.
func (l *lab) install(path, name string) error {
	content, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(l.programPath(name), content, 0o755)
	}
	if err != nil {
		return fmt.Errorf("install %s: %w", name, err)
	}
	return nil
}
