package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"agent-telemetry/internal/capture"
)

// hookConfig is hook.json under edit. Members that no one here knows stay.
type hookConfig struct {
	data    string
	members map[string]json.RawMessage
	changed bool
}

func openHookConfig(data string) (*hookConfig, error) {
	c := &hookConfig{data: data, members: map[string]json.RawMessage{}}
	path := capture.ConfigPath(data)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the hook's configuration: %w", err)
	}
	if err := json.Unmarshal(text, &c.members); err != nil || c.members == nil {
		return nil, fmt.Errorf("the hook's configuration %s is not a JSON object (%v): mend it, or move it away with: mv %s %s",
			clean(path), err, quote(path), quote(path+".broken"))
	}
	return c, nil
}

// set gives a member a value, and notes whether that changes anything.
func (c *hookConfig) set(name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s of the hook's configuration: %w", name, err)
	}
	var old bytes.Buffer
	if json.Compact(&old, c.members[name]) == nil && bytes.Equal(old.Bytes(), text) {
		return nil
	}
	c.members[name], c.changed = text, true
	return nil
}

func (c *hookConfig) remove(name string) {
	if _, ok := c.members[name]; ok {
		delete(c.members, name)
		c.changed = true
	}
}

func (c *hookConfig) allProjects() bool {
	var all bool
	_ = json.Unmarshal(c.members["all_projects"], &all) // as the hook reads it: anything else is false
	return all
}

func (c *hookConfig) off() []string {
	var list []any
	_ = json.Unmarshal(c.members["off"], &list)
	var dirs []string
	for _, item := range list {
		if dir, ok := item.(string); ok {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// switchOff notes that a project is not to be recorded whatever else says so;
// switchOn takes that back. Both tell whether it was otherwise before.
func (c *hookConfig) switchOff(dir string) (bool, error) {
	dirs := c.off()
	if slices.Contains(dirs, dir) {
		return false, nil
	}
	return true, c.set("off", append(dirs, dir))
}

func (c *hookConfig) switchOn(dir string) (bool, error) {
	dirs := c.off()
	if !slices.Contains(dirs, dir) {
		return false, nil
	}
	dirs = slices.DeleteFunc(dirs, func(d string) bool { return d == dir })
	if len(dirs) == 0 {
		c.remove("off")
		return true, nil
	}
	return true, c.set("off", dirs)
}

// setLevel sets the privacy level of a kind, leaving other kinds as they are.
func (c *hookConfig) setLevels(levels map[string]string) error {
	if len(levels) == 0 {
		return nil
	}
	all := map[string]any{}
	_ = json.Unmarshal(c.members["privacy"], &all) // what is no object is replaced
	for kind, level := range levels {
		all[kind] = level
	}
	return c.set("privacy", all)
}

// save writes the configuration if anything changed. The file is replaced as a
// whole, since a hook may read it at any time.
func (c *hookConfig) save() error {
	if !c.changed {
		return nil
	}
	text, err := json.MarshalIndent(c.members, "", "  ")
	if err == nil {
		err = makePrivate(c.data)
	}
	if err == nil {
		err = writePrivate(capture.ConfigPath(c.data), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write the hook's configuration: %w", err)
	}
	c.changed = false
	return nil
}
