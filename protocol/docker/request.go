package docker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/docker/docker-credential-helpers/credentials"

	"keyglot/helper"
)

var (
	errInput    = errors.New("stdin cannot be read")
	errTooLarge = errors.New("input larger than 1 MiB")
	errServer   = errors.New("invalid server URL")
	errJSON     = errors.New("invalid JSON on stdin") // whatever is wrong: the input holds the password
)

// input reads stdin to its end.
func (r run) input(ctx context.Context) ([]byte, error) {
	data, err := helper.ReadInput(ctx, r.Stdin)
	switch {
	case err == nil:
		return data, nil
	case errors.Is(err, helper.ErrTooLarge):
		return nil, errTooLarge
	case ctx.Err() != nil:
		return nil, fmt.Errorf("stdin did not end within %s", r.Budget)
	}
	return nil, errInput
}

// server reads the server string that get and erase are asked for. Lines are
// not joined: a control character inside is refused with the rest of the
// string's syntax.
func (r run) server(ctx context.Context) (string, error) {
	data, err := r.input(ctx)
	if err != nil {
		return "", err
	}
	server := strings.TrimSpace(string(data))
	if server == "" {
		return "", credentials.NewErrCredentialsMissingServerURL()
	}
	return server, nil
}

// decode reads the first JSON value of data as encoding/json would, but for
// what that mends in silence: a field twice with different values, and text
// that is no Unicode, which it would replace and so change the password.
func decode(data []byte) (credentials.Credentials, error) {
	var value json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&value); err != nil {
		return credentials.Credentials{}, errJSON
	}
	if string(value) == "null" {
		return credentials.Credentials{}, nil
	}
	if value[0] != '{' || !utf8.Valid(value) || !isSound(value) {
		return credentials.Credentials{}, errJSON
	}
	fields := []field{{name: "ServerURL"}, {name: "Username"}, {name: "Secret"}}
	tokens := json.NewDecoder(bytes.NewReader(value))
	_, _ = tokens.Token() // the brace
	for tokens.More() {
		var member json.RawMessage
		name, err := tokens.Token()
		if err == nil {
			err = tokens.Decode(&member)
		}
		for i := range fields {
			if err == nil && strings.EqualFold(name.(string), fields[i].name) {
				err = fields[i].set(member)
			}
		}
		if err != nil {
			return credentials.Credentials{}, errJSON
		}
	}
	return credentials.Credentials{ServerURL: fields[0].text, Username: fields[1].text, Secret: fields[2].text}, nil
}

// field is a member that the protocol knows.
type field struct {
	name        string
	text        string
	given, null bool
}

// set reads the member's value: a string, or null, which is the empty one. A
// second value must be the first.
func (f *field) set(member json.RawMessage) error {
	var text *string
	if err := json.Unmarshal(member, &text); err != nil {
		return err
	}
	next := field{name: f.name, given: true, null: text == nil}
	if text != nil {
		next.text = *text
	}
	if f.given && *f != next {
		return errJSON
	}
	*f = next
	return nil
}

// maxDepth bounds how deep objects and arrays may lie in one another.
const maxDepth = 64

// isSound reports whether valid JSON is no deeper than maxDepth and has no
// half of a surrogate pair.
func isSound(value []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\': // in valid JSON only within a string
			i++
			if value[i] != 'u' {
				continue
			}
			first := codeUnit(value[i+1:])
			i += 4
			if !utf16.IsSurrogate(first) {
				continue
			}
			rest := value[i+1:]
			if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' || utf16.DecodeRune(first, codeUnit(rest[2:])) == utf8.RuneError {
				return false
			}
			i += 6
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return false
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return true
}

// codeUnit reads the four hexadecimal digits of an escape.
func codeUnit(digits []byte) rune {
	n, err := strconv.ParseUint(string(digits[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
