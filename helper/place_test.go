package helper_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// two is a world with a chosen store and a second one that was written to.
func two(first, second []helper.Credential) *helpertest.World {
	w := helpertest.New("chosen", "second", "never")
	w.State.S.Written = []string{"second"}
	w.Add(first...)
	for _, c := range second {
		c.Profile, c.Known = helper.DefaultProfile, true
		_ = w.Stores[1].Save(context.Background(), c)
	}
	w.Stores[1].Writes = 0
	return w
}

func records(secrets ...string) []helper.Credential {
	var list []helper.Credential
	for _, s := range secrets {
		list = append(list, login(site, "ann", s))
	}
	return list
}

var (
	locked = helper.ErrLocked
	away   = helper.ErrUnavailable
)

// SEC-82, STO-32, DOC-54, AUTH-57: the chosen store answers first; the others are asked
// on a miss, and one that cannot be read then is no "not found".
func TestWhichStoreAnswers(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		w    *helpertest.World
		want string
		err  error
	}{
		"the chosen one":                                    {w: two(records("1"), records("2")), want: "1"},
		"the second on a miss":                              {w: two(nil, records("2")), want: "2"},
		"nobody":                                            {w: two(nil, nil), err: helper.ErrNotFound},
		"the chosen one is locked":                          {w: broken(two(nil, records("2")), 0, locked), err: locked},
		"the chosen one is away":                            {w: broken(two(nil, records("2")), 0, away), err: away},
		"the chosen one cannot be opened":                   {w: closed(two(nil, records("2")), 0, away), err: away},
		"the second is locked, but not needed":              {w: broken(two(records("1"), nil), 1, locked), want: "1"},
		"the second is locked, and needed":                  {w: broken(two(nil, nil), 1, locked), err: locked},
		"the second cannot be opened, and is needed":        {w: closed(two(nil, nil), 1, away), err: away},
		"damage in the chosen one":                          {w: broken(two(nil, records("2")), 0, helper.ErrInvalid), err: helper.ErrInvalid},
		"one that was never written to cannot be opened":    {w: closed(two(nil, nil), 2, away), err: helper.ErrNotFound},
		"the chosen one runs out of time, which is no miss": {w: broken(two(nil, records("2")), 0, context.DeadlineExceeded), err: away},
	} {
		a, err := row.w.Get(t.Context(), ask)
		if a.Secret.Reveal() != row.want || !errors.Is(err, row.err) {
			t.Errorf("%s: %q, %v", name, a.Secret.Reveal(), err)
		}
		if row.err != nil && !errors.Is(row.err, helper.ErrNotFound) {
			if _, err := row.w.Erase(t.Context(), gitErase(site, "ann", "")); err == nil {
				t.Errorf("%s: an erase says nothing", name)
			}
			for i, s := range row.w.Stores {
				if s.SaveErr == nil && i == 0 && s.Writes > 0 {
					t.Errorf("%s: something was written or removed", name)
				}
			}
		}
	}
}

func broken(w *helpertest.World, i int, err error) *helpertest.World {
	s := w.Stores[i]
	s.FindErr, s.LoadErr, s.SaveErr, s.RemoveErr = err, err, err, err
	return w
}

func closed(w *helpertest.World, i int, err error) *helpertest.World {
	w.Stores[i].OpenErr = err
	return w
}

// SEC-83, STO-33: a key is written where it lives, a new one to the chosen store, and a
// failed write never becomes one to another store. Only a login moves a key.
func TestWhichStoreIsWritten(t *testing.T) {
	t.Parallel()
	noMoreSpace := errors.New("no space left on device")
	for name, row := range map[string]struct {
		w    *helpertest.World
		put  helper.Put
		want string // what the two stores hold afterwards
		err  error
	}{
		"something new":                                         {w: two(nil, nil), put: gitPut(site, "ann", "N"), want: "[N] []"},
		"what lives in the second":                              {w: two(nil, records("2")), put: gitPut(site, "ann", "N"), want: "[] [N]"},
		"a login moves it":                                      {w: two(nil, records("2")), put: loginPut("ann", "N"), want: "[N] []"},
		"a login replaces both copies":                          {w: two(records("1"), records("2")), put: loginPut("ann", "N"), want: "[N] []"},
		"the chosen one is full":                                {w: full(two(nil, nil), noMoreSpace), put: gitPut(site, "ann", "N"), want: "[] []", err: noMoreSpace},
		"the chosen one is full, a login":                       {w: full(two(nil, records("2")), noMoreSpace), put: loginPut("ann", "N"), want: "[] [2]", err: noMoreSpace},
		"the chosen one is locked":                              {w: broken(two(nil, nil), 0, locked), put: gitPut(site, "ann", "N"), want: "[] []", err: locked},
		"DOC-24: the old record stays":                          {w: full(two(records("1"), nil), noMoreSpace), put: dockerPut("ann", "N"), want: "[1] []", err: noMoreSpace},
		"the old copy cannot be removed":                        {w: stuck(two(nil, records("2"))), put: loginPut("ann", "N"), want: "[N] [2]", err: away},
		"a kind that the store cannot hold":                     {w: basicOnly(two(records("1"), nil)), put: tokenPut("N"), want: "[1] []", err: helper.ErrUnsupported},
		"STO-32: new, the second is away":                       {w: broken(two(nil, nil), 1, away), put: gitPut(site, "ann", "N"), want: "[N] []"},
		"STO-32: new, the second is locked":                     {w: broken(two(nil, nil), 1, locked), put: gitPut(site, "ann", "N"), want: "[N] []"},
		"STO-32: new, the second is gone, docker":               {w: closed(two(nil, nil), 1, away), put: dockerPut("ann", "N"), want: "[N] []"},
		"STO-32: new, the second is damaged, docker":            {w: broken(two(nil, nil), 1, helper.ErrInvalid), put: dockerPut("ann", "N"), want: "[N] []"},
		"STO-33: what is in the chosen one, the second is away": {w: broken(two(records("1"), nil), 1, away), put: gitPut(site, "ann", "N"), want: "[N] []"},
		"SEC-83: a login, an older copy may be in front":        {w: broken(two(nil, nil), 1, locked), put: ahead(loginPut("ann", "N")), want: "[] []", err: locked},
		"SEC-83: a login, the store in front can be read":       {w: two(nil, records("2")), put: ahead(loginPut("ann", "N")), want: "[N] []"},
		"SEC-83: a login, an older copy may be behind":          {w: broken(two(nil, nil), 1, locked), put: loginPut("ann", "N"), want: "[N] []"},
		"GIT-66: new, the one passed over may be back":          {w: passed(two(nil, nil), &helper.Passing{Err: away}), put: gitPut(site, "ann", "N"), want: "[] []", err: away},
		"GIT-66: docker, the one passed over may be back":       {w: passed(two(nil, nil), &helper.Passing{Err: away}), put: dockerPut("ann", "N"), want: "[] []", err: away},
		"SEC-83: a login, the one passed over may be back":      {w: passed(two(nil, nil), &helper.Passing{Err: away}), put: loginPut("ann", "N"), want: "[] []", err: away},
		"STO-32: new, the one passed over is not there":         {w: passed(two(nil, nil), away), put: gitPut(site, "ann", "N"), want: "[N] []"},
		"STO-32: new, one that is behind may be back":           {w: closed(two(nil, nil), 1, &helper.Passing{Err: away}), put: gitPut(site, "ann", "N"), want: "[N] []"},
		"more than the store can hold":                          {w: small(two(records("1"), nil)), put: gitPut(site, "ann", "too long"), want: "[1] []", err: helper.ErrUnsupported},
	} {
		_, err := row.w.Helper.Store(t.Context(), row.put)
		got := fmt.Sprint(secrets(row.w.Stores[0]), secrets(row.w.Stores[1]))
		if got != row.want || !errors.Is(err, row.err) || (err == nil) != (row.err == nil) {
			t.Errorf("%s: the stores hold %s, want %s; %v", name, got, row.want, err)
		}
	}
}

// passed is a world whose second store would have been chosen, but for an error.
func passed(w *helpertest.World, err error) *helpertest.World {
	w.Places[1].Passed = true
	return closed(w, 1, err)
}

// ahead is a login whose command alone chooses the first store: others are answered from the second first.
func ahead(p helper.Put) helper.Put {
	p.Ahead = []string{"second"}
	return p
}

func full(w *helpertest.World, err error) *helpertest.World {
	w.Stores[0].SaveErr = err
	return w
}

func stuck(w *helpertest.World) *helpertest.World {
	w.Stores[1].RemoveErr = away
	return w
}

func basicOnly(w *helpertest.World) *helpertest.World {
	w.Places[0].Kinds = []helper.Kind{helper.Basic}
	return w
}

func small(w *helpertest.World) *helpertest.World {
	w.Places[0].Limit = 4
	return w
}

func tokenPut(secret string) helper.Put {
	p := loginPut("ann", secret)
	p.Kind = helper.Bearer
	return p
}

func secrets(s *helpertest.Store) []string {
	list := []string{}
	for _, c := range s.All() {
		list = append(list, c.Secret.Reveal())
	}
	return list
}

// meanwhile is a Locker that lets something happen before a lock is taken.
type meanwhile struct {
	helper.Locker
	happens func()
}

func (m meanwhile) Lock(ctx context.Context, dir, name string) (func(), error) {
	m.happens()
	return m.Locker.Lock(ctx, dir, name)
}

// SEC-55, AUTH-69: what another process did before the lock was taken counts: a password that was replaced is
// not erased.
func TestChangesBeforeTheLock(t *testing.T) {
	t.Parallel()
	w := two(records("1"), nil)
	w.Helper.Locks = meanwhile{w.Locks, func() {
		c := w.Stores[0].All()[0]
		c.Secret = helper.NewSecret("fresh")
		_ = w.Stores[0].Save(context.Background(), c)
	}}
	if results, err := w.Erase(t.Context(), gitErase(site, "ann", "1")); err != nil || fmt.Sprint(secrets(w.Stores[0])) != "[fresh]" {
		t.Errorf("a password that was replaced: %+v, %v, left %q", results, err, secrets(w.Stores[0]))
	}
}

// SEC-55, SEC-85: nor is one spared that came before the lock was taken.
func TestErasesWhatCameBeforeTheLock(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(login(site, "ann", "A"))
	w.Helper.Locks = meanwhile{w.Locks, func() { _ = w.Stores[0].Save(context.Background(), w.Full(login(site, "bob", "B"))) }}
	if results, err := w.Erase(t.Context(), helper.Removal{Query: helper.Query{Target: site}, Whole: true, Every: true}); err != nil || len(results) != 2 || len(secrets(w.Stores[0])) != 0 {
		t.Errorf("%+v, %v, left %q", results, err, secrets(w.Stores[0]))
	}
}

// SEC-85: an erase and a logout reach every own store, shadowed copies too; one that fails
// is reported and does not stop the rest.
func TestEraseReachesEveryStore(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]helper.Removal{
		"git":    gitErase(site, "ann", "S"),
		"docker": dockerErase(),
		"logout": logout("ann"),
	} {
		w := two(records("S"), records("S"))
		if results, err := w.Erase(t.Context(), r); err != nil || len(results) != 2 {
			t.Errorf("%s: %+v, %v", name, results, err)
		}
		if got := fmt.Sprint(secrets(w.Stores[0]), secrets(w.Stores[1])); got != "[] []" {
			t.Errorf("%s: left %s", name, got)
		}
		w = broken(two(nil, records("S")), 0, locked)
		if results, err := w.Erase(t.Context(), r); !errors.Is(err, locked) || len(results) != 1 {
			t.Errorf("%s, the first locked: %+v, %v", name, results, err)
		}
		if got := secrets(w.Stores[1]); len(got) != 0 {
			t.Errorf("%s, the first locked: the second keeps %s", name, got)
		}
	}
}

// held is a Locker that counts the locks that are held.
type held struct {
	helper.Locker
	n int
}

func (l *held) Lock(ctx context.Context, dir, name string) (func(), error) {
	release, err := l.Locker.Lock(ctx, dir, name)
	l.n++
	return func() { l.n--; release() }, err
}

// SEC-85, SEC-55: an erase beside a move reaches the record, wherever it is carried meanwhile.
func TestEraseBesideAMove(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]helper.Removal{
		"git":    gitErase(site, "ann", "S"),
		"docker": dockerErase(),
		"logout": logout("ann"),
	} {
		for from := range 2 {
			for step := 1; ; step++ {
				w := two(nil, nil).Fill(from, login(site, "ann", "S"))
				calls, locks := 0, &held{Locker: w.Locks}
				w.Helper.Locks = locks
				carry := func() error {
					if locks.n > 0 { // it has to wait
						return nil
					}
					if calls++; calls == step {
						record := w.Full(login(site, "ann", "S"))
						_ = w.Stores[1-from].Save(t.Context(), record)
						_ = w.Stores[from].Remove(t.Context(), record.Key)
					}
					return nil
				}
				w.Stores[0].Fault, w.Stores[1].Fault = carry, carry
				_, err := w.Erase(t.Context(), r)
				if calls < step {
					break
				}
				if got := fmt.Sprint(secrets(w.Stores[0]), secrets(w.Stores[1])); got != "[] []" || err != nil {
					t.Errorf("%s, moved from %d at step %d: left %s, %v", name, from, step, got, err)
				}
			}
		}
	}
}

// careless is a store whose search finds more than it was asked for, and that loads another
// record than it was asked for.
type careless struct{ helper.Store }

func (s careless) Find(ctx context.Context, _ helper.Realm) ([]helper.Entry, error) {
	return s.List(ctx)
}

type mistaken struct{ helper.Store }

func (s mistaken) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	c, err := s.Store.Load(ctx, k)
	c.Target.Host = "evil.example"
	return c, err
}

// SEC-81: what a store's own search finds is matched again, and what it loads must be what
// was asked for.
func TestAStoreDecidesNothing(t *testing.T) {
	t.Parallel()
	other := login(helper.Target{Scheme: "https", Host: "git.example.evil"}, "ann", "S")
	w := helpertest.New("file").Add(other)
	store := w.Stores[0]
	w.Places[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return careless{store}, nil }
	for _, user := range []string{"", "ann"} {
		q := ask
		if user != "" {
			q.User = helper.Named(user)
		}
		if a, err := w.Get(t.Context(), q); !errors.Is(err, helper.ErrNotFound) {
			t.Errorf("as %q: %q, %v", user, a.Secret.Reveal(), err)
		}
	}
	for _, r := range []helper.Removal{gitErase(site, "", ""), gitErase(site, "ann", "S"), dockerErase(), logout("ann")} {
		if results, err := w.Erase(t.Context(), r); err != nil || len(results) != 0 || store.Writes != 0 {
			t.Errorf("erased: %+v, %v", results, err)
		}
	}
	w = helpertest.New("file").Add(records("S")...)
	store = w.Stores[0]
	w.Places[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return mistaken{store}, nil }
	if a, err := w.Get(t.Context(), ask); !errors.Is(err, helper.ErrInvalid) || a.Secret.IsSet() {
		t.Errorf("another record than was asked: %q, %v", a.Secret.Reveal(), err)
	}
}

// names is a store that knows only the names of its records, one of which has just gone.
type names struct {
	helper.Store
	gone helper.Entry
}

func (s names) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	list, err := s.Store.Find(ctx, r)
	for i := range list {
		list[i] = helper.Entry{Key: list[i].Key}
	}
	return append([]helper.Entry{s.gone}, list...), err
}

// SEC-55: a record that goes between search and load is no record: it hides no other one, and fails
// nothing that is about another account.
func TestARecordGoesMeanwhile(t *testing.T) {
	t.Parallel()
	for place := range 2 {
		w := two(nil, nil).Fill(place, login(site, "ann", "S"))
		store := w.Stores[place]
		w.Places[place].Open = func(context.Context, helper.Env) (helper.Store, error) {
			return names{store, helper.Entry{Key: helper.Key{Profile: helper.DefaultProfile, Target: site, User: helper.Named("bob")}}}, nil
		}
		gets(site, "S")(t, w)
		put(gitPut(site, "ann", "S2"))(t, w)
		put(gitPut(site, "carol", "C"))(t, w)
		erases(gitErase(site, "ann", "S2"))(t, w)
	}
}

// GIT-36, AUTH-20: where the current account of the longest path was erased, no record of another
// store answers in its place; the account itself does, wherever it is.
func TestTheCurrentAccountIsInAnotherStore(t *testing.T) {
	t.Parallel()
	org := https("git.example", "org")
	w := two([]helper.Credential{login(org, "bob", "B")}, []helper.Credential{login(site, "carol", "C")})
	w.Point(org, "alice")
	gets(repo, "none")(t, w)
	gets(site, "C")(t, w)
	w.Fill(1, login(org, "alice", "A"))
	gets(repo, "A")(t, w)
}

// A miss behind which a store is away says so once, and in damage or a denial there
// is no answer either (STO-32).
func TestADeadStoreIsToldOnce(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		helper.ErrUnavailable: "b: find: not available",
		helper.ErrInvalid:     "b: find: not valid: not available",
		helper.ErrLocked:      "b: find: locked",
	} {
		w := pair()
		w.Stores[1].FindErr = err
		if _, got := w.Get(t.Context(), helper.Query{Target: site}); got == nil || got.Error() != want || helper.ExitCode(got) != 6 {
			t.Errorf("%v", got)
		}
	}
}
