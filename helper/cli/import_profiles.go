package cli

import (
	"context"
	"errors"
	"maps"
	"slices"

	"keyglot/helper"
	"keyglot/helper/format/baseten"
	"keyglot/helper/format/keyrings"
)

// baseten is a format whose profiles keep their names. A secret that is not in
// the file is in the keyring.
func (a *app) baseten(ctx context.Context, s *settings) format {
	read := map[string]string{} // last from the keyring, by profile
	secret := func(name string) (string, error) {
		delete(read, name)
		bounded, cancel := a.bounded(ctx)
		defer cancel()
		keyring, err := a.openSource(bounded, s, "baseten")
		if err != nil {
			return "", err
		}
		c, err := keyring.Load(bounded, helper.Key{
			Profile: helper.DefaultProfile, Target: helper.Target{Scheme: helper.SchemeItem, Host: keyrings.BasetenService}, User: helper.Named(name),
		})
		if errors.Is(err, helper.ErrNotFound) {
			return "", nil
		}
		if err != nil {
			return "", &helper.StoreError{Store: helper.SourcePrefix + "baseten", Op: "load", Err: err}
		}
		read[name] = c.Secret.Reveal()
		return read[name], nil
	}
	return format{
		source: "baseten", only: true, named: true, remove: simply(baseten.Remove),
		beside: func(back map[helper.Key]helper.Credential) error {
			return a.basetenYields(ctx, s, func(name, text string) bool {
				held, ok := read[name]
				return ok && held == text && slices.ContainsFunc(slices.Collect(maps.Keys(back)), func(k helper.Key) bool { return k.Profile == name })
			})
		},
		parse: func(data []byte, _ string) ([]helper.Item, []helper.Skip, error) { return baseten.Parse(data, secret) },
	}
}

// basetenYields takes out of the keyring what imported says of a profile and the
// text that is kept for it.
func (a *app) basetenYields(ctx context.Context, s *settings, imported func(name, text string) bool) error {
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	keyring, err := a.openSource(bounded, s, "baseten")
	if err != nil {
		return err
	}
	yielding, ok := keyring.(helper.Yielder)
	if !ok {
		return nil
	}
	_, err = yielding.Yield(bounded, func(c helper.Credential) (bool, error) { return imported(c.User.Name, c.Secret.Reveal()), nil })
	if err != nil {
		err = &helper.StoreError{Store: helper.SourcePrefix + "baseten", Op: "remove", Err: err}
	}
	return err
}

// key is that under which an item counts as one of several.
func (i *importing) key(k helper.Key) helper.Key {
	if !i.named || i.h.Profile != "" {
		k.Profile = helper.DefaultProfile
	}
	return k
}

// in is the policy of the profile that an item goes to: that of the tool's own
// name, unless another one is named.
func (i *importing) in(ctx context.Context, h *helper.Helper, profile string) (*helper.Helper, error) {
	if !i.named || i.h.Profile != "" {
		return h, nil
	}
	own, err := i.a.helper(ctx)
	if err == nil {
		own.Profile, own.Sources = profile, nil
	}
	return own, err
}

// badProfile is why an item's profile cannot be one of keyglot's.
func (i *importing) badProfile(name string) string {
	if i.named && i.h.Profile == "" && !isProfile(name) {
		return "not the name of a profile; --profile NAME takes all of them into one"
	}
	return ""
}
