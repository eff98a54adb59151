// Package e2e runs the real Claude Code against a scripted Messages API, with
// our hook and without it. It holds the journal against the transcripts, and
// what the model saw with us against what it saw without us.
// Run it with: go test -tags e2e -count=1 -timeout 15m ./e2e
package e2e
