package settings

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pluginFile is the hooks.json of the plugin.
func pluginFile() string { return string(PluginHooks()) }

func TestPluginFilesAgree(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	file := filepath.Join(root, "plugin", "hooks", "hooks.json")
	if *update {
		write(t, file, pluginFile())
	}
	if diff := cmp.Diff(pluginFile(), read(t, file)); diff != "" {
		t.Errorf("plugin/hooks/hooks.json is not what the events say; run go generate ./internal/claude/settings:\n%s", diff)
	}
	var hooks struct{ Hooks any }
	if err := json.Unmarshal([]byte(pluginFile()), &hooks); err != nil {
		t.Fatal(err)
	}
	if found := checkHooks(hooks.Hooks); len(found.fatal)+len(found.ignored) > 0 {
		t.Errorf("hooks.json: %+v", found)
	}
	var manifest struct{ Name string }
	var marketplace struct {
		Name    string
		Owner   struct{ Name string }
		Plugins []struct{ Name, Source string }
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(root, "plugin", ".claude-plugin", "plugin.json"))), &manifest); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(root, ".claude-plugin", "marketplace.json"))), &marketplace); err != nil {
		t.Fatal(err)
	}
	if len(marketplace.Plugins) != 1 || marketplace.Plugins[0].Name != manifest.Name || marketplace.Plugins[0].Source != "./plugin" ||
		manifest.Name == "" || marketplace.Owner.Name == "" {
		t.Errorf("marketplace %+v offers something else than the plugin %+v", marketplace, manifest)
	}
}
