package settings

import (
	"slices"
	"strconv"
	"strings"
)

// gate is a setting that keeps hooks from running, or their records from where
// they belong.
type gate struct {
	finding Finding
	hits    func(entry) bool // nil where it costs no entry anything
}

// checkGates reports the gates that are shut. A gate that leaves an entry of
// ours running costs no record.
func (in *inspection) checkGates(live []entry) {
	for _, g := range slices.Concat(in.disabled(), in.managedOnly(), in.pluginOnly(), in.modes(), in.breaking(), in.diverting(live)) {
		g.finding.Level = Fail
		switch {
		case g.hits == nil:
			g.finding.Level = Warn
		case slices.ContainsFunc(live, func(e entry) bool { return !g.hits(e) }):
			g.finding.Level = Warn
			g.finding.Detail += " Our hook runs all the same, from " + survivors(live, g.hits) + "."
		}
		in.report.add(g.finding)
	}
}

func survivors(live []entry, hits func(entry) bool) string {
	var names []string
	for _, e := range live {
		if name := e.source.name(); !hits(e) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}

// name says where an entry is from, for people.
func (s *source) name() string {
	if s.Level == Plugin {
		return "the plugin " + s.plugin
	}
	return string(s.Level) + " settings"
}

// value is the value of a key that counts, from the last file of the given
// levels that has it, and that file.
func (in *inspection) value(key string, levels ...Level) (any, *source) {
	for _, s := range slices.Backward(in.files) {
		if value, ok := s.settings[key]; ok && slices.Contains(levels, s.Level) {
			return value, s
		}
	}
	return nil, nil
}

func anyEntry(entry) bool { return true }

// unmanaged is an entry that policy has no hand in.
func (in *inspection) unmanaged(e entry) bool {
	if e.source.Level == Plugin {
		enabled, _ := in.value("enabledPlugins", Managed)
		plugins, _ := enabled.(map[string]any)
		return plugins[e.source.plugin] != true
	}
	return e.source.Level != Managed
}

// disabled is disableAllHooks. In managed settings it stops everything, else
// everything but what is managed. The last file that has it decides.
func (in *inspection) disabled() []gate {
	policy, by := in.value("disableAllHooks", Managed)
	hits, scope := anyEntry, "No hook runs at all."
	if policy != true {
		policy, by = in.value("disableAllHooks", User, Project, Local, Managed)
		hits, scope = in.unmanaged, "Only hooks of managed settings run."
	}
	if policy != true {
		return nil
	}
	return []gate{{Finding{
		Code: CodeAllHooksDisabled, Title: "Hooks are switched off by disableAllHooks in " + by.name(),
		Detail: scope, File: by.Path, Remedy: edit(by.File, `remove "disableAllHooks"`),
	}, hits}}
}

func (in *inspection) managedOnly() []gate {
	value, by := in.value("allowManagedHooksOnly", Managed)
	if value != true {
		return nil
	}
	return []gate{{Finding{
		Code: CodeManagedOnly, Title: "Only managed hooks run (allowManagedHooksOnly)",
		Detail: "Hooks of user, project and local settings and of plugins that policy does not enable are ignored.",
		File:   by.Path, Remedy: in.mend(Managed),
	}, in.unmanaged}}
}

func (in *inspection) pluginOnly() []gate {
	value, by := in.value("strictPluginOnlyCustomization", Managed)
	list, _ := value.([]any)
	if value != true && !slices.Contains(list, any("hooks")) {
		return nil
	}
	return []gate{{Finding{
		Code: CodePluginOnly, Title: "Only hooks of plugins and managed settings run (strictPluginOnlyCustomization)",
		Detail: "Hooks of user, project and local settings are ignored.",
		File:   by.Path, Remedy: in.mend(Managed),
	}, func(e entry) bool { return e.source.Level != Plugin && e.source.Level != Managed }}}
}

// modes are the variables that start Claude Code with fewer or no hooks. They
// count from the process environment and from the env block of any settings.
func (in *inspection) modes() []gate {
	gates := in.mode("CLAUDE_CODE_SIMPLE", Finding{
		Code: CodeSimpleMode, Title: "Claude Code runs bare (CLAUDE_CODE_SIMPLE)", Detail: "No hook runs at all, managed ones included.",
	}, anyEntry)
	return append(gates, in.mode("CLAUDE_CODE_SAFE_MODE", Finding{
		Code: CodeSafeMode, Title: "Claude Code runs in safe mode (CLAUDE_CODE_SAFE_MODE)", Detail: "Only hooks of managed settings run.",
	}, func(e entry) bool { return e.source.Level != Managed })...)
}

// mode reports every place that sets a variable. All but the last to set it
// are without effect, which is still worth knowing.
func (in *inspection) mode(name string, finding Finding, hits func(entry) bool) []gate {
	var gates []gate
	for _, v := range in.variable(name) {
		if truthy(v.value) {
			gates = append(gates, v.gate(finding, hits))
		}
	}
	return gates
}

// truthy reads a switch in the environment as Claude Code does.
func truthy(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "1", "true", "yes", "on":
		return true
	}
	return false
}

// text is a value of an env block as the variable it becomes.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}
