// Command mcpserver is an MCP server on standard input and output with two
// tools: say answers with its text, boom fails with its text. It knows just
// enough of the protocol for Claude Code to use them.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		ProtocolVersion string `json:"protocolVersion"`
		Name            string `json:"name"`
		Arguments       struct {
			Text string `json:"text"`
		} `json:"arguments"`
	} `json:"params"`
}

type object map[string]any

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			fmt.Fprintf(os.Stderr, "mcpserver: not a request: %v\n", err)
			continue
		}
		if len(r.ID) == 0 {
			continue // a notification
		}
		answer := object{"jsonrpc": "2.0", "id": r.ID}
		if result, known := answerTo(r); known {
			answer["result"] = result
		} else {
			answer["error"] = object{"code": -32601, "message": "no such method: " + r.Method}
		}
		if err := answers.Encode(answer); err != nil {
			return
		}
	}
}

func answerTo(r request) (result object, known bool) {
	switch r.Method {
	case "initialize":
		return object{
			"protocolVersion": r.Params.ProtocolVersion,
			"capabilities":    object{"tools": object{}},
			"serverInfo":      object{"name": "fake", "version": "1"},
		}, true
	case "tools/list":
		return object{"tools": []object{tool("say"), tool("boom")}}, true
	case "tools/call":
		text := "[" + r.Params.Name + "] " + r.Params.Arguments.Text
		return object{
			"content": []object{{"type": "text", "text": text}},
			"isError": r.Params.Name == "boom",
		}, true
	case "ping":
		return object{}, true
	}
	return nil, false
}

func tool(name string) object {
	return object{
		"name":        name,
		"description": name + " the text",
		"inputSchema": object{"type": "object", "properties": object{"text": object{"type": "string"}}},
	}
}
