// Command payloaddump is a hook that keeps what it is given: the payload from
// standard input and, of its environment, what Claude Code itself sets. It is
// for looking at the real client, and prints nothing, as an observer must.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if err := dump(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func dump(dir string) error {
	payload, err := io.ReadAll(os.Stdin)
	if err != nil {
		return fmt.Errorf("read the payload: %w", err)
	}
	var head struct {
		Event string `json:"hook_event_name"`
		Tool  string `json:"tool_name"`
	}
	_ = json.Unmarshal(payload, &head)
	name := strings.TrimSuffix(head.Event+"-"+strings.ReplaceAll(head.Tool, "/", "_"), "-")
	stem := filepath.Join(dir, fmt.Sprintf("%s-%d-%d", name, time.Now().UnixNano(), os.Getpid()))
	if err := os.WriteFile(stem+".json", payload, 0o600); err != nil {
		return fmt.Errorf("keep the payload: %w", err)
	}
	return os.WriteFile(stem+".env", []byte(environment()), 0o600)
}

// environment lists every name, and the values of those that are no secrets.
func environment() string {
	var out strings.Builder
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if strings.Contains(name, "KEY") || strings.Contains(name, "TOKEN") {
			value = "(removed)"
		}
		fmt.Fprintf(&out, "%s=%s\n", name, value)
	}
	return out.String()
}
