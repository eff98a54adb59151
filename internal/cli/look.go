package cli

import "github.com/spf13/cobra"

func (a *app) lookCommands() []*cobra.Command { return nil }
