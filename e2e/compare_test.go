//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"agent-telemetry/e2e/messagesapi"

	"github.com/rogpeppe/go-internal/diff"
)

// compare holds that neither the model nor the transcript saw anything of us.
func compare(t *testing.T, without, with session) {
	t.Helper()
	if diff := difference(conversations(t, without.requests), conversations(t, with.requests)); diff != "" {
		t.Errorf("the model saw our hook:\n%s", diff)
	}
	if diff := difference(comparable(without.transcripts), comparable(with.transcripts)); diff != "" {
		t.Errorf("the transcript shows our hook:\n%s", diff)
	}
}

// difference is "" for what is equal as JSON, else a diff that a person can
// read: long texts of prompts over several lines.
func difference(without, with any) string {
	return string(diff.Diff("without", readable(without), "with", readable(with)))
}

func readable(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Appendf(nil, "not to be encoded: %v\n", err)
	}
	return bytes.ReplaceAll(out.Bytes(), []byte(`\n`), []byte("\n"))
}

// conversations are the normalised bodies of the requests, in order within a
// conversation: a subagent's interleave with the main one's as they will.
func conversations(t *testing.T, requests []messagesapi.Request) map[string][]any {
	t.Helper()
	n := newNormaliser()
	byName := map[string][]any{}
	for _, r := range requests {
		var body any
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatalf("decode a request: %v", err)
		}
		name := fmt.Sprintf("%s %s", r.Kind, r.Scenario)
		byName[name] = append(byName[name], body)
	}
	normalised := map[string][]any{}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		for _, body := range byName[name] {
			normalised[name] = append(normalised[name], n.value(body))
		}
	}
	return normalised
}

// transcript is what a transcript has to have in common with another: its
// messages in order, and its bookkeeping (records without an id, such as
// queue-operation and mode) in any order, since timers of Claude Code's own
// write those between the messages.
type transcript struct {
	Messages    []any
	Bookkeeping []string
}

func comparable(transcripts map[string][]record) map[string]transcript {
	n := newNormaliser()
	result := map[string]transcript{}
	// The main transcript comes first: it names the subagents in its order.
	names := slices.SortedFunc(maps.Keys(transcripts), func(a, b string) int {
		return strings.Compare(path.Dir(a)+a, path.Dir(b)+b)
	})
	for _, name := range names {
		var c transcript
		messages, others := split(withoutStopSummaries(firstWritings(transcripts[name])))
		for _, m := range messages {
			c.Messages = append(c.Messages, n.value(m))
		}
		for _, r := range others {
			text, _ := json.Marshal(n.value(r))
			c.Bookkeeping = append(c.Bookkeeping, string(text))
		}
		slices.Sort(c.Bookkeeping)
		result[n.text(name)] = c
	}
	return result
}

func split(records []record) (messages, others []record) {
	for _, r := range records {
		if _, ok := r["uuid"]; ok {
			messages = append(messages, r)
			continue
		}
		others = append(others, r)
	}
	return messages, others
}

// firstWritings leaves out messages that were written before: a compaction
// writes those again that waited to be written when it began.
func firstWritings(records []record) []record {
	seen := map[any]bool{}
	var first []record
	for _, r := range records {
		id, isMessage := r["uuid"]
		if isMessage && seen[id] {
			continue
		}
		seen[id] = true
		first = append(first, r)
	}
	return first
}

// withoutStopSummaries takes out the records that Claude Code writes about
// stop hooks, and joins the links that led to them to what came before. When
// `-p` ends, the last summary is linked to but may no longer be written, so a
// link to nothing is one to the message before.
func withoutStopSummaries(records []record) []record {
	known := map[any]any{} // the id that stands for a record's
	var last any
	var kept []record
	for _, r := range records {
		id, isMessage := r["uuid"]
		if r["subtype"] == "stop_hook_summary" {
			known[id] = resolve(known, r["parentUuid"], last)
			continue
		}
		copied := maps.Clone(r)
		for _, link := range []string{"parentUuid", "logicalParentUuid"} {
			if target, ok := r[link]; ok && target != nil {
				copied[link] = resolve(known, target, last)
			}
		}
		dropUnwritten(copied, records)
		if isMessage {
			known[id], last = id, id
		}
		kept = append(kept, copied)
	}
	return kept
}

// dropUnwritten takes out of a compaction's list of what it went over the ids
// of records that were never written: those are stop summaries, too.
func dropUnwritten(compaction record, records []record) {
	metadata, _ := compaction["compactMetadata"].(map[string]any)
	preserved, _ := metadata["preservedMessages"].(map[string]any)
	all, ok := preserved["allUuids"].([]any)
	if !ok {
		return
	}
	written := map[any]bool{}
	for _, r := range records {
		written[r["uuid"]] = r["subtype"] != "stop_hook_summary"
	}
	preserved["allUuids"] = slices.DeleteFunc(all, func(id any) bool { return !written[id] })
}

func resolve(known map[any]any, target, last any) any {
	if id, ok := known[target]; ok {
		return id
	}
	return last
}
