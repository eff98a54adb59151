package doctor

import (
	"slices"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/scope"
)

// Codes of findings about the project. Scripts rely on them, as on all below.
const (
	CodeRecordingOn  = "recording-on"
	CodeRecordingOff = "recording-off"
	CodeNotEnabled   = "project-not-enabled"
)

// recording tells whether recording is on for the project, and why.
func (x *examination) recording() {
	config, _ := capture.LoadConfig(x.Data)
	project := scope.Find(x.Project, x.Project)
	enable := x.command("enable " + Quote(x.Project))
	if len(x.report.Installed) == 0 {
		enable = x.command("init " + Quote(x.Project)) // which does both
	}
	switch {
	case slices.Contains(config.Off, x.Project):
		x.add(settings.Finding{
			Level: settings.Fail, Code: CodeRecordingOff, Title: "Recording was switched off for this project",
			Detail: "It is in the list \"off\".", File: capture.ConfigPath(x.Data), Remedy: enable,
		})
	case config.AllProjects:
		x.ok(CodeRecordingOn, "Recording is on for all projects", "")
	case project.Marker != "":
		x.ok(CodeRecordingOn, "Recording is on for this project", "Its marker is "+project.Marker+".")
	default:
		x.add(settings.Finding{
			Level: settings.Fail, Code: CodeNotEnabled, Title: "Recording is not switched on for this project",
			Detail: x.noMarker(), Remedy: enable,
		})
	}
}

// noMarker explains the marker that is not there. Claude Code names the folder it
// was started in as the project, so that one in a folder above does not count.
func (x *examination) noMarker() string {
	if above := scope.Find("", x.Project); above.Marker != "" {
		return "The marker " + above.Marker + " serves sessions that are started in " + above.Root + " only."
	}
	return "It has no marker " + scope.MarkerName + ", neither in the folder itself nor in its .claude or config."
}
