package helper

import (
	"context"
	"errors"
)

// foreign finds what a removal is about in the sources: what they keep of a
// target that is logged out of, and what they answered with a refused secret.
func (w *work) foreign(ctx context.Context, realms []Realm, ownFailed bool) error {
	_, carried := w.h.Policy.kinds(w.Target, w.Kinds)
	if len(w.h.Sources) == 0 || !carried || !w.Whole && (ownFailed || w.h.pointed(w.Target, w.state)) {
		return nil // a get does not ask them
	}
	theirs := *w
	theirs.profile, theirs.results, theirs.aside = DefaultProfile, nil, nil
	var failed error
	for i := range w.h.Sources {
		failed = join(failed, theirs.source(ctx, len(w.h.Places)+i, realms))
	}
	failed = join(failed, theirs.settle(ctx))
	w.results = append(w.results, theirs.results...)
	return failed
}

func (w *work) source(ctx context.Context, place int, realms []Realm) error {
	asked, err := w.h.ask(ctx, place, w.Query)
	if err != nil {
		return err
	}
	for _, realm := range realms {
		entries, err := w.h.find(ctx, place, realm, w.profile)
		if err != nil {
			return err
		}
		victims := w.victimsIn(append(entries, asked...), realm)
		for _, e := range victims {
			if err := w.disown(ctx, chosen{e, place}); err != nil {
				return err
			}
		}
	}
	return nil
}

// victimsIn are the entries of a source that the removal is about: of a target
// that is logged out of all accounts, unless one is named.
func (w *work) victimsIn(entries []Entry, realm Realm) []Entry {
	all := *w
	all.Every = true
	victims, _ := all.victims(entries, realm) // with Every nothing is ambiguous
	return victims
}

// disown removes one item of another tool, where that may be, or sets it aside.
func (w *work) disown(ctx context.Context, victim chosen) error {
	kept := KeptSource
	if w.Whole {
		err := w.h.tell(ctx, victim.place, "remove", func(s Store) error {
			tool, ok := s.(Forgetter)
			if !ok {
				return nil
			}
			kept = ""
			return tool.Forget(ctx, victim.Key)
		})
		if err != nil {
			return err
		}
	} else {
		c, err := w.h.load(ctx, victim.place, victim.Key)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		kept = KeptAside
		if w.Secret.IsSet() && !c.Secret.Equal(w.Secret) {
			kept = KeptSecret
		} else {
			w.aside = append(w.aside, c.Key)
		}
	}
	w.results = append(w.results, Result{Entry: victim.Entry, Store: w.h.at(victim.place).Name, Source: true, Kept: kept})
	return nil
}
