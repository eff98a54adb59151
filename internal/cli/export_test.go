package cli

import (
	"os"
	"time"
)

// MainManaged is Main with another folder of managed settings.
func MainManaged(root string, args []string) int {
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: time.Now, managedRoot: root}
	return a.main(args)
}
