package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
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
	_, err := io.WriteString(w, escapeHidden(b.String()))
	return err
}

// escapeHidden writes characters without a shape of their own as JSON escapes.
// Beyond ASCII they can stand only inside a JSON string.
func escapeHidden(text string) string {
	if strings.IndexFunc(text, isHidden) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !isHidden(r):
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func isHidden(r rune) bool {
	return r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
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
