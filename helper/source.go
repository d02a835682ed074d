package helper

import (
	"context"
	"errors"
)

// A source is a Store over what another tool keeps. Its Save and Remove wrap
// ErrUnsupported. It knows no profiles: all its entries are of DefaultProfile,
// and they answer in every profile. More ability is an optional interface.

// Asker is a source that cannot be searched, only asked: another credential
// helper. It is asked after its Find had no match.
type Asker interface {
	// Ask returns the entries that the question brings up, which are matched
	// like any others. Until the process ends Load knows their keys.
	Ask(ctx context.Context, q Query) ([]Entry, error)
}

// Filed is a source whose tool keeps its items in files.
type Filed interface {
	// Files are the paths that the tool reads, in its order, also of files
	// that are not there.
	Files() []string
}

// Unfiled is a source whose tool keeps items elsewhere than in its files too.
type Unfiled interface {
	// Unfiled is the source without the files.
	Unfiled() Store
}

// Selector is a source whose tool has a current account of its own.
type Selector interface {
	// Selected returns the tool's current account of exactly this target.
	Selected(ctx context.Context, t Target) (User, bool, error)
}

// Forgetter is a source whose own items a logout removes, because they would
// answer again after it: docker's (STO-153). No other removal reaches them.
type Forgetter interface {
	// Forget removes the tool's own item of k and touches nothing else of the
	// tool's. Nothing there is not an error.
	Forget(ctx context.Context, k Key) error
}

// Yielder is a source that gives up items of its own, once an import has them
// (AUTH-66). Nothing else removes them.
type Yielder interface {
	// Yield removes the items of which imported says that all of it is kept
	// elsewhere now, each as it is at that moment, with what only repeats it.
	// What Load has not read before may stay. It returns how many credentials
	// went; that number and an error may both come back.
	Yield(ctx context.Context, imported func(Credential) (bool, error)) (int, error)
}

// asksSources reports whether the sources are asked after the own stores ended
// with err: only after a miss that is proved, which is ErrNotFound itself and no
// miss that wraps it, and never where a pointer exists for the target, in
// whatever profile is looked at (GIT-35, GIT-36, AUTH-57).
func (h *Helper) asksSources(err error, t Target, state State) bool {
	return len(h.Sources) > 0 && err == ErrNotFound && !h.pointed(t, state)
}

// pointed reports whether a current account is known for t, or for a wildcard
// above it.
func (h *Helper) pointed(t Target, state State) bool {
	for _, profile := range h.profiles(state) {
		for _, realm := range h.Policy.realms(t) {
			if state.pointsAt(profile, Target{realm.Scheme, realm.Host, t.Path}) {
				return true
			}
		}
	}
	return false
}

// chooseSource asks the sources in order. One that cannot be read ends the
// search: a later one must not answer in its place.
func (h *Helper) chooseSource(ctx context.Context, q Query, _ State) (chosen, error) {
	for i := range h.Sources {
		place := len(h.Places) + i
		found, err := h.chooseAt(ctx, place, q)
		if err == nil || !errors.Is(err, ErrNotFound) {
			return found, err
		}
	}
	return chosen{}, ErrNotFound
}

// chooseAt matches what a source finds, then what it answers when asked.
func (h *Helper) chooseAt(ctx context.Context, place int, q Query) (chosen, error) {
	find := func(realm Realm) ([]Entry, error) { return h.find(ctx, place, realm, DefaultProfile) }
	found, err := h.matchSource(ctx, place, q, find)
	if !errors.Is(err, ErrNotFound) {
		return found, err
	}
	asked, err := h.ask(ctx, place, q)
	if err != nil || len(asked) == 0 {
		return chosen{}, orMiss(err)
	}
	return h.matchSource(ctx, place, q, func(Realm) ([]Entry, error) { return asked, nil })
}

func orMiss(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}

// ask asks a source that can only be asked. Never without a host: it would
// answer anything.
func (h *Helper) ask(ctx context.Context, place int, q Query) ([]Entry, error) {
	return call(ctx, h, place, "ask", func(s Store) ([]Entry, error) {
		asker, ok := s.(Asker)
		if !ok || q.Target.Scheme == "" || q.Target.Host == "" {
			return nil, nil
		}
		return asker.Ask(ctx, q)
	})
}

// matchSource picks among a source's entries, realm by realm, by the tool's own
// current account instead of keyglot's.
func (h *Helper) matchSource(ctx context.Context, place int, q Query, find func(Realm) ([]Entry, error)) (chosen, error) {
	for _, realm := range h.Policy.realms(q.Target) {
		entries, err := find(realm)
		if err != nil {
			return chosen{}, err
		}
		theirs, err := h.selected(ctx, place, entries)
		if err != nil {
			return chosen{}, err
		}
		e, err := match(entries, realm, DefaultProfile, q, theirs)
		if err == nil {
			return chosen{e, place}, nil
		}
		if err != ErrNotFound {
			return chosen{}, err
		}
	}
	return chosen{}, ErrNotFound
}

// selected is a State that says what a source's tool holds for current.
func (h *Helper) selected(ctx context.Context, place int, entries []Entry) (theirs State, err error) {
	err = h.tell(ctx, place, "find", func(s Store) error {
		tool, ok := s.(Selector)
		if !ok {
			return nil
		}
		for _, e := range entries {
			user, ok, err := tool.Selected(ctx, e.Target)
			if err != nil {
				return err
			}
			if ok {
				theirs.SetPointer(DefaultProfile, e.Target, user)
			}
		}
		return nil
	})
	return theirs, err
}

// sourced returns the record of a source that a get of p's target and user is
// answered from now, if it says what p says (GIT-62, DOC-23). What is to be the
// target's account must be the answer where no user is named. Docker wipes what
// it keeps itself once it has stored it, so that is no reason not to. A source
// that cannot be read has no say in a write.
func (h *Helper) sourced(ctx context.Context, p Put, state State) (chosen, bool) {
	q := Query{Target: p.Target, User: p.User}
	if p.Current {
		q.User = User{}
		if _, err := h.chooseOwn(ctx, q, state); !h.asksSources(err, p.Target, state) {
			return chosen{}, false
		}
	}
	found, err := h.chooseSource(ctx, q, state)
	if err == nil && p.Origin == OriginDocker && found.Origin == OriginDocker {
		return chosen{}, false
	}
	if err != nil || state.rejected(found.Key, p.Target, h.Now()) {
		return chosen{}, false
	}
	c, err := h.load(ctx, found.place, found.Key)
	return found, err == nil && h.says(c, p)
}
