package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "agent-telemetry"

// floorOf is the house: a package imports none from a floor above its own.
var floorOf = map[string]int{
	"internal/event":            1,
	"internal/event/eventtest":  1,
	"internal/gitexclude":       1,
	"internal/jsontree":         1,
	"internal/plainfile":        1,
	"internal/query":            1,
	"internal/query/enginetest": 1,
	"internal/shell":            1,

	"internal/journal":         2,
	"internal/journal/archive": 2,
	"internal/privacy":         2,
	"internal/scope":           2,

	"internal/claude":          3,
	"internal/claude/settings": 3,
	"internal/index":           3,

	"internal/capture":  4,
	"internal/pipeline": 4,

	"internal/api":        5,
	"internal/api/client": 5,
	"internal/collector":  5,
	"internal/demo":       5,
	"internal/doctor":     5,
	"internal/service":    5,

	"internal/cli": 6,

	"cmd/agent-telemetry":      7,
	"cmd/agent-telemetry-hook": 7,
}

// hookCost lists packages that the hook may not link, for what they cost at
// every start or for what they could do: it uses no network and starts no process.
var hookCost = []string{
	"encoding/json", "html/template", "log", "log/slog", "net", "net/http",
	"os/exec", "os/user", "plugin", "regexp", "text/template",
}

// tolerated has who brings one of them along all the same: the shell parser its
// printer, Windows' own calls their address types.
var tolerated = map[string]string{
	"regexp": "mvdan.cc/sh/v3/fileutil",
	"net":    "golang.org/x/sys/windows",
}

type pkg struct {
	ImportPath, ForTest                string
	Imports, TestImports, XTestImports []string
}

// list runs go list -json for one system. The go command is on the PATH of every test.
func list(t *testing.T, system string, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,ForTest,Imports,TestImports,XTestImports"}, args...)...)
	cmd.Dir = ".."
	cmd.Env = append(cmd.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("go list: %s", failed.Stderr)
		}
		t.Fatal(err)
	}
	var found []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found = append(found, p)
	}
}

func systems() []string { return []string{"linux", "darwin", "windows"} }

func TestImportsGoDown(t *testing.T) {
	seen := map[string]bool{}
	for _, system := range systems() {
		for _, p := range list(t, system, "./internal/...", "./cmd/...") {
			name := strings.TrimPrefix(p.ImportPath, module+"/")
			if name == "internal" {
				continue // this test
			}
			floor, ok := floorOf[name]
			if !ok {
				t.Errorf("%s stands on no floor: give it one in floorOf and in ARCHITECTURE.md", name)
				continue
			}
			seen[name] = true
			for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
				below, ours := strings.CutPrefix(path, module+"/")
				if ours && below != name && floorOf[below] > floor {
					t.Errorf("%s: %s, on floor %d, imports %s from floor %d", system, name, floor, below, floorOf[below])
				}
			}
		}
	}
	for name := range floorOf {
		if !seen[name] {
			t.Errorf("%s has a floor, but is no package", name)
		}
	}
}

// The commands stand above the packages, tools beside them: nobody imports either.
func TestNothingImportsFromBesideTheHouse(t *testing.T) {
	for _, p := range list(t, "linux", "./internal/...", "./cmd/...") {
		for _, path := range p.Imports {
			for _, beside := range []string{"/bench", "/cmd", "/e2e", "/tools"} {
				if strings.HasPrefix(path, module+beside) {
					t.Errorf("%s imports %s", p.ImportPath, path)
				}
			}
		}
	}
}

func TestHookLinksOnlyWhatItNeeds(t *testing.T) {
	for _, system := range systems() {
		for _, p := range list(t, system, "-deps", "./cmd/agent-telemetry-hook") {
			for _, path := range p.Imports {
				if slices.Contains(hookCost, path) && p.ImportPath != tolerated[path] && !inStandardLibrary(p.ImportPath) {
					t.Errorf("%s: %s brings %s into the hook", system, p.ImportPath, path)
				}
			}
			if _, ok := tolerated[p.ImportPath]; !ok && slices.Contains(hookCost, p.ImportPath) {
				t.Errorf("%s: the hook links %s", system, p.ImportPath)
			}
			name, ours := strings.CutPrefix(p.ImportPath, module+"/internal/")
			if ours && floorOf["internal/"+name] > floorOf["internal/capture"] {
				t.Errorf("%s: the hook links %s, which is above capture", system, name)
			}
		}
	}
}

// inStandardLibrary tells by the first element, which has a dot in all others but ours.
func inStandardLibrary(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return first != module && !strings.Contains(first, ".")
}
