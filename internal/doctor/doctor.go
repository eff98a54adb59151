// Package doctor examines whether what an agent does in a project would be
// recorded, and whether what was recorded is safe: the settings, the data folder,
// the journal, and one run of the hook from end to end. It changes nothing and
// gives each finding a remedy.
package doctor

import (
	"context"
	"strings"
	"time"

	"agent-telemetry/internal/claude/settings"
)

// Options say what to examine. Getenv and Now must be set.
type Options struct {
	Project  string // absolute
	Data     string // data folder, absolute
	Explicit bool   // Data was asked for: remedies have to name it
	Hook     string // this version's hook program; "" where it is not known
	Full     bool   // verify the whole journal, however long
	Env      settings.Env
	Now      func() time.Time
	// Free is how many bytes the disk of a folder has left for this user; the
	// operating system is asked where it is nil.
	Free func(folder string) (uint64, error)
}

// Report is what was found, in the order in which it was looked for.
type Report struct {
	Project   string               `json:"project"`
	Data      string               `json:"data"`
	Records   bool                 `json:"records"` // nothing failed
	Files     []settings.File      `json:"files"`
	Installed []settings.Installed `json:"installed"`
	Findings  []settings.Finding   `json:"findings"`
}

// examination is the state of one Examine.
type examination struct {
	Options
	report Report
}

// Examine looks at everything there is. It needs nothing running.
func Examine(ctx context.Context, opts Options) Report {
	if opts.Free == nil {
		opts.Free = free
	}
	x := &examination{Options: opts, report: Report{Project: opts.Project, Data: opts.Data}}
	x.settings()
	x.recording()
	usable := x.data()
	x.config()
	if usable {
		x.journal(ctx)
		x.spool()
	}
	x.errorLogs()
	x.trials(ctx, usable)
	x.agent(ctx)
	x.report.Records = !x.failed()
	return x.report
}

func (x *examination) add(f settings.Finding) { x.report.Findings = append(x.report.Findings, f) }

func (x *examination) ok(code, title, detail string) {
	x.add(settings.Finding{Level: settings.OK, Code: code, Title: title, Detail: detail})
}

func (x *examination) failed() bool { return x.count(settings.Fail) > 0 }

func (x *examination) count(level settings.Severity) (n int) {
	for _, f := range x.report.Findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// settings takes over what the settings files say.
func (x *examination) settings() {
	want := settings.Hook{Command: x.Hook, Args: []string{"--data", x.Data}, Timeout: settings.DefaultTimeout}
	r := settings.Inspect(x.Project, x.Env, want)
	x.report.Files, x.report.Installed = r.Files, r.Installed
	for _, f := range r.Findings {
		if strings.Contains(f.Remedy, "agent-telemetry init") && (x.Explicit || f.Code == settings.CodeArgsDiffer) {
			f.Remedy += x.dataFlag()
		}
		x.add(f)
	}
}

// dataFlag names the data folder on a command line of ours.
func (x *examination) dataFlag() string { return " --data " + Quote(x.Data) }

// command is a command line of ours about this data folder.
func (x *examination) command(words string) string {
	if x.Explicit {
		words += x.dataFlag()
	}
	return "agent-telemetry " + words
}
