package settings

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"
)

const (
	// Name is the base name by which our entries are recognised, wherever
	// they point and whoever wrote them.
	Name = "agent-telemetry-hook"
	// DefaultTimeout is how many seconds Claude Code grants the hook. It also
	// raises the time that all hooks of SessionEnd share, 1.5 s otherwise.
	DefaultTimeout = 10
)

// Hook is the handler that is installed for every event, in exec form: Claude
// Code spawns Command with Args, without a shell, and waits for it.
type Hook struct {
	Command string   `json:"command"`
	Args    []string `json:"args"`
	Timeout int      `json:"timeout"`
}

// validate tells whether Claude Code would run the hook as it is meant.
func (h Hook) validate() error {
	if !filepath.IsAbs(h.Command) {
		return fmt.Errorf("the hook command %q is not an absolute path, so it would depend on the folder Claude Code is in", h.Command)
	}
	if !isOurs(h.Command) {
		return fmt.Errorf("the hook command %q is not called %s, so it could not be recognised again", h.Command, Name)
	}
	for _, word := range append([]string{h.Command}, h.Args...) {
		if strings.Contains(word, "${") {
			return fmt.Errorf("%q contains ${, which Claude Code would substitute; choose another path", word)
		}
	}
	if h.Timeout <= 0 {
		return fmt.Errorf("the hook's timeout of %d s is not positive, for which Claude Code would drop the whole settings file", h.Timeout)
	}
	return nil
}

// handler renders the hook on one line, separated by space.
func (h Hook) handler(space string) string {
	args := make([]string, len(h.Args))
	for i, arg := range h.Args {
		args[i] = quote(arg)
	}
	return `{"type":` + space + `"command",` + space +
		`"command":` + space + quote(h.Command) + `,` + space +
		`"args":` + space + `[` + strings.Join(args, `,`+space) + `],` + space +
		`"timeout":` + space + strconv.Itoa(h.Timeout) + `}`
}

// group renders the matcher group that holds the hook alone.
func (h Hook) group(event, space string) string {
	matcher := ""
	if m := matcherFor(event); m != "" {
		matcher = `"matcher":` + space + quote(m) + `,` + space
	}
	return `{` + matcher + `"hooks":` + space + `[` + h.handler(space) + `]}`
}

// is reports whether a handler of a settings file says the same as the hook,
// no more and no less.
func (h Hook) is(value hujson.Value) bool {
	var got struct {
		Type    string
		Command string
		Args    []string
		Timeout float64
	}
	var keys map[string]json.RawMessage
	raw := value.Pack()
	if json.Unmarshal(raw, &got) != nil || json.Unmarshal(raw, &keys) != nil {
		return false
	}
	for _, key := range []string{"type", "command", "args", "timeout"} {
		if _, ok := keys[key]; !ok {
			return false
		}
	}
	return len(keys) == 4 && got.Type == "command" && got.Command == h.Command &&
		slices.Equal(got.Args, h.Args) && got.Timeout == float64(h.Timeout)
}

// isOurs reports whether an executable is the telemetry hook, by its name.
func isOurs(executable string) bool {
	base := executable[strings.LastIndexAny(executable, `/\`)+1:]
	return strings.TrimSuffix(base, ".exe") == Name
}

// executable is the program that a handler starts. Without args a command is
// a line of shell, whose first word is taken.
func executable(command string, execForm bool) string {
	if execForm {
		return command
	}
	command = strings.TrimSpace(command)
	if command != "" && (command[0] == '"' || command[0] == '\'') {
		if end := strings.IndexByte(command[1:], command[0]); end >= 0 {
			return command[1 : 1+end]
		}
	}
	if fields := strings.Fields(command); len(fields) > 0 {
		return fields[0]
	}
	return ""
}

func quote(s string) string { return string(hujson.String(s)) }
