package settings

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// checkBinaries looks at the programs that the entries start.
func (in *inspection) checkBinaries(live []entry) {
	seen := map[string]bool{}
	for _, e := range live {
		command := executable(e.command, e.execForm)
		id := e.source.Path + "\x00" + command + "\x00" + strings.Join(e.args, "\x00")
		if seen[id] {
			continue
		}
		seen[id] = true
		if path := in.checkBinary(e, command); path != "" {
			in.compare(e, path)
		}
	}
}

// checkBinary reports a program that cannot be run, and else gives its path.
func (in *inspection) checkBinary(e entry, command string) string {
	path := in.resolve(e, command)
	info, err := os.Stat(path)
	finding := Finding{Level: Fail, File: path, Remedy: in.mendEntry(e)}
	switch {
	case path == "":
		finding.Code, finding.Title = CodeBinaryMissing, "The hook's program is not found"
		finding.Detail, finding.File = fmt.Sprintf("%s starts %s, which is nowhere on PATH.", e.source.name(), command), e.source.Path
	case err != nil:
		finding.Code, finding.Title = CodeBinaryMissing, "The hook's program is missing"
		finding.Detail = fmt.Sprintf("%s start it, but: %v. Claude Code goes on without a record.", e.source.name(), err)
	case !info.Mode().IsRegular() || runtime.GOOS != "windows" && info.Mode().Perm()&0o111 == 0:
		finding.Code, finding.Title = CodeBinaryNotRun, "The hook's program cannot be run"
		finding.Detail = fmt.Sprintf("Its mode is %v.", info.Mode())
		if info.Mode().IsRegular() {
			finding.Remedy = "chmod +x " + shellQuote(path)
		}
	default:
		in.checkWritable(path, CodeBinaryWritable, "The hook's program can be changed by every user of this machine")
		return path
	}
	in.report.add(finding)
	return ""
}

// resolve finds the program of an entry as a spawn from the project would.
func (in *inspection) resolve(e entry, command string) string {
	command = strings.NewReplacer("${CLAUDE_PROJECT_DIR}", in.project, "$CLAUDE_PROJECT_DIR", in.project).Replace(command)
	if e.source.Level == Plugin {
		command = strings.ReplaceAll(command, "${CLAUDE_PLUGIN_ROOT}", in.pluginRoot(e.source))
	}
	switch {
	case filepath.IsAbs(command):
		return command
	case strings.ContainsAny(command, `/\`):
		return filepath.Join(in.project, command)
	}
	for _, folder := range filepath.SplitList(in.env.Getenv("PATH")) {
		for _, name := range []string{command, command + ".exe"} {
			path := filepath.Join(folder, name)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path
			}
		}
	}
	return ""
}

// compare holds an entry to the hook that is expected.
func (in *inspection) compare(e entry, path string) {
	if in.want.Command == "" {
		return
	}
	if !sameContent(path, in.want.Command) {
		in.report.add(Finding{
			Warn, CodeBinaryDiffers, "The hook that is installed is not this version's",
			fmt.Sprintf("%s start %s, expected is %s.", e.source.name(), path, in.want.Command), e.source.Path, in.mendEntry(e),
		})
	}
	if !e.unpinned() && !slices.Equal(e.args, in.want.Args) {
		in.report.add(Finding{
			Warn, CodeArgsDiffer, "The hook that is installed has other arguments",
			fmt.Sprintf("It is given %q, expected is %q: records may go to another journal.", e.args, in.want.Args), e.source.Path, in.mend(e.source.Level),
		})
	}
}

// mendEntry is the command that puts an entry right, or its program.
func (in *inspection) mendEntry(e entry) string {
	if e.source.Level == Plugin {
		return "claude plugin update " + shellQuote(e.source.plugin)
	}
	return in.mend(e.source.Level)
}

// sameContent reports whether two paths are the same program. Where the second
// cannot be read there is nothing to compare with.
func sameContent(a, b string) bool {
	if a == b {
		return true
	}
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errB != nil {
		return true
	}
	if errA != nil || infoA.Size() != infoB.Size() {
		return false
	}
	if os.SameFile(infoA, infoB) {
		return true
	}
	contentA, errA := os.ReadFile(a)
	contentB, errB := os.ReadFile(b)
	return errA == nil && errB == nil && bytes.Equal(contentA, contentB)
}
