package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"keyglot/helper"
)

type lockCommand struct {
	TPM bool `name:"tpm" help:"Seal the key with this machine's TPM 2.0 instead (Linux)."`
}

// Help is the text below the flags.
func (lockCommand) Help() string {
	return `The first lock asks for a new passphrase and encrypts the store anew. Later ones forget the key until the next keyglot auth unlock.`
}

func (c lockCommand) Run(ctx context.Context, a *app) error {
	return a.withKey(ctx, func(u helper.Unlocker) (string, error) {
		if c.TPM {
			sealer, ok := u.(helper.Sealer)
			if !ok {
				return "", fmt.Errorf("the store has no key that a TPM could seal: %w", helper.ErrUnsupported)
			}
			return sealer.Seal(ctx)
		}
		return u.Lock(ctx, func() (helper.Secret, error) { return a.newPassphrase(ctx) })
	})
}

type unlockCommand struct {
	TTL              time.Duration `name:"ttl" placeholder:"12h" help:"Forget the key after this time."`
	PassphraseStdin  bool          `help:"Read the passphrase from standard input."`
	RemovePassphrase bool          `help:"Go back to a key file without a passphrase."`
}

func (c *unlockCommand) Run(ctx context.Context, a *app) error {
	ask := func() (helper.Secret, error) { return a.passphrase(ctx, c.PassphraseStdin) }
	return a.withKey(ctx, func(u helper.Unlocker) (string, error) {
		if c.RemovePassphrase {
			return u.RemovePassphrase(ctx, ask)
		}
		return u.Unlock(ctx, ask, c.TTL)
	})
}

// withKey runs change on the store in force, if its key can be locked away.
func (a *app) withKey(ctx context.Context, change func(helper.Unlocker) (string, error)) error {
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	place := h.Places[0]
	store, err := place.Open(ctx, place.Env)
	if err != nil {
		return &helper.StoreError{Store: place.Name, Op: "open", Err: err}
	}
	u, ok := store.(helper.Unlocker)
	if !ok {
		return fmt.Errorf("the store %s has no key of its own to lock: %w", place.Name, helper.ErrUnsupported)
	}
	text, err := change(u)
	if err != nil {
		return err
	}
	return a.emit(result{text: text, value: lockView{"auth.lock/1", place.Name, text}})
}

// lockView is what became of the key of a store.
type lockView struct {
	Schema  string `json:"schema"`
	Backend string `json:"backend"`
	Message string `json:"message"`
}

// passphrase asks for the passphrase, or reads it from standard input.
func (a *app) passphrase(ctx context.Context, stdin bool) (helper.Secret, error) {
	if stdin {
		return input{a: a}.given(ctx, "passphrase", nil, true)
	}
	terminal, err := a.passphraseTerminal("pass --passphrase-stdin")
	if err != nil {
		return helper.Secret{}, err
	}
	defer terminal.Close()
	return askSecret(ctx, terminal, "Passphrase of the keyglot store: ", "passphrase")
}

// newPassphrase asks twice.
func (a *app) newPassphrase(ctx context.Context) (helper.Secret, error) {
	terminal, err := a.passphraseTerminal("run it in a terminal")
	if err != nil {
		return helper.Secret{}, err
	}
	defer terminal.Close()
	first, err := askSecret(ctx, terminal, "New passphrase for the keyglot store: ", "passphrase")
	if err != nil {
		return first, err
	}
	second, err := askSecret(ctx, terminal, "The same passphrase again: ", "passphrase")
	if err != nil {
		return second, err
	}
	if !first.Equal(second) {
		return helper.Secret{}, errors.New("the two passphrases differ; nothing was changed")
	}
	return first, nil
}
