package cli

import (
	"bytes"
	"cmp"
	"context"
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
	if a.talk.form == formNone {
		return nil
	}
	values := []any{r.value}
	if a.talk.form == formLines && r.lines != nil {
		values = r.lines
	}
	switch {
	case a.talk.filter != nil:
		text, err := a.talk.filter(values)
		if err != nil {
			return err
		}
		b.WriteString(text)
	case a.talk.form == formText:
		if r.text != "" {
			b.WriteString(r.text + "\n")
		}
	default:
		indent := ""
		if a.talk.form == formJSON {
			indent = "  "
		}
		for _, value := range values {
			if err := writeJSON(&b, value, indent); err != nil {
				return err
			}
		}
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

// chooseForm reads what the flags say about results (AUTH-5, AUTH-9).
func (a *app) chooseForm(ctx context.Context, g *grammar) error {
	a.talk.form = cmp.Or(g.Output, formText)
	if g.Output == "" && (g.JSON || g.JQ != nil) {
		a.talk.form = formJSON
	}
	switch {
	case g.Quiet && g.Verbose > 0:
		return &fault{Reason: "output_mixed", Message: "--quiet and --verbose exclude each other", Advice: "keep one"}
	case g.JSON && a.talk.form != formJSON:
		return &fault{Reason: "output_mixed", Message: "--json and --output exclude each other", Advice: "keep one"}
	case g.JQ == nil:
		return nil
	case a.talk.form == formText || a.talk.form == formNone:
		return &fault{Reason: "output_jq", Message: "--jq does not go with --output " + a.talk.form}
	}
	var err error
	a.talk.filter, err = a.filter(ctx, *g.JQ)
	return err
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
