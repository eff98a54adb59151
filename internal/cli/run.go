package cli

import "github.com/spf13/cobra"

func (a *app) runCommands() []*cobra.Command { return nil }
