//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

type record = map[string]any

// readTranscripts returns the records of every transcript below home, the
// main one and those of subagents, by file name relative to the projects.
func readTranscripts(home string) (map[string][]record, error) {
	projects := filepath.Join(home, ".claude", "projects")
	all := map[string][]record{}
	err := filepath.WalkDir(projects, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".jsonl") {
			return err
		}
		name, err := filepath.Rel(projects, path)
		if err != nil {
			return err
		}
		all[name], err = readLines(path)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the transcripts: %w", err)
	}
	return all, nil
}

func readLines(path string) ([]record, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var records []record
	for i, line := range bytes.Split(bytes.TrimSuffix(content, []byte("\n")), []byte("\n")) {
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, i+1, err)
		}
		records = append(records, r)
	}
	return records, nil
}

// toolUses maps the id of every tool_use block of the records to its tool.
func toolUses(records []record) map[string]string {
	uses := map[string]string{}
	for _, r := range records {
		message, _ := r["message"].(map[string]any)
		content, _ := message["content"].([]any)
		for _, block := range content {
			b, _ := block.(map[string]any)
			if b["type"] == "tool_use" {
				id, _ := b["id"].(string)
				uses[id], _ = b["name"].(string)
			}
		}
	}
	return uses
}
