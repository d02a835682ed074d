package pass

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/format/record"
)

// recordLine begins the line that holds the record.
const recordLine = "keyglot: "

// encode writes a record as people and browser tools expect it in a password
// store: the secret in the first line, user and url, then the record itself
// without what the first line holds (STO-92).
func encode(c helper.Credential) ([]byte, error) {
	var text bytes.Buffer
	if first := c.Secret.Reveal(); first != "" && oneLine(first) {
		text.WriteString(first)
		c.Secret = helper.Secret{}
	}
	text.WriteByte('\n')
	if c.User.Set && oneLine(c.User.Name) {
		text.WriteString("user: " + c.User.Name + "\n")
	}
	if url := c.Target.String(); oneLine(url) {
		text.WriteString("url: " + url + "\n")
	}
	data, err := record.Encode(c)
	if err != nil {
		return nil, err
	}
	text.WriteString(recordLine)
	text.Write(data)
	text.WriteByte('\n')
	return text.Bytes(), nil
}

// decode is the reverse. A secret in the first line counts even if the record
// has one: a person put it there.
func decode(text []byte) (helper.Credential, error) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	for line := range bytes.SplitSeq(rest, []byte("\n")) {
		data, ok := bytes.CutPrefix(line, []byte(recordLine))
		if !ok {
			continue
		}
		c, err := record.Decode(data)
		if err == nil && len(first) > 0 {
			c.Secret = helper.NewSecret(string(first))
		}
		return c, err
	}
	return helper.Credential{}, fmt.Errorf("holds no record: %w", helper.ErrInvalid)
}

// oneLine reports whether s is text without control characters.
func oneLine(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}
