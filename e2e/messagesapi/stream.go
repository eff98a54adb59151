package messagesapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

type object map[string]any

// stream writes a turn as the API's server-sent events, or as one JSON message
// for the rare request that did not ask for a stream.
func stream(w http.ResponseWriter, r Request, turn Turn) error {
	id := fmt.Sprintf("msg_%s_%02d", r.Scenario, r.Turn)
	w.Header().Set("request-id", "req_"+id)
	usage := object{"input_tokens": 100, "output_tokens": 20, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
	head := object{
		"id": id, "type": "message", "role": "assistant", "model": r.model, "content": []any{},
		"stop_reason": nil, "stop_sequence": nil, "usage": usage,
	}
	if !r.streamed {
		return whole(w, head, turn)
	}
	var out bytes.Buffer
	frame := func(event string, data object) error {
		data["type"] = event
		text, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("encode %s: %w", event, err)
		}
		fmt.Fprintf(&out, "event: %s\ndata: %s\n\n", event, text)
		return nil
	}
	if err := frame("message_start", object{"message": head}); err != nil {
		return err
	}
	for i, b := range turn.Blocks {
		if err := blockFrames(frame, i, b); err != nil {
			return err
		}
	}
	delta := object{"stop_reason": turn.stopReason(), "stop_sequence": nil}
	if err := frame("message_delta", object{"delta": delta, "usage": object{"output_tokens": 20}}); err != nil {
		return err
	}
	if err := frame("message_stop", object{}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	_, err := w.Write(out.Bytes())
	return err
}

func blockFrames(frame func(string, object) error, i int, b Block) error {
	start := object{"type": "text", "text": ""}
	delta := object{"type": "text_delta", "text": b.Text}
	if b.Tool != "" {
		input, err := json.Marshal(b.Input)
		if err != nil {
			return fmt.Errorf("encode the input of %s: %w", b.Tool, err)
		}
		start = object{"type": "tool_use", "id": b.ID, "name": b.Tool, "input": object{}}
		delta = object{"type": "input_json_delta", "partial_json": string(input)}
	}
	if err := frame("content_block_start", object{"index": i, "content_block": start}); err != nil {
		return err
	}
	if err := frame("content_block_delta", object{"index": i, "delta": delta}); err != nil {
		return err
	}
	return frame("content_block_stop", object{"index": i})
}

func whole(w http.ResponseWriter, head object, turn Turn) error {
	content := []any{}
	for _, b := range turn.Blocks {
		if b.Tool != "" {
			content = append(content, object{"type": "tool_use", "id": b.ID, "name": b.Tool, "input": b.Input})
			continue
		}
		content = append(content, object{"type": "text", "text": b.Text})
	}
	head["content"], head["stop_reason"] = content, turn.stopReason()
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(head)
}
