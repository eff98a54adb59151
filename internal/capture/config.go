package capture

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/jsontree"
	"agent-telemetry/internal/plainfile"
	"agent-telemetry/internal/privacy"
)

// Config is what the hook reads at every call: hook.json in the data folder,
// which the command line writes. A missing file means the defaults.
type Config struct {
	Durability   journal.Durability
	SegmentBytes int64 // 0: the journal's default
	AllProjects  bool  // record without a marker
	Off          []string
	Privacy      privacy.Levels
	Allow        []string // folders outside a project that are no cause for a warning
	UID          int      // whose name User is
	User         string
}

// ConfigPath is the hook's configuration file within a data folder.
func ConfigPath(data string) string { return filepath.Join(data, "hook.json") }

// maxConfig is the size beyond which the command line did not write hook.json.
const maxConfig = 1 << 20

// LoadConfig reads the configuration. With an error it still returns one to work
// with: the defaults, and of the file what could be understood.
func LoadConfig(data string) (Config, error) {
	c := Config{Privacy: privacy.Default(), UID: -1}
	path := ConfigPath(data)
	// To open a pipe would wait for its writer.
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return c, nil
	}
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxConfig) {
		err = errors.New("not a regular file of a sensible size")
	}
	if err != nil {
		return c, fmt.Errorf("read the hook's configuration %s: %w", path, err)
	}
	f, err := plainfile.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return c, fmt.Errorf("read the hook's configuration: %w", err)
	}
	defer func() { _ = f.Close() }()
	v, err := jsontree.Read(f, jsontree.Options{})
	if err != nil {
		return c, fmt.Errorf("read the hook's configuration %s: %w", path, err)
	}
	return c, c.take(v)
}

func (c *Config) take(v *jsontree.Value) error {
	switch d := v.Str("durability"); d {
	case "os":
		c.Durability = journal.OS
	case "", "fsync":
	default:
		return fmt.Errorf("hook.json: durability is %q, not fsync or os", d)
	}
	c.AllProjects = v.Get("all_projects").True()
	c.Off = texts(v.Get("off"))
	c.Allow = texts(v.Get("allow"))
	c.User = v.Str("user")
	c.UID = int(integer(v.Get("uid"), -1))
	c.SegmentBytes = integer(v.Get("segment_bytes"), 0)
	return c.takeLevels(v.Get("privacy"))
}

func (c *Config) takeLevels(v *jsontree.Value) error {
	for _, k := range [...]struct {
		kind  privacy.Kind
		level *privacy.Level
	}{
		{privacy.Contents, &c.Privacy.Contents},
		{privacy.Prompts, &c.Privacy.Prompts},
		{privacy.Outputs, &c.Privacy.Outputs},
		{privacy.PathsAndCommands, &c.Privacy.PathsAndCommands},
	} {
		name := v.Str(k.kind.String())
		if name == "" {
			continue
		}
		level, err := privacy.ParseLevel(k.kind, name)
		if err != nil {
			return fmt.Errorf("hook.json: %w", err)
		}
		*k.level = level
	}
	return nil
}

// off reports whether recording was switched off for a project by name.
func (c *Config) off(root string) bool {
	for _, dir := range c.Off {
		if dir == root {
			return true
		}
	}
	return false
}

// userID is the name of the user the hook runs as. It does not come from the
// environment, which a project's settings can set.
func (c *Config) userID() string {
	uid := os.Getuid()
	if c.User != "" && c.UID == uid {
		return c.User
	}
	if name := passwd(uid, 0); name != "" {
		return name
	}
	return "uid:" + strconv.Itoa(uid)
}

// passwd returns a field of a user's line in /etc/passwd. Package os/user would
// bring cgo or a slower start.
func passwd(uid, field int) string {
	text, err := plainfile.ReadFile("/etc/passwd", 64<<10)
	if err != nil {
		return ""
	}
	id := strconv.Itoa(uid)
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), ":")
		if len(fields) >= 7 && fields[2] == id {
			return fields[field]
		}
	}
	return ""
}

func integer(v *jsontree.Value, otherwise int64) int64 {
	if v == nil || v.Kind != jsontree.Number {
		return otherwise
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

func texts(v *jsontree.Value) (list []string) {
	if v == nil {
		return nil
	}
	for i := range v.Items {
		if v.Items[i].Kind == jsontree.String {
			list = append(list, v.Items[i].Text)
		}
	}
	return list
}
