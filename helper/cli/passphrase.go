package cli

import (
	"context"
	"errors"

	"keyglot/helper"
	"keyglot/helper/term"
)

// stdinAdvice is for a command that can read the passphrase.
const stdinAdvice = "pass --passphrase-stdin"

// passphrase asks for a passphrase, or reads it from standard input.
func (a *app) passphrase(ctx context.Context, stdin bool, question string) (helper.Secret, error) {
	if stdin {
		return input{a: a}.given(ctx, "passphrase", nil, true)
	}
	terminal, err := a.passphraseTerminal(stdinAdvice)
	if err != nil {
		return helper.Secret{}, err
	}
	defer terminal.Close()
	return askSecret(ctx, terminal, question, "passphrase")
}

// newPassphrase asks for one twice. advice is for where there is no terminal; if
// the two differ nothing was done, which is said by the word for it.
func (a *app) newPassphrase(ctx context.Context, question, advice, done string) (helper.Secret, error) {
	terminal, err := a.passphraseTerminal(advice)
	if err != nil {
		return helper.Secret{}, err
	}
	defer terminal.Close()
	first, err := askSecret(ctx, terminal, question, "passphrase")
	if err != nil {
		return first, err
	}
	second, err := askSecret(ctx, terminal, "The same passphrase again: ", "passphrase")
	if err != nil {
		return second, err
	}
	if !first.Equal(second) {
		return helper.Secret{}, errors.New("the two passphrases differ; nothing was " + done)
	}
	return first, nil
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
