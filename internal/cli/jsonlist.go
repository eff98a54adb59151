package cli

import (
	"fmt"
	"io"
)

// jsonList writes values as one JSON list, or each on a line of its own.
type jsonList struct {
	w       io.Writer
	lines   bool
	started bool
}

func (l *jsonList) add(v any) error {
	text, err := encode(v)
	if err != nil {
		return err
	}
	if l.lines {
		_, err = fmt.Fprintf(l.w, "%s\n", text)
		return err
	}
	sep := ",\n"
	if !l.started {
		sep, l.started = "[\n", true
	}
	_, err = fmt.Fprintf(l.w, "%s%s", sep, text)
	return err
}

func (l *jsonList) end() error {
	text := "\n]\n"
	switch {
	case l.lines:
		return nil
	case !l.started:
		text = "[]\n"
	}
	_, err := io.WriteString(l.w, text)
	return err
}
