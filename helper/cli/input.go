package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/term"
)

// maxPlain is what git and others can carry; a longer secret is warned of.
const maxPlain = 60 << 10

// input reads secrets that flags name.
type input struct {
	a        *app
	warnArgv bool
}

// given returns the secret that a flag gives: literally, or from standard
// input for "-" and for the flag's -stdin form.
func (in input) given(ctx context.Context, what string, value *string, stdin bool) (helper.Secret, error) {
	if !stdin && *value != "-" {
		secret, err := checkSecret(what, *value)
		if err == nil {
			in.onCommandLine(what)
		}
		return secret, err
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
// has a line for each, in the order id, secret, session token (AUTH-30).
func (in input) linesFor(ctx context.Context, id, secret, session *string) error {
	var wanted []*string
	for _, part := range []*string{id, secret, session} {
		switch {
		case part == nil:
		case *part == "-":
			wanted = append(wanted, part)
		case part != id && *part != "" && *part != "null":
			in.onCommandLine("s3-secret-access-key")
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	text, err := in.standard(ctx)
	if err != nil {
		return err
	}
	given := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if len(given) != len(wanted) {
		return &fault{Reason: "secret_lines", Message: fmt.Sprintf("standard input has %s; %d expected", plural(len(given), "line"), len(wanted)), Advice: "one line each: access key id, secret access key, session token"}
	}
	for i, part := range wanted {
		*part = given[i]
	}
	return nil
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

// checkSecret refuses what is not one line of text.
func checkSecret(what, text string) (helper.Secret, error) {
	switch {
	case text == "":
		return helper.Secret{}, emptySecret(what)
	case !utf8.ValidString(text) || helper.HasControl(strings.ReplaceAll(text, "\t", " ")):
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

// ask asks on the terminal for what was not given (AUTH-32..34): the user name
// first, then a password for it, or a token where it is left empty.
func (a *app) ask(ctx context.Context, t helper.Target, user helper.User) (helper.Kind, helper.User, helper.Secret, error) {
	host := show(t.Host)
	terminal, err := a.terminal()
	if err != nil {
		return "", user, helper.Secret{}, err
	}
	defer terminal.Close()
	if !user.Set {
		name, err := terminal.Ask(ctx, fmt.Sprintf("User name for %s (empty for a token): ", host))
		if err != nil {
			return "", user, helper.Secret{}, asked(err)
		}
		if name == "" {
			secret, err := askSecret(ctx, terminal, fmt.Sprintf("Token for %s: ", host), "token")
			return helper.Bearer, user, secret, err
		}
		if user, err = userNamed(name); err != nil {
			return "", user, helper.Secret{}, err
		}
	}
	secret, err := askSecret(ctx, terminal, fmt.Sprintf("Password for %s on %s: ", show(user.Name), host), "password")
	return helper.Basic, user, secret, err
}

// askOne asks for one secret, after a line that says where to make one
// (AUTH-33).
func (a *app) askOne(ctx context.Context, page, prompt, what string) (helper.Secret, error) {
	terminal, err := a.terminal()
	if err != nil {
		return helper.Secret{}, err
	}
	defer terminal.Close()
	if page != "" {
		if err := terminal.Print("Create one at " + page + "\n"); err != nil {
			return helper.Secret{}, asked(err)
		}
	}
	return askSecret(ctx, terminal, prompt, what)
}

// confirm asks for a yes. Without a terminal it is the fault that --yes mends.
func (a *app) confirm(ctx context.Context, what string) (bool, error) {
	terminal, err := a.terminal()
	if err != nil {
		return false, &fault{Reason: "need_yes", Message: "this " + what + ", and there is no terminal to ask on", Advice: "add --yes"}
	}
	defer terminal.Close()
	defer whileAsked(ctx)()
	text, err := terminal.Ask(ctx, "This "+what+". Go on? (yes or no): ")
	if err != nil {
		return false, asked(err)
	}
	text = strings.ToLower(strings.TrimSpace(text))
	return text == "y" || text == "yes", nil
}

// askSecret asks up to three times for a secret that is not empty.
func askSecret(ctx context.Context, terminal *term.Terminal, prompt, what string) (helper.Secret, error) {
	for range 3 {
		text, err := terminal.Secret(ctx, prompt)
		if err != nil {
			return helper.Secret{}, asked(err)
		}
		if text != "" {
			return checkSecret(what, text)
		}
	}
	return helper.Secret{}, &fault{Reason: "secret_empty", Message: "the " + what + " is empty", Advice: "type or paste it at the question, and end with Enter"}
}

// terminal opens the terminal that people can be asked on: never standard
// input, and never where nobody would see the question.
func (a *app) terminal() (*term.Terminal, error) {
	none := &fault{Reason: "no_terminal", Message: "no credential given, and no terminal to ask on", Advice: "pass --token -, or --username NAME --password -"}
	if !a.talk.ask || !a.Terminal(2) {
		if !a.Terminal(0) && a.talk.ask {
			none.Advice = "pass --token - to read the secret from standard input, or --username NAME --password -"
		}
		return nil, none
	}
	terminal, err := term.Open()
	if err != nil {
		return nil, none
	}
	return terminal, nil
}

// asked turns a question that was not answered into the command's end.
func asked(err error) error {
	switch {
	case errors.Is(err, term.ErrInterrupted), errors.Is(err, context.Canceled):
		return errInterrupted
	case errors.Is(err, io.EOF):
		return &fault{Reason: "no_answer", Message: "the question was not answered; nothing was stored"}
	}
	return errors.New("the terminal cannot be read")
}

// passphraseTerminal is the terminal for a passphrase, with its own advice
// where there is none.
func (a *app) passphraseTerminal(advice string) (*term.Terminal, error) {
	terminal, err := a.terminal()
	if err != nil {
		return nil, &fault{Reason: "no_terminal", Message: "no passphrase given, and no terminal to ask on", Advice: advice}
	}
	return terminal, nil
}
