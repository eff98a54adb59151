package messagesapi

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Kind tells the conversations of a scenario from what Claude Code asks on its
// own account.
type Kind string

// The kinds of request.
const (
	Conversation Kind = "conversation"
	Compaction   Kind = "compaction"
	Side         Kind = "side" // no tools offered: titles, summaries of progress
)

// CompactionScript names the script whose first turn answers a compaction.
const CompactionScript = "compaction"

// Request is one POST to /v1/messages.
type Request struct {
	Kind     Kind
	Scenario string // the marker's name, "" when there is none
	Turn     int    // assistant messages since the marker
	Body     []byte // as it came

	model    string
	streamed bool
	lastText string
}

type message struct {
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"`
}

func parseRequest(body []byte) (Request, error) {
	var raw struct {
		Model    string            `json:"model"`
		Stream   bool              `json:"stream"`
		Messages []message         `json:"messages"`
		Tools    []json.RawMessage `json:"tools"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return Request{}, fmt.Errorf("not a Messages request: %w", err)
	}
	r := Request{Kind: Conversation, Body: body, model: raw.Model, streamed: raw.Stream}
	marker := regexp.MustCompile(`SCENARIO:([A-Za-z0-9_-]+)`)
	for _, m := range raw.Messages {
		if m.Role == "assistant" {
			r.Turn++
		}
		if m.Role != "user" {
			continue // Claude Code also puts system messages among the others
		}
		r.lastText = userText(m.Content)
		if found := marker.FindStringSubmatch(r.lastText); found != nil {
			r.Scenario, r.Turn = found[1], 0
		}
	}
	switch {
	case strings.Contains(r.lastText, "Your task is to create a detailed summary"):
		r.Kind = Compaction
	case len(raw.Tools) == 0:
		r.Kind = Side
	}
	return r, nil
}

// userText is what a user message says itself, without the results of tools,
// which may quote another conversation's marker.
func userText(content json.RawMessage) string {
	var plain string
	if json.Unmarshal(content, &plain) == nil {
		return plain
	}
	var blocks []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if json.Unmarshal(content, &blocks) != nil {
		return ""
	}
	var texts []string
	for _, b := range blocks {
		if b.Type == "text" {
			texts = append(texts, b.Text)
		}
	}
	return strings.Join(texts, "\n")
}
