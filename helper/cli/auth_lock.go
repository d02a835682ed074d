package cli

import (
	"context"
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
		return u.Lock(ctx, func() (helper.Secret, error) {
			return a.newPassphrase(ctx, "New passphrase for the keyglot store: ", "run it in a terminal", "changed")
		})
	})
}

type unlockCommand struct {
	TTL              time.Duration `name:"ttl" placeholder:"12h" help:"Forget the key after this time."`
	PassphraseStdin  bool          `help:"Read the passphrase from standard input."`
	RemovePassphrase bool          `help:"Go back to a key file without a passphrase."`
}

func (c *unlockCommand) Run(ctx context.Context, a *app) error {
	ask := func() (helper.Secret, error) {
		return a.passphrase(ctx, c.PassphraseStdin, "Passphrase of the keyglot store: ")
	}
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
