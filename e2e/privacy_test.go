//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkPrivacy holds that no canary is anywhere in our data, though each of
// them really went through the session, and that the data is its owner's only.
func checkPrivacy(t *testing.T, s scenario, seen session) {
	t.Helper()
	passed := seen.everything()
	for _, name := range s.canaries() {
		if !strings.Contains(passed, name) {
			t.Errorf("%s was never part of the session, so that it proves nothing", name)
		}
	}
	err := filepath.WalkDir(seen.data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if open := info.Mode().Perm() & 0o077; open != 0 {
			t.Errorf("%s can be opened by others: %v", path, info.Mode())
		}
		if entry.IsDir() {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if at := bytes.Index(bytes.ToLower(content), []byte(canary)); at >= 0 {
			t.Errorf("%s holds a canary: …%s…", path, content[max(0, at-300):min(len(content), at+60)])
		}
		return nil
	})
	if err != nil {
		t.Errorf("walk the data folder: %v", err)
	}
}

// canaries are all those that a scenario names.
func (s scenario) canaries() []string {
	names := map[string]bool{}
	text := fmt.Sprintln(s.prompt(), s.settings, s.commit, s.files, s.again, s.scripts)
	for _, name := range regexp.MustCompile(canary+`[a-z]+`).FindAllString(text, -1) {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// everything is all that the model and the transcripts got to see.
func (s session) everything() string {
	var all strings.Builder
	for _, r := range s.requests {
		all.Write(r.Body)
	}
	fmt.Fprint(&all, s.transcripts)
	return all.String()
}
