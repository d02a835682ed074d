package cli

import (
	"context"
	"errors"

	"keyglot/helper"
)

// outcome is what became of an entry: a word of the dry run's table, or why it
// was skipped. The zero one: an error came before.
type outcome struct{ word, reason string }

const (
	wordNew       = "new"
	wordUpdated   = "updated"
	wordUnchanged = "unchanged"
)

// take keeps entries, each unless another secret is stored for its account.
func (i *importing) take(ctx context.Context, path string, items ...helper.Item) error {
	var fit, again []helper.Item
	for _, item := range items {
		entry := i.destination(item.Entry)
		key := i.key(entry.Key)
		reason := i.badProfile(item.Profile)
		if reason != "" {
			i.skip(path, item, reason)
			continue
		}
		if _, ok := i.seen[key]; ok {
			again = append(again, item)
			reason = "the same account stands before it"
		} else {
			i.seen[key] = false
			reason = i.refused(entry.Target)
		}
		if reason != "" {
			i.skip(path, item, reason)
			continue
		}
		if i.source != bundle { // which says where a record came from
			item.Origin = originImport + i.source
		}
		fit = append(fit, item)
	}
	done, err := i.store(ctx, fit)
	for n, item := range fit {
		i.count(path, item, done[n])
	}
	for _, item := range again {
		if i.seen[i.key(i.destination(item.Entry).Key)] {
			i.keep(path, item.Key) // whether it says the same is found out when it is to go
		}
	}
	return err
}

func (i *importing) skip(path string, item helper.Item, reason string) {
	key := item.Key
	key.Profile = helper.DefaultProfile
	i.skipped = append(i.skipped, skipped{path, item.Line, &key, who(item.Entry), reason})
}

func (i *importing) count(path string, item helper.Item, done outcome) {
	switch done.word {
	case wordNew:
		i.view.Imported++
	case wordUpdated:
		i.view.Updated++
	case wordUnchanged:
		i.view.Unchanged++
	default:
		if done.reason != "" {
			i.skip(path, item, done.reason)
		}
		return
	}
	entry := i.destination(item.Entry)
	i.rows = append(i.rows, []string{address(entry.Target), account(entry.User), string(entry.Kind), done.word})
	i.seen[i.key(entry.Key)] = true
	i.keep(path, item.Key)
}

// one stores an entry, or finds out what that would come to. The time that
// stores have is for one: there may be thousands.
func (i *importing) one(ctx context.Context, h *helper.Helper, item helper.Item) (outcome, error) {
	if ctx.Err() != nil {
		return outcome{}, errInterrupted
	}
	defer i.progress.step()
	ctx, cancel := i.a.bounded(ctx)
	defer cancel()
	h, err := i.in(ctx, h, item.Profile)
	if err != nil {
		return outcome{}, err
	}
	item.Entry = i.destination(item.Entry)
	known, same, err := i.known(ctx, h, item.Credential)
	switch {
	case err != nil:
		return outcome{}, err
	case same:
		return outcome{word: wordUnchanged}, nil
	case known && !i.Overwrite:
		return outcome{reason: "another secret is stored; --overwrite replaces it"}, nil
	}
	err = i.put(ctx, h, item)
	switch {
	case errors.Is(err, helper.ErrPlainHTTP):
		return outcome{reason: "plain http is not allowed for this host"}, nil
	case errors.Is(err, helper.ErrUnsupported): // by this store, of this entry
		return outcome{reason: err.Error()}, nil
	case err != nil:
		return outcome{}, err
	case known:
		return outcome{word: wordUpdated}, nil
	}
	return outcome{word: wordNew}, nil
}

// put stores an entry. A dry run finds out whether that would be refused, and
// keeps in mind what would be stored then.
func (i *importing) put(ctx context.Context, h *helper.Helper, item helper.Item) error {
	put := helper.Put{Credential: item.Credential, Current: item.Current}
	if !i.DryRun {
		_, err := h.Store(ctx, put)
		return err
	}
	would, err := h.Preview(ctx, put)
	if err == nil && would.Changed {
		item.Profile = would.Profile
		i.would.add(item.Credential)
	}
	return err
}

// known reports whether the account is stored, and whether it says the same.
func (i *importing) known(ctx context.Context, h *helper.Helper, c helper.Credential) (known, same bool, err error) {
	store, same, err := i.holds(ctx, h, c)
	if err != nil || !i.DryRun {
		return store != "", same, err
	}
	if c.Profile, _, err = i.a.profileSource(ctx, h); err != nil {
		return false, false, err
	}
	if would, ok := i.would.get(c.Key); ok {
		return true, sameSecrets(would, c), nil
	}
	return store != "", same, nil
}

func (i *importing) keep(path string, k helper.Key) {
	if i.kept[path] == nil {
		i.kept[path] = map[helper.Key]bool{}
	}
	i.kept[path][k] = true
}

// destination is the entry as it is stored: under the target that every look-up
// of its address names, without an index suffix (AUTH-16). What answers only its
// own path stays there, and what keyglot exported comes back as it was.
func (i *importing) destination(e helper.Entry) helper.Entry {
	if e.Exact || i.source == bundle || e.Target.Scheme == helper.SchemeItem {
		return e
	}
	e.Target = lookedUp(i.s.Services(), e.Target)
	return e
}

// refused is why a target is not taken over: the reader of typed services
// would not take it either, wildcards over public suffixes among others
// (SEC-21).
func (i *importing) refused(t helper.Target) string {
	if !i.h.Policy.Permits(t) {
		return "the policy denies it"
	}
	if t.Scheme == helper.SchemeItem {
		return ""
	}
	if _, err := i.s.Services().Read(t.String()); err != nil {
		return err.Error()
	}
	return ""
}

// holds names the own store that has a record of the account, and says whether
// it says the same; "" is none.
func (i *importing) holds(ctx context.Context, h *helper.Helper, c helper.Credential) (store string, same bool, err error) {
	profile, _, err := i.a.profileSource(ctx, h)
	if err != nil {
		return "", false, err
	}
	c.Profile = profile
	listed, err := h.List(ctx, helper.Query{Target: helper.Target{Scheme: c.Target.Scheme, Host: c.Target.Host}})
	if err != nil {
		return "", false, err
	}
	for _, l := range listed {
		if l.Key != c.Key || l.Source || l.Shadowed {
			continue
		}
		stored, err := h.Inspect(ctx, l)
		if err != nil {
			return "", false, err
		}
		return l.Store, sameSecrets(stored, c), nil
	}
	return "", false, nil
}

// sameSecrets reports whether two records of one account log in with the same.
func sameSecrets(a, b helper.Credential) bool {
	return a.Kind == b.Kind && a.Secret.Equal(b.Secret) && a.Refresh.Equal(b.Refresh)
}
