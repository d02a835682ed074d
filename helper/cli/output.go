package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"keyglot/helper/visible"
)

// The forms of a result (AUTH-5, AUTH-7).
const (
	formText  = "text"
	formJSON  = "json"  // one value, indented
	formLines = "jsonl" // one value a line
	formNone  = "none"
)

// result is what a command has to say on standard output.
type result struct {
	text  string // for people, whole lines without the last line feed; "": nothing
	value any    // for programs; its first member names its schema and version
	lines []any  // the parts of value that jsonl prints line by line; nil: value itself
}

// errStdout replaces the system's error, which names the file.
var errStdout = errors.New("standard output cannot be written")

// emit prints a result in the form that was asked for.
func (a *app) emit(r result) error {
	var b bytes.Buffer
	var err error
	switch a.talk.form {
	case formNone:
		return nil
	case formJSON:
		err = writeJSON(&b, r.value, "  ")
	case formLines:
		values := r.lines
		if values == nil {
			values = []any{r.value}
		}
		for _, value := range values {
			err = errors.Join(err, writeJSON(&b, value, ""))
		}
	default:
		if r.text != "" {
			b.WriteString(r.text + "\n")
		}
	}
	if err != nil {
		return err
	}
	if _, err := a.Stdout.Write(b.Bytes()); err != nil {
		return errStdout
	}
	return nil
}

// writeJSON writes a value and a line feed. What could rewrite a terminal is
// escaped besides what JSON itself demands; angle brackets are not.
func writeJSON(w io.Writer, value any, indent string) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(value); err != nil {
		return errors.New("the result has no JSON form")
	}
	_, err := io.WriteString(w, visible.JSON(b.String()))
	return err
}

// lines joins lines of text that are not empty.
func lines(texts ...string) string {
	return join("\n", texts...)
}

// chooseColor decides whether people see colours (AUTH-9).
func (a *app) chooseColor(flag string) bool {
	for _, wish := range []string{flag, a.Getenv("KEYGLOT_COLOR")} {
		switch wish {
		case "always":
			return true
		case "never":
			return false
		}
	}
	return a.Getenv("NO_COLOR") == "" && a.Getenv("TERM") != "dumb" && a.Terminal(1)
}

// bold sets text off, where colours are wanted.
func (a *app) bold(text string) string {
	if !a.talk.color {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}
