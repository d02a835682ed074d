package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/dockerconfig"
)

// chained is the backend that asks another docker credential helper.
const chained = "chain"

// lister is a store that is searched only when a person asks for it.
type lister interface {
	ListAll(ctx context.Context) ([]helper.Entry, error)
}

// viaHelpers imports what the credential helpers keep that docker's files
// appoint. It is the one import that runs a program (AUTH-66).
func (i *importing) viaHelpers(ctx context.Context, paths []string) error {
	var known []string
	for _, path := range paths {
		if path == "" {
			continue
		}
		data, err := atomicfile.Read(path, atomicfile.Foreign, atomicfile.MaxSize)
		if err != nil {
			continue // told of before, or not there
		}
		names, err := dockerconfig.Helpers(data)
		if err != nil {
			return errors.New(show(path) + ": " + err.Error())
		}
		for _, name := range names {
			if slices.Contains(known, name) {
				continue
			}
			known = append(known, name)
			if err := i.viaHelper(ctx, name); err != nil {
				return &helper.StoreError{Store: show("docker-credential-" + name), Op: "import", Err: err}
			}
		}
	}
	return nil
}

func (i *importing) viaHelper(ctx context.Context, name string) error {
	at := slices.IndexFunc(i.a.backends, func(b helper.Backend) bool { return b.Name == chained })
	if at < 0 {
		return helper.ErrUnsupported
	}
	place, err := i.a.configured(i.s, i.a.backends[at])
	if err != nil {
		return err
	}
	place.Env.Instance = name
	store, err := place.Open(ctx, place.Env)
	if errors.Is(err, helper.ErrDenied) || errors.Is(err, helper.ErrUnavailable) { // keyglot itself, or it is not installed
		i.skipped = append(i.skipped, skipped{what: "docker-credential-" + name, reason: err.Error()})
		return nil
	}
	if err != nil {
		return err
	}
	all, ok := store.(lister)
	if !ok {
		return helper.ErrUnsupported
	}
	entries, err := all.ListAll(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b helper.Entry) int { return cmp.Compare(a.Target.String(), b.Target.String()) })
	for _, e := range entries {
		c, err := store.Load(ctx, e.Key)
		if errors.Is(err, helper.ErrNotFound) || errors.Is(err, helper.ErrInvalid) {
			i.skipped = append(i.skipped, skipped{key: &e.Key, what: who(e), reason: "the helper lists it and has no usable answer"})
			continue
		}
		if err != nil {
			return err
		}
		if err := i.take(ctx, "", helper.Item{Credential: c}); err != nil {
			return err
		}
	}
	return nil
}
