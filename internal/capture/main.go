package capture

import (
	"os"
	"strings"
	"time"
)

// patience is how long the hook waits for a payload that does not come: with the
// journal's own wait it stays within a second.
const patience = 600 * time.Millisecond

// Main is the hook's main function. It prints nothing and its caller exits 0,
// whatever happens: Claude Code would take an exit code of 2 for a veto.
func Main(args []string) {
	h := Hook{
		Data:   DataDir(Pinned(args), os.Getenv),
		Stdin:  patiently(os.Stdin, patience),
		Getenv: os.Getenv,
		Getwd:  os.Getwd,
		Now:    time.Now,
	}
	h.Run()
}

// Pinned is the data folder that the hook's arguments pin, "" for none. It reads
// --data DIR or --data=DIR; anything else is left alone, so that a newer settings
// file does not silence an older hook.
func Pinned(args []string) string {
	for i, arg := range args {
		if dir, ok := strings.CutPrefix(arg, "--data="); ok {
			return dir
		}
		if arg == "--data" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}
