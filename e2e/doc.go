// Package e2e runs the real Claude Code against a scripted Messages API, with
// our hook and without it. It holds the journal against the script and the
// transcripts, and what the model saw with us against what it saw without us.
//
//	go test -tags e2e -count=1 -timeout 15m ./e2e
//
// installs the pinned Claude Code with npm and goes on in a network namespace
// with only loopback up, where the system allows one. Of the environment it
// reads E2E_KEEP, a folder in which to leave each session's home, project,
// requests and journal, and E2E_DUMP, one for every payload a hook was given.
package e2e
