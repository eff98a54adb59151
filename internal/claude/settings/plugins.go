package settings

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// enabledPlugins finds our hook in the plugins that the settings enable, as
// far as Claude Code's list of installed plugins tells where they are.
func (in *inspection) enabledPlugins() []*source {
	enabled := map[string]bool{}
	for _, s := range in.files {
		plugins, _ := s.settings["enabledPlugins"].(map[string]any)
		for id, value := range plugins {
			versions, isList := value.([]any)
			enabled[id] = value == true || isList && len(versions) > 0
		}
	}
	config, err := in.env.configDir()
	if err != nil {
		return nil
	}
	installed := installedPlugins(filepath.Join(config, "plugins", "installed_plugins.json"), in.project)
	var found []*source
	for _, id := range slices.Sorted(maps.Keys(enabled)) {
		folder, ok := installed[id]
		if !enabled[id] || !ok {
			continue
		}
		s := &source{File: File{Plugin, filepath.Join(folder, "hooks", "hooks.json")}, plugin: id}
		if s.entries = entries(s, pluginHooks(folder)); len(s.entries) > 0 {
			found = append(found, s)
		}
	}
	return found
}

// installedPlugins reads where each plugin is that is installed for the user
// or for this project. The list has a place for each plugin in its first
// version, and one for each scope in its second.
func installedPlugins(list, project string) map[string]string {
	content, err := os.ReadFile(list)
	if err != nil {
		return nil
	}
	var file struct {
		Plugins map[string]json.RawMessage
	}
	if json.Unmarshal(content, &file) != nil {
		return nil
	}
	type place struct{ InstallPath, ProjectPath string }
	folders := map[string]string{}
	for id, raw := range file.Plugins {
		var one place
		var places []place
		if json.Unmarshal(raw, &places) != nil && json.Unmarshal(raw, &one) == nil {
			places = []place{one}
		}
		for _, p := range places {
			if p.InstallPath != "" && (p.ProjectPath == "" || p.ProjectPath == project) {
				folders[id] = p.InstallPath
			}
		}
	}
	return folders
}

// pluginHooks gathers the hooks of a plugin: its hooks/hooks.json and what its
// manifest names or holds.
func pluginHooks(folder string) map[string]any {
	all := map[string]any{}
	merge := func(hooks any) {
		events, _ := hooks.(map[string]any)
		for event, groups := range events {
			list, _ := groups.([]any)
			before, _ := all[event].([]any)
			all[event] = append(before, list...)
		}
	}
	standard := filepath.Join(folder, "hooks", "hooks.json")
	merge(readObject(standard)["hooks"])
	declared := readObject(filepath.Join(folder, ".claude-plugin", "plugin.json"))["hooks"]
	items, isList := declared.([]any)
	if !isList {
		items = []any{declared}
	}
	for _, item := range items {
		if path, ok := item.(string); ok {
			if path = filepath.Join(folder, path); path != standard && strings.HasPrefix(path, folder) {
				merge(readObject(path)["hooks"])
			}
			continue
		}
		merge(item)
	}
	return all
}

func readObject(path string) map[string]any {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var object map[string]any
	if json.Unmarshal(content, &object) != nil {
		return nil
	}
	return object
}

// pluginRoot is the folder of a plugin, which its hooks call ${CLAUDE_PLUGIN_ROOT}.
func (in *inspection) pluginRoot(s *source) string { return filepath.Dir(filepath.Dir(s.Path)) }

//go:generate go test . -run TestPluginFilesAgree -update

// PluginHooks is the hooks.json of our own plugin: the hook, from the plugin's
// bin folder, for each event. It has no arguments, so that
// the hook finds the data folder by itself.
func PluginHooks() []byte {
	hook := Hook{Command: "${CLAUDE_PLUGIN_ROOT}/bin/" + Name, Timeout: DefaultTimeout}
	var b strings.Builder
	b.WriteString("{\n  \"description\": \"Records every action of Claude Code in a tamper-evident journal\",\n  \"hooks\": {")
	for i, event := range Events() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    " + quote(event) + ": [\n      " + hook.group(event, " ") + "\n    ]")
	}
	b.WriteString("\n  }\n}\n")
	return []byte(b.String())
}
