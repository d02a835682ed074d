package docker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/docker/docker-credential-helpers/credentials"

	"keyglot/helper"
	"keyglot/helper/visible"
)

// tokenUser is the user name that marks an identity token: the secret is an
// OAuth refresh token, which the client spends itself.
const tokenUser = "<token>"

// carried are the kinds that the protocol has a form for.
func carried() []helper.Kind {
	return []helper.Kind{helper.Basic, helper.Identity, helper.Bearer}
}

// spell writes a credential in the protocol's words, or is ErrNotFound where
// it has none: without a user name, or with the one that says that the secret
// is of another kind.
func spell(server string, a helper.Answer) (credentials.Credentials, error) {
	user := a.Sends
	switch {
	case a.Kind == helper.Identity:
		user = helper.Named(tokenUser)
	case !user.Set || user.Name == tokenUser:
		return credentials.Credentials{}, helper.ErrNotFound
	}
	if !utf8.ValidString(user.Name) || !utf8.ValidString(a.Secret.Reveal()) {
		return credentials.Credentials{}, errNotText
	}
	return credentials.Credentials{ServerURL: server, Username: user.Name, Secret: a.Secret.Reveal()}, nil
}

// line writes credentials as encoding/json would, and leaves it to that where a
// character is escaped: its first value costs as much as all that is around it.
func line(c credentials.Credentials) (string, error) {
	for _, text := range []string{c.ServerURL, c.Username, c.Secret} {
		if strings.ContainsFunc(text, escaped) {
			return encode(c)
		}
	}
	return `{"ServerURL":"` + c.ServerURL + `","Username":"` + c.Username + `","Secret":"` + c.Secret + `"}`, nil
}

// escaped reports whether encoding/json may write a character in another way.
func escaped(c rune) bool {
	return c < ' ' || c > '~' || strings.ContainsRune(`"\<>&`, c)
}

// encode writes one JSON value as one line without its end.
func encode(value any) (string, error) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(value); err != nil {
		return "", errors.New("the answer cannot be written as JSON") // the cause might quote it
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

var errNotText = errors.New("the stored credential is not UTF-8 text")

// maxLine bounds an error line: clients show it in the middle of their own.
const maxLine = 300

// refuse writes an error as clients expect it: one line on stdout, which is
// all they show. What they have no use for goes to stderr.
func (r run) refuse(ctx context.Context, err error) error {
	if isTyped(err) {
		return r.end(1, err.Error(), nil)
	}
	line, advice := "keyglot: "+err.Error(), helper.Advice(err)
	if short := r.storeTrouble(ctx, err); short != "" {
		r.tell(line)
		line = "keyglot: " + short
		if advice == "" {
			advice = "run: keyglot auth status"
		}
	}
	if advice != "" {
		r.tell("keyglot: hint: " + advice)
	}
	return r.end(1, oneLine(line), nil)
}

// isTyped reports whether an error's text is one that clients compare.
func isTyped(err error) bool {
	return credentials.IsErrCredentialsNotFound(err) ||
		credentials.IsCredentialsMissingServerURL(err) ||
		credentials.IsCredentialsMissingUsername(err)
}

// storeTrouble is the text for a store that gave no answer, or "".
func (r run) storeTrouble(ctx context.Context, err error) string {
	where, late := "", errors.Is(err, context.DeadlineExceeded)
	if store, ok := errors.AsType[*helper.StoreError](err); ok {
		where, late = " ("+store.Store+")", late || ctx.Err() != nil
	}
	switch {
	case late:
		return fmt.Sprintf("credential store did not answer within %s%s", r.Budget, where)
	case errors.Is(err, helper.ErrLocked):
		return "credential store is locked" + where
	case errors.Is(err, helper.ErrUnavailable):
		return "credential store is not available" + where
	}
	return ""
}

// tell writes a line for the person at the terminal.
func (r run) tell(line string) {
	_, _ = r.Stderr.Write([]byte(oneLine(line) + "\n"))
}

// oneLine makes text fit for an error line: on one line, without what would
// steer a terminal, not too long.
func oneLine(text string) string {
	text = visible.Text(text)
	for len(text) > maxLine {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}
