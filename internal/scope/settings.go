package scope

import (
	"os"
	"path/filepath"

	"agent-telemetry/internal/jsontree"
)

// maxSettings is the size of a settings file beyond which nobody wrote it by hand.
const maxSettings = 1 << 20

// AddedDirectories lists the folders that the user gave Claude Code besides the project, from
// permissions.additionalDirectories of the project's, the local and the user's settings. What cannot be read
// adds nothing: this only softens a warning.
func AddedDirectories(root, home, claudeConfigDir string) []string {
	if claudeConfigDir == "" && home != "" {
		claudeConfigDir = filepath.Join(home, ".claude")
	}
	files := []string{
		filepath.Join(root, ".claude", "settings.json"),
		filepath.Join(root, ".claude", "settings.local.json"),
	}
	if claudeConfigDir != "" {
		files = append(files, filepath.Join(claudeConfigDir, "settings.json"))
	}
	var added []string
	for _, file := range files {
		for _, dir := range additional(file) {
			if dir = expandHome(dir, home); !filepath.IsAbs(dir) {
				dir = filepath.Join(root, dir)
			}
			added = append(added, filepath.Clean(dir))
		}
	}
	return added
}

func additional(file string) []string {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSettings {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	settings, err := jsontree.Read(f, jsontree.Options{})
	if err != nil {
		return nil // Claude Code drops a file with a fault as a whole
	}
	list := settings.Get("permissions", "additionalDirectories")
	if list == nil {
		return nil
	}
	var dirs []string
	for _, item := range list.Items {
		if item.Kind == jsontree.String && item.Sum == nil && item.Text != "" {
			dirs = append(dirs, item.Text)
		}
	}
	return dirs
}
