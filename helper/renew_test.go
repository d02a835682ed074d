package helper_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// loginServer is a Refresher: what a login server would answer.
type loginServer struct {
	mu     sync.Mutex
	sent   []helper.Credential
	answer func(helper.Credential) (helper.Credential, error) // nil: the token after the sent one, the refresh token rotated
}

func (s *loginServer) Refresh(_ context.Context, c helper.Credential) (helper.Credential, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, c)
	if s.answer != nil {
		return s.answer(c)
	}
	return renewed(c), nil
}

func renewed(c helper.Credential) helper.Credential {
	c.Secret = helper.NewSecret(c.Secret.Reveal() + "+")
	c.Refresh = helper.NewSecret(c.Refresh.Reveal() + "+")
	c.Expiry = helpertest.Now.Add(time.Hour)
	return c
}

func refusing(err error) func(helper.Credential) (helper.Credential, error) {
	return func(helper.Credential) (helper.Credential, error) { return helper.Credential{}, err }
}

// processes are Helpers of their own over one world, as processes have them.
func processes(w *helpertest.World, s helper.Refresher, n int) []*helper.Helper {
	var list []*helper.Helper
	for range n {
		list = append(list, &helper.Helper{Places: w.Places, Memory: w.State, Locks: w.Locks, Refresh: s, Now: w.Now})
	}
	return list
}

// expires is ann's login whose token ends in left, a life after it was made.
func expires(left, life time.Duration) helper.Credential {
	c := oauth("ann", "A", "R", helpertest.Now.Add(left))
	c.Updated = c.Expiry.Add(-life)
	return c
}

func without(c helper.Credential) helper.Credential {
	c.Secret, c.Expiry = helper.Secret{}, time.Time{}
	return c
}

var ask = helper.Query{Target: site}

// H1, H2, GIT-50: which logins are renewed before they answer, and by whom; both tokens are
// written together.
func TestWhatIsRenewed(t *testing.T) {
	t.Parallel()
	ofGit := made(helper.OriginGit, site, "ann", "A")
	ofGit.Refresh, ofGit.Expiry = helper.NewSecret("R"), helpertest.Now.Add(time.Minute)
	for name, row := range map[string]struct {
		record helper.Credential
		minTTL time.Duration
		asked  int
		want   string
	}{
		"more than 300 s are left":                  {record: expires(301*time.Second, time.Hour), want: "A"},
		"less than 300 s are left":                  {record: expires(299*time.Second, time.Hour), asked: 1, want: "A+"},
		"a short life: more than a quarter is left": {record: expires(26*time.Second, 100*time.Second), want: "A"},
		"a short life: less than a quarter is left": {record: expires(24*time.Second, 100*time.Second), asked: 1, want: "A+"},
		"expired":                       {record: expires(-time.Second, time.Hour), asked: 1, want: "A+"},
		"no access token":               {record: without(expires(time.Hour, time.Hour)), asked: 1, want: "+"},
		"no expiry is known":            {record: oauth("ann", "A", "R", time.Time{}), want: "A"},
		"the asker needs it for longer": {record: expires(30*time.Minute, time.Hour), minTTL: time.Hour, asked: 1, want: "A+"},
		"git's own record is the next helper's business": {record: ofGit, want: "A"},
	} {
		server := &loginServer{}
		w := helpertest.New("file").Add(row.record)
		w.Refresh = server
		q := ask
		q.MinTTL = row.minTTL
		a, err := w.Get(t.Context(), q)
		if err != nil || a.Secret.Reveal() != row.want || len(server.sent) != row.asked {
			t.Errorf("%s: %q, %v, %d requests", name, a.Secret.Reveal(), err, len(server.sent))
		}
		if stored := w.Stores[0].All()[0]; stored.Secret.Reveal() != row.want && row.asked > 0 {
			t.Errorf("%s: the store has %q", name, stored.Secret.Reveal())
		}
		if stored := w.Stores[0].All()[0]; row.asked > 0 && (stored.Refresh.Reveal() != "R+" || w.Stores[0].Writes != 1) {
			t.Errorf("%s: both tokens in one write: %d writes, refresh token %q", name, w.Stores[0].Writes, stored.Refresh.Reveal())
		}
	}
}

// H3, GIT-50, GIT-54: many at once make one request, which has the stored refresh token and the
// endpoint of the record; the locks are renewal, then realm.
func TestOneRenewalForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, oneRenewalForAll)
}

func oneRenewalForAll(t *testing.T) {
	record := expires(-time.Second, time.Hour)
	record.Attr = map[string]string{"token_endpoint": "https://login.example/token"}
	server := &loginServer{answer: func(c helper.Credential) (helper.Credential, error) {
		synctest.Wait() // until all the others want the lock
		return renewed(c), nil
	}}
	w := helpertest.New("file").Add(record)
	var all sync.WaitGroup
	for _, h := range processes(w, server, 8) {
		all.Go(func() {
			if a, err := h.Get(t.Context(), ask); err != nil || a.Secret.Reveal() != "A+" {
				t.Errorf("%q, %v", a.Secret.Reveal(), err)
			}
		})
	}
	all.Wait()
	if len(server.sent) != 1 || server.sent[0].Refresh.Reveal() != "R" || server.sent[0].Attr["token_endpoint"] != "https://login.example/token" {
		t.Errorf("%d requests: %+v", len(server.sent), server.sent)
	}
	locks := strings.Join(w.Locks.Taken, "; ")
	if !strings.HasPrefix(locks, "renewal file ") || !strings.Contains(locks, "; realm file https://git.example") {
		t.Errorf("locks: %s", locks)
	}
}

// GIT-50: what happened to the record while the server was asked is not undone.
func TestChangesDuringARenewal(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		meanwhile func(w *helpertest.World) error
		refused   bool // the server then says invalid_grant
		want      string
		err       error
		left      string // in the store
	}{
		"a logout": {
			meanwhile: func(w *helpertest.World) error {
				_, err := processes(w, nil, 1)[0].Erase(context.Background(), logout("ann"))
				return err
			},
			err: helper.ErrNotFound,
		},
		"a login": {
			meanwhile: func(w *helpertest.World) error {
				return w.Stores[0].Save(context.Background(), oauth2("N", "RN"))
			},
			want: "N", left: "N",
		},
		"GIT-53: another tool rotated the token, so the old one is refused": {
			meanwhile: func(w *helpertest.World) error {
				return w.Stores[0].Save(context.Background(), oauth2("N", "RN"))
			},
			refused: true, want: "N", left: "N",
		},
	} {
		w := helpertest.New("file").Add(expires(-time.Second, time.Hour))
		w.Refresh = &loginServer{answer: func(c helper.Credential) (helper.Credential, error) {
			if err := row.meanwhile(w); err != nil {
				t.Error(err)
			}
			if row.refused {
				return c, helper.ErrLoginRequired
			}
			return renewed(c), nil
		}}
		a, err := w.Get(t.Context(), ask)
		if !errors.Is(err, row.err) || a.Secret.Reveal() != row.want {
			t.Errorf("%s: %q, %v", name, a.Secret.Reveal(), err)
		}
		left := ""
		for _, c := range w.Stores[0].All() {
			left += c.Secret.Reveal()
		}
		if left != row.left {
			t.Errorf("%s: the store has %q", name, left)
		}
	}
}

// oauth2 is ann's login as a second login stores it.
func oauth2(secret, refresh string) helper.Credential {
	c := oauth("ann", secret, refresh, helpertest.Now.Add(time.Hour))
	c.Profile, c.Known = helper.DefaultProfile, true
	return c
}

// GIT-52: a server that cannot be asked costs nothing: the record stays, and a token that
// is valid yet is answered.
func TestServerAway(t *testing.T) {
	t.Parallel()
	for _, err := range []error{helper.ErrTemporary, errors.New("503")} {
		for _, left := range []time.Duration{time.Minute, -time.Minute} {
			w := helpertest.New("file").Add(expires(left, time.Hour))
			w.Refresh = &loginServer{answer: refusing(err)}
			a, got := w.Get(t.Context(), ask)
			if valid := left > 0; valid != (got == nil) || valid != (a.Secret.Reveal() == "A") || !valid && !errors.Is(got, err) {
				t.Errorf("%v left: %q, %v", left, a.Secret.Reveal(), got)
			}
			if w.Stores[0].Writes != 0 {
				t.Errorf("%v left: the record was written", left)
			}
		}
	}
}

// AUTH-44, H7: offline a token that is valid yet is answered, whatever is left of it and whatever
// the asker wants; a login that has to be renewed is a matter of time, one that has ended is not.
// No server is asked and no lock taken.
func TestOffline(t *testing.T) {
	t.Parallel()
	ended := without(expires(time.Hour, time.Hour))
	ended.Refresh, ended.Attr = helper.Secret{}, map[string]string{helper.AttrState: helper.StateNeedsLogin}
	byHand := made(helper.OriginLogin, site, "ann", "A")
	byHand.Expiry = helpertest.Now.Add(-time.Second)
	for name, row := range map[string]struct {
		record helper.Credential
		minTTL time.Duration
		want   string
		err    error
	}{
		"a fresh token":              {record: expires(time.Hour, time.Hour), want: "A"},
		"one that ends soon":         {record: expires(time.Minute, time.Hour), want: "A"},
		"one that is wanted longer":  {record: expires(time.Minute, time.Hour), minTTL: time.Hour, want: "A"},
		"one that has ended":         {record: expires(-time.Second, time.Hour), err: helper.ErrOffline},
		"one that was dropped":       {record: without(expires(time.Hour, time.Hour)), err: helper.ErrOffline},
		"a login that has ended":     {record: ended, err: helper.ErrLoginRequired},
		"a token of a person's hand": {record: byHand, err: helper.ErrLoginRequired},
	} {
		server := &loginServer{}
		w := helpertest.New("file").Add(row.record)
		w.Refresh, w.Offline = server, true
		q := ask
		q.MinTTL = row.minTTL
		a, err := w.Get(t.Context(), q)
		if !errors.Is(err, row.err) || a.Secret.Reveal() != row.want || len(server.sent) > 0 {
			t.Errorf("%s: %q, %v, %d requests", name, a.Secret.Reveal(), err, len(server.sent))
		}
		if errors.Is(row.err, helper.ErrOffline) && len(w.Locks.Taken) > 0 {
			t.Errorf("%s: locks %v", name, w.Locks.Taken)
		}
	}
	if !errors.Is(helper.ErrOffline, helper.ErrTemporary) {
		t.Error("offline is not a matter of time")
	}
}

// H6, GIT-53: a login that its server has ended is marked, asked for once, and never answered.
func TestServerEndsTheLogin(t *testing.T) {
	t.Parallel()
	server := &loginServer{answer: refusing(helper.ErrLoginRequired)}
	w := helpertest.New("file").Add(expires(-time.Second, time.Hour))
	w.Refresh = server
	for range 2 {
		if a, err := w.Get(t.Context(), ask); !errors.Is(err, helper.ErrLoginRequired) || a.Secret.IsSet() {
			t.Errorf("%v", err)
		}
	}
	c := w.Stores[0].All()[0]
	if len(server.sent) != 1 || c.Attr[helper.AttrState] != helper.StateNeedsLogin || c.Refresh.IsSet() || c.User != helper.Named("ann") {
		t.Errorf("%d requests, %+v", len(server.sent), c)
	}
}

// busy is a Locker whose renewal locks are never free.
type busy struct{ helper.Locker }

func (b busy) Lock(ctx context.Context, dir, name string) (func(), error) {
	if strings.HasPrefix(name, "renewal ") {
		return nil, helper.ErrTemporary
	}
	return b.Locker.Lock(ctx, dir, name)
}

// GIT-51: without the lock, or without the time for a request, a token that is valid yet is
// answered and an expired one is not; the server is not asked.
func TestNoTimeToRenew(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		time time.Duration
		lock bool
		sent int
	}{
		"the lock is another's":  {time: 8 * time.Second, lock: true},
		"less than 3 s are left": {time: 2900 * time.Millisecond},
		"3 s are left":           {time: 3100 * time.Millisecond, sent: 1},
	} {
		for _, left := range []time.Duration{time.Minute, -time.Minute} {
			synctest.Test(t, func(t *testing.T) {
				server := &loginServer{answer: refusing(helper.ErrTemporary)}
				w := helpertest.New("file").Add(expires(left, time.Hour))
				w.Refresh = server
				if row.lock {
					w.Helper.Locks = busy{w.Locks}
				}
				ctx, cancel := context.WithTimeout(t.Context(), row.time)
				defer cancel()
				a, err := w.Get(ctx, ask)
				if valid := left > 0; valid != (err == nil) || valid != (a.Secret.Reveal() == "A") || !valid && !errors.Is(err, helper.ErrTemporary) {
					t.Errorf("%s, %v left: %q, %v", name, left, a.Secret.Reveal(), err)
				}
				if len(server.sent) != row.sent {
					t.Errorf("%s, %v left: %d requests", name, left, len(server.sent))
				}
			})
		}
	}
}

// AUTH-22: a record of another kind that took the login's place meanwhile is not the answer to a question that
// cannot carry it.
func TestAnotherKindDuringARenewal(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(expires(-time.Second, time.Hour))
	w.Refresh = &loginServer{answer: refusing(helper.ErrTemporary)}
	w.Helper.Locks = meanwhile{w.Locks, func() {
		c := w.Stores[0].All()[0]
		c.Kind, c.Secret, c.Refresh, c.Expiry = helper.Identity, helper.NewSecret("IDENTITY"), helper.Secret{}, time.Time{}
		_ = w.Stores[0].Save(context.Background(), c)
	}}
	q := ask
	q.Kinds = []helper.Kind{helper.Basic, helper.Bearer}
	if a, err := w.Get(t.Context(), q); !errors.Is(err, helper.ErrNotFound) || a.Secret.IsSet() {
		t.Errorf("%s, %v", a.Kind, err)
	}
}

// SEC-55: what the server answered is kept also after the time of the question, but not waited with for ever.
func TestARealmIsHeldDuringARenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := helpertest.New("file").Add(expires(-time.Second, time.Hour))
		w.Refresh = &loginServer{}
		release, err := w.Locks.Lock(t.Context(), "", "realm file "+site.Realm().String())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		if a, err := w.Get(ctx, ask); !errors.Is(err, helper.ErrTemporary) || a.Secret.IsSet() {
			t.Errorf("%v", err)
		}
	})
}

// obedient is a store that does nothing once the caller's time is over, as real ones do.
type obedient struct{ *helpertest.Store }

func (s obedient) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if err := ctx.Err(); err != nil {
		return helper.Credential{}, err
	}
	return s.Store.Load(ctx, k)
}

func (s obedient) Save(ctx context.Context, c helper.Credential) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Store.Save(ctx, c)
}

// GIT-51, OAU-34: a renewal that was sent runs to its stored end, also when time is over meanwhile: the refresh
// token is spent.
func TestARenewalRunsToItsEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := helpertest.New("file").Add(expires(-time.Second, time.Hour))
	store := w.Stores[0]
	w.Places[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return obedient{store}, nil }
	w.Refresh = &loginServer{answer: func(c helper.Credential) (helper.Credential, error) {
		cancel()
		return renewed(c), nil
	}}
	if a, err := w.Get(ctx, ask); err != nil || a.Secret.Reveal() != "A+" {
		t.Errorf("%q, %v", a.Secret.Reveal(), err)
	}
	if c := store.All()[0]; c.Secret.Reveal() != "A+" || c.Refresh.Reveal() != "R+" {
		t.Errorf("the store has %q and %q", c.Secret.Reveal(), c.Refresh.Reveal())
	}
}

// STO-26: a move waits for a renewal under way. What the server answers would else be lost with the old place, and
// the refresh token is spent.
func TestAMoveWaitsForARenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := two(nil, []helper.Credential{expires(-time.Second, time.Hour)})
		server := &loginServer{}
		w.Refresh = server
		mover := processes(w, server, 1)[0]
		var moving sync.WaitGroup
		server.answer = func(c helper.Credential) (helper.Credential, error) {
			moving.Go(func() {
				err := mover.Move(t.Context(), helper.Move{From: "second", To: "chosen"}, func(m helper.Moved) {
					if m.Err != nil {
						t.Error(m.Err)
					}
				})
				if err != nil {
					t.Error(err)
				}
			})
			synctest.Wait() // until it has moved the record, or wants the lock
			return renewed(c), nil
		}
		if a, err := w.Get(t.Context(), ask); err != nil || a.Secret.Reveal() != "A+" || len(server.sent) != 1 {
			t.Errorf("%q, %v, after %d requests", a.Secret.Reveal(), err, len(server.sent))
		}
		moving.Wait()
		if all := w.Stores[0].All(); len(all) != 1 || all[0].Secret.Reveal() != "A+" || all[0].Refresh.Reveal() != "R+" {
			t.Errorf("moved: %+v", all)
		}
	})
}
