package internal
import (
 _ "mvdan.cc/sh/v3/syntax"
 _ "github.com/spf13/cobra"
 _ "github.com/spf13/cobra/doc"
 _ "github.com/tailscale/hujson"
 _ "github.com/rogpeppe/go-internal/testscript"
 _ "pgregory.net/rapid"
 _ "github.com/santhosh-tekuri/jsonschema/v6"
 _ "github.com/google/go-cmp/cmp"
 _ "golang.org/x/sys/unix"
 _ "golang.org/x/term"
 _ "go.uber.org/goleak"
)
