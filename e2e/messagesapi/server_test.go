package messagesapi

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func script() map[string][]Turn {
	return map[string][]Turn{
		"main": {
			{Blocks: []Block{{Text: "first"}, {Tool: "Bash", ID: "toolu_1", Input: object{"command": "echo 'SCENARIO:other'"}}}},
			{Error: "too long"},
			Say("third"),
		},
		"inner":          {Say("from within")},
		CompactionScript: {Say("in short")},
	}
}

const offered = `"tools":[{"name":"Bash"}]`

func TestAnswers(t *testing.T) {
	user := func(text string) string { return `{"role":"user","content":[{"type":"text","text":"` + text + `"}]}` }
	const assistant = `{"role":"assistant","content":[{"type":"text","text":"ok"}]}`
	const result = `{"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":"SCENARIO:inner"}]}`
	const system = `{"role":"system","content":"SCENARIO:inner"}`
	for _, test := range []struct {
		name     string
		messages []string
		tools    string
		status   int
		want     string // in the answer
		fault    string
	}{
		{"first turn", []string{user("SCENARIO:main please")}, offered, 200, `"stop_reason":"tool_use"`, ""},
		{"system messages choose nothing", []string{user("SCENARIO:main"), system}, offered, 200, `first`, ""},
		{"results of tools choose nothing", []string{user("SCENARIO:main"), assistant, result, assistant, result}, offered, 200, `third`, ""},
		{"a scripted refusal", []string{user("SCENARIO:main"), assistant, result}, offered, 400, `too long`, ""},
		{"the last marker counts", []string{user("SCENARIO:main"), assistant, user("SCENARIO:inner")}, offered, 200, `from within`, ""},
		{"compaction", []string{user("SCENARIO:main"), user("Your task is to create a detailed summary of")}, offered, 200, `in short`, ""},
		{"no tools offered", []string{user("a title for SCENARIO:main")}, `"tools":[]`, 200, `Scripted`, ""},
		{"no marker", []string{user("hello")}, offered, 400, `without a SCENARIO marker`, "without a SCENARIO marker"},
		{"no such script", []string{user("SCENARIO:nowhere")}, offered, 400, `nowhere`, "nowhere"},
		{"past the end", []string{user("SCENARIO:inner"), assistant}, offered, 400, `turn 1 is asked`, "turn 1 is asked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, err := Start(script())
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			body := fmt.Sprintf(`{"model":"m","stream":true,%s,"messages":[%s]}`, test.tools, strings.Join(test.messages, ","))
			response, err := http.Post(server.URL()+"/v1/messages?beta=true", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			var answer strings.Builder
			if _, err := bufio.NewReader(response.Body).WriteTo(&answer); err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != test.status || !strings.Contains(answer.String(), test.want) {
				t.Errorf("answer %d: %s", response.StatusCode, answer.String())
			}
			if faults := strings.Join(server.Faults(), "\n"); (test.fault == "") != (faults == "") || !strings.Contains(faults, test.fault) {
				t.Errorf("faults %q, want %q", faults, test.fault)
			}
			if requests := server.Requests(); len(requests) != 1 || string(requests[0].Body) != body {
				t.Errorf("kept %d requests", len(requests))
			}
		})
	}
}

func TestStreamPutsABlockTogether(t *testing.T) {
	server, err := Start(script())
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	body := `{"stream":true,` + offered + `,"messages":[{"role":"user","content":"SCENARIO:main"}]}`
	response, err := http.Post(server.URL()+"/v1/messages", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var events []string
	var text, input string
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var frame struct {
			Type  string `json:"type"`
			Delta struct {
				Text  string `json:"text"`
				Input string `json:"partial_json"`
			} `json:"delta"`
		}
		if err := json.Unmarshal([]byte(data), &frame); err != nil {
			t.Fatal(err)
		}
		events = append(events, frame.Type)
		text, input = text+frame.Delta.Text, input+frame.Delta.Input
	}
	block := "content_block_start content_block_delta content_block_stop "
	if got := strings.Join(events, " "); got != "message_start "+block+block+"message_delta message_stop" {
		t.Errorf("events %s", got)
	}
	if text != "first" || input != `{"command":"echo 'SCENARIO:other'"}` {
		t.Errorf("text %q, input %q", text, input)
	}
}
