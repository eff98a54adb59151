package messagesapi

// Turn is one answer of the scripted assistant.
type Turn struct {
	Blocks []Block
	Error  string // refuses the request with this message instead of an answer
	Before func() // runs before the answer starts, to wait for something; may be nil
	After  func() // runs on its own once the answer is written; may be nil
}

// Block is a text, or a call of a tool where Tool is set.
type Block struct {
	Text  string
	Tool  string
	ID    string
	Input any
}

// Say is a turn that ends the conversation with a text.
func Say(text string) Turn { return Turn{Blocks: []Block{{Text: text}}} }

func (t Turn) stopReason() string {
	for _, b := range t.Blocks {
		if b.Tool != "" {
			return "tool_use"
		}
	}
	return "end_turn"
}
