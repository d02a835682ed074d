package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"keyglot/helper"
)

// maxPlain is what git and others can carry; a longer secret is warned of.
const maxPlain = 60 << 10

// input reads secrets that flags name.
type input struct {
	a        *app
	of       string // whose it is, for a question: "HOST", "USER on HOST"
	warnArgv bool
}

// given returns the secret that a flag gives: literally, or from standard
// input for "-" and for the flag's -stdin form. Where that is a terminal it is
// asked for, since what is typed there would be seen.
func (in input) given(ctx context.Context, what string, value *string, stdin bool) (helper.Secret, error) {
	if !stdin && *value != "-" {
		secret, err := checkSecret(what, *value)
		if err == nil {
			in.onCommandLine(what)
		}
		return secret, err
	}
	if in.a.Terminal(0) {
		if terminal, err := in.a.terminal(); err == nil {
			defer terminal.Close()
			return askSecret(ctx, terminal, in.question(what), what)
		}
	}
	text, err := in.standard(ctx)
	if err != nil {
		return helper.Secret{}, err
	}
	secret, err := checkSecret(what, text)
	if err != nil {
		return secret, err
	}
	if len(text) > maxPlain {
		in.a.warn("the " + what + " is longer than 60 KiB; git and other tools cannot carry it")
	}
	if strings.Trim(text, " \t") != text {
		in.a.warn("the " + what + " begins or ends with a blank, which is kept")
	}
	return secret, nil
}

// question is how a person is asked for a secret.
func (in input) question(what string) string {
	what = strings.ToUpper(what[:1]) + what[1:]
	if in.of != "" {
		what += " for " + in.of
	}
	return what + ": "
}

// standard is all of standard input without the line end that ends it.
func (in input) standard(ctx context.Context) (string, error) {
	data, err := helper.ReadInput(ctx, in.a.Stdin)
	defer clear(data)
	switch {
	case ctx.Err() != nil:
		return "", errInterrupted
	case errors.Is(err, helper.ErrTooLarge):
		return "", &fault{Reason: "secret_long", Message: "the secret is longer than 1 MiB", Advice: `pass one line, e.g. printf %s "$TOKEN"`}
	case err != nil:
		return "", errors.New("standard input cannot be read")
	}
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(data, []byte(mark)) {
			return "", &fault{Reason: "secret_bom", Message: "standard input starts with a byte order mark", Advice: "PowerShell: $OutputEncoding = [Text.UTF8Encoding]::new($false)"}
		}
	}
	text, ended := strings.CutSuffix(string(data), "\n")
	if ended {
		text = strings.TrimSuffix(text, "\r")
	}
	return text, nil
}

// linesFor fills in the parts of an S3 credential that are "-": standard input
// has a line for each, in the order id, secret, session token (AUTH-30). Where
// that is a terminal each is asked for.
func (in input) linesFor(ctx context.Context, parts []part) error {
	var wanted []part
	for i, p := range parts {
		switch {
		case p.text == nil:
		case *p.text == "-":
			wanted = append(wanted, p)
		case i > 0 && *p.text != "" && *p.text != "null":
			in.onCommandLine("s3-secret-access-key")
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	if in.a.Terminal(0) {
		if terminal, err := in.a.terminal(); err == nil {
			defer terminal.Close()
			for _, p := range wanted {
				secret, err := askSecret(ctx, terminal, in.question(p.what), p.what)
				if err != nil {
					return err
				}
				*p.text = secret.Reveal()
			}
			return nil
		}
	}
	text, err := in.standard(ctx)
	if err != nil {
		return err
	}
	given := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if len(given) != len(wanted) {
		return &fault{Reason: "secret_lines", Message: fmt.Sprintf("standard input has %s; %d expected", plural(len(given), "line"), len(wanted)), Advice: "one line each: access key id, secret access key, session token"}
	}
	for i, p := range wanted {
		*p.text = given[i]
	}
	return nil
}

// part is one of several that make a secret; text is nil where none was given.
type part struct {
	what string
	text *string
}

// endpoint is the address of an S3 server.
func (in input) endpoint(text string) (string, error) {
	s, err := in.a.settings()
	if err != nil {
		return "", err
	}
	typed, err := s.Services().Read(text)
	if err != nil {
		return "", err
	}
	return typed.Target.String(), nil
}

// onCommandLine warns of a secret that other users can read (AUTH-31).
func (in input) onCommandLine(what string) {
	if !in.warnArgv {
		return
	}
	better := "--" + what + " -"
	if what == "header" {
		better = "--header 'NAME: -'"
	}
	in.a.warn("the secret was on the command line, where other users of this computer can read it; use " + better)
}

// checkSecret refuses what is not one line of text without control characters (AUTH-30).
func checkSecret(what, text string) (helper.Secret, error) {
	switch {
	case text == "":
		return helper.Secret{}, emptySecret(what)
	case !utf8.ValidString(text) || helper.HasControl(strings.Trim(text, " \t")): // a blank at an end is kept
		return helper.Secret{}, &fault{Reason: "secret_lines", Message: "the secret has more than one line or a control character", Advice: `pass one line, e.g. printf %s "$TOKEN"`}
	}
	return helper.NewSecret(text), nil
}

// emptySecret is mostly a variable that is not set, or a wrong file.
func emptySecret(what string) error {
	advice := "look at the variable or file that it came from"
	if what == "password" {
		advice += "; a token without user name goes with --token -"
	}
	return &fault{Reason: "secret_empty", Message: "the " + what + " is empty", Advice: advice}
}

func emptyUser() error {
	return &fault{Reason: "user_empty", Message: "the user name is empty", Advice: "name the account with --username NAME; a token without one goes with --token -"}
}
