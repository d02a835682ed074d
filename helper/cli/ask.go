package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"keyglot/helper"
	"keyglot/helper/term"
)

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

// confirm asks for a yes to "this removes ...". A no is an error, which says
// that nothing was (AUTH-3). Without a terminal it is the fault that --yes mends.
func (a *app) confirm(ctx context.Context, what, done string) error {
	terminal, err := a.terminal()
	if err != nil {
		return &fault{Reason: "need_yes", Message: "this " + what + ", and there is no terminal to ask on", Advice: "add --yes"}
	}
	defer terminal.Close()
	defer whileAsked(ctx)()
	text, err := terminal.Ask(ctx, "This "+what+". Go on? (yes or no): ")
	if err != nil {
		return asked(err)
	}
	if text = strings.ToLower(strings.TrimSpace(text)); text != "y" && text != "yes" {
		return &fault{Reason: "declined", Message: "nothing was " + done, Err: helper.ErrDenied}
	}
	return nil
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
