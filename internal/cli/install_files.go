package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"agent-telemetry/internal/doctor"
	"agent-telemetry/internal/scope"
)

// markerText tells whoever comes across a marker what it is. The hook looks at
// its name only.
const markerText = `Agent Telemetry records what AI coding agents do in this project.
Off: agent-telemetry disable
`

func quote(word string) string { return doctor.Quote(word) }

// makePrivate creates a folder, with those above it, for its user alone.
func makePrivate(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makePrivate(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return giveTo(dir, parent)
}

// writePrivate puts a file, mode 0600, in its place at once and durably.
func writePrivate(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = giveTo(f.Name(), filepath.Dir(path))
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// prepareData makes the data folder ready. One that is there already must be
// empty or hold a journal: its mode is changed, which nobody wants of a home.
func prepareData(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makePrivate(dir); err != nil {
			return fmt.Errorf("create the data folder: %w", err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the data folder: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return fmt.Errorf("keep others out of the data folder: %w", err)
		}
	}
	return nil
}

// checkData reports a data folder that cannot be one.
func checkData(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the data folder: %w", err)
	}
	for _, e := range entries {
		if e.Name() == "logs" || e.Name() == "hook.json" {
			return nil
		}
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s holds other things, such as %s: choose a new folder for the records with --data", clean(dir), clean(entries[0].Name()))
	}
	return nil
}

func markerPath(dir string) string { return filepath.Join(dir, scope.MarkerName) }

// hasMarker is the project's marker, "" where it has none.
func hasMarker(dir string) string { return scope.Find(dir, dir).Marker }

func writeMarker(dir string) error {
	err := os.WriteFile(markerPath(dir), []byte(markerText), 0o644)
	if err == nil {
		err = giveTo(markerPath(dir), dir)
	}
	if err != nil {
		return fmt.Errorf("write the marker: %w", err)
	}
	return nil
}

// removeMarkers removes the project's markers and returns their paths. Only
// those that say what a marker of ours says go if ours is set.
func removeMarkers(dir string, ours bool) (removed []string, err error) {
	for {
		path := hasMarker(dir)
		if path == "" {
			return removed, nil
		}
		if ours {
			if text, err := os.ReadFile(path); err != nil || string(text) != markerText {
				return removed, nil
			}
		}
		if err := os.Remove(path); err != nil {
			return removed, fmt.Errorf("remove the marker: %w", err)
		}
		removed = append(removed, path)
	}
}
