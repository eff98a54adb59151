package cli

import "github.com/spf13/cobra"

func (a *app) installCommands() []*cobra.Command { return nil }
