package secretservice

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/format/record"
)

var alice = helper.Key{Profile: "default", Target: helper.Target{Scheme: "https", Host: "git.example.com"}, User: helper.Named("alice")}

func credential(k helper.Key, text string) helper.Credential {
	return helper.Credential{Entry: helper.Entry{Key: k, Known: true, Kind: helper.Basic, Origin: helper.OriginLogin}, Secret: helper.NewSecret(text), Gen: 1}
}

// open opens the fake's store with the options changed.
func (f *fake) open(t *testing.T, change func(*Options)) *Store {
	t.Helper()
	env := f.world.Env(Backend())
	if change != nil {
		change(env.Options.(*Options))
	}
	store, err := openWithin(t.Context(), env, 30*time.Second)
	must(t, err)
	return store.(*Store)
}

// holding is a fake that holds a record of alice's.
func holding(t *testing.T, text string) *fake {
	t.Helper()
	f := newFake(t)
	f.plant(t, credential(alice, text), 1)
	return f
}

func (f *fake) plant(t *testing.T, c helper.Credential, modified uint64) *fakeItem {
	t.Helper()
	text, err := record.Encode(c)
	must(t, err)
	i := &fakeItem{attributes: attributes(c.Entry), text: text, modified: modified}
	f.put(i)
	return i
}

// STO-31, SEC-82: a service that denies its default collection for a moment has one.
func TestNoCollectionForAMoment(t *testing.T) {
	t.Parallel()
	f := holding(t, "s3cret")
	f.with(func() { f.aside = 2 })
	if c, err := f.open(t, nil).Load(t.Context(), alice); err != nil || c.Secret.Reveal() != "s3cret" {
		t.Errorf("load: %v", err)
	}
	f.with(func() { f.aside = 4 })
	if _, err := openWithin(t.Context(), f.world.Env(Backend()), 30*time.Second); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("open: %v", err)
	}
}

// gnome-keyring aborts where OpenSession overtakes what it notes of a new client:
// nothing of the kind is sent before the service has answered something.
func TestSessionIsNotTheFirstQuestion(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"auto", "dh", "plain"} {
		f := holding(t, "s3cret")
		early := 0
		f.with(func() {
			f.before = func(method string) {
				if method == "ReadAlias" {
					<-time.After(100 * time.Millisecond) // for what would be sent behind it
					early = f.called("OpenSession "+algorithmDH) + f.called("OpenSession "+algorithmPlain)
				}
			}
		})
		s := f.open(t, func(o *Options) { o.Session = mode })
		f.with(func() { f.before = nil })
		if early != 0 {
			t.Errorf("%s: a session was asked for before the service had answered", mode)
		}
		_, _ = s.Load(t.Context(), alice)
		if f.called("OpenSession "+algorithmDH)+f.called("OpenSession "+algorithmPlain) == 0 {
			t.Errorf("%s: no session was asked for at all", mode)
		}
	}
}

// STO-61: where the service refuses to encrypt, "auto" goes on in the clear,
// "dh" does not, and "plain" does not try.
func TestSessionRefusedSTO61(t *testing.T) {
	t.Parallel()
	f := holding(t, "s3cret")
	for _, c := range []struct {
		session string
		err     error
	}{{"auto", nil}, {"dh", helper.ErrUnavailable}, {"plain", nil}} {
		s := f.open(t, func(o *Options) { o.Session = c.session })
		got, err := s.Load(t.Context(), alice)
		if !errors.Is(err, c.err) || err == nil && got.Secret.Reveal() != "s3cret" {
			t.Errorf("%s: %v", c.session, err)
		}
		if err != nil && strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%s: %q shows what a terminal obeys", c.session, err)
		}
	}
	if n := f.called("OpenSession " + algorithmDH); n != 2 {
		t.Errorf("asked for an encrypted session %d times, want 2", n)
	}
	if text := f.open(t, nil).Custody(t.Context()).Protects; !strings.Contains(text, "unencrypted") {
		t.Errorf("custody does not tell of the clear: %s", text)
	}
}

// STO-61: a public part that is shorter than the group works; one that makes
// the key known to everybody is refused, and nothing is sent in the clear.
func TestSessionKeysSTO61(t *testing.T) {
	t.Parallel()
	f := holding(t, "s3cret")
	f.with(func() { f.dh = f.agreed(127) })
	if c, err := f.open(t, nil).Load(t.Context(), alice); err != nil || c.Secret.Reveal() != "s3cret" {
		t.Errorf("127 bytes: %v", err)
	}
	last := new(big.Int).Sub(group(), big.NewInt(1))
	for name, public := range map[string][]byte{"nothing": nil, "0": {0}, "1": {1}, "p-1": last.Bytes(), "p+1": last.Add(last, big.NewInt(2)).Bytes()} {
		f.with(func() { f.dh = func([]byte) []byte { return public } })
		if _, err := f.open(t, nil).Load(t.Context(), alice); !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
	if n := f.called("OpenSession plain"); n != 0 {
		t.Errorf("%d plain sessions after a bad key", n)
	}
}

// STO-61: a shared secret that begins with a zero byte is padded.
func TestSharedSecretIsPaddedSTO61(t *testing.T) {
	t.Parallel()
	ours, _ := newPrivate()
	for {
		_, public := newPrivate()
		shared := new(big.Int).Exp(new(big.Int).SetBytes(public), ours.x, ours.p).Bytes()
		if len(shared) == groupSize {
			continue
		}
		padded := append(make([]byte, groupSize-len(shared)), shared...)
		want, err := hkdf.Key(sha256.New, padded, nil, "", 16)
		must(t, err)
		if got, err := ours.agree(public); err != nil || string(got) != string(want) {
			t.Errorf("another key for a secret of %d bytes: %v", len(shared), err)
		}
		return
	}
}

// STO-64, SEC-82: a dialog that nobody answers ends in time, is dismissed, and
// is not shown again.
func TestDialogNeverEndsSTO64(t *testing.T) {
	t.Parallel()
	f := holding(t, "s3cret")
	f.with(func() { f.locked, f.never = true, true })
	f.world.Vars["DISPLAY"] = ":0"
	s := f.open(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	end, _ := ctx.Deadline()
	dialog, stop := s.patience(ctx)
	defer stop()
	if its, ok := dialog.Deadline(); !ok || !its.Equal(end.Add(-spare)) || spare <= 0 {
		t.Errorf("the dialog has until %v (%v), want %v before %v", its, ok, spare, end)
	}
	if _, err := s.Find(ctx, alice.Target.Realm()); !errors.Is(err, helper.ErrLocked) {
		t.Errorf("find: %v, want ErrLocked", err)
	}
	if err := s.Save(t.Context(), credential(alice, "new")); !errors.Is(err, helper.ErrLocked) {
		t.Errorf("save: %v, want ErrLocked", err)
	}
	for end := time.Now().Add(30 * time.Second); f.called("Dismiss") == 0 && time.Now().Before(end); { // nobody waits for it
		<-time.After(time.Millisecond)
	}
	if shown, dismissed := f.called("Prompt"), f.called("Dismiss"); shown != 1 || dismissed != 1 {
		t.Errorf("%d dialogs, %d dismissed, want one each", shown, dismissed)
	}
}

// STO-64: with unlock = "never" no dialog is shown at all.
func TestUnlockNever(t *testing.T) {
	t.Parallel()
	f := holding(t, "s3cret")
	f.with(func() { f.locked = true })
	s := f.open(t, func(o *Options) { o.Unlock = "never" })
	if _, err := s.Find(t.Context(), alice.Target.Realm()); !errors.Is(err, helper.ErrLocked) || helper.Advice(err) == "" {
		t.Errorf("find: %v, want ErrLocked with advice", err)
	}
	if n := f.called("Unlock"); n != 0 {
		t.Errorf("asked for an unlock %d times", n)
	}
}

// STO-64, STO-66: an answered dialog opens what was locked.
func TestDialogAnswered(t *testing.T) {
	t.Parallel()
	f := holding(t, "s3cret")
	f.with(func() { f.locked = true })
	s := f.open(t, nil)
	if c, err := s.Load(t.Context(), alice); err != nil || c.Secret.Reveal() != "s3cret" {
		t.Errorf("load: %v", err)
	}
}

// STO-25: a service that is slow at any step is late, not empty.
func TestSlowAnswersSTO25(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"SearchItems", "OpenSession", "Get Attributes", "Get Modified", "GetSecret", "SetSecret"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			f := holding(t, "old")
			f.with(func() { f.before = forever(t, step) })
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			if err := f.open(t, nil).Save(ctx, credential(alice, "new")); !errors.Is(err, helper.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("save: %v, want ErrUnavailable in time", err)
			}
		})
	}
}

// STO-31: a service that does not answer is passed over in time.
func TestSilentServiceSTO31(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.with(func() { f.before = forever(t, "ReadAlias") })
	start := time.Now()
	_, err := Backend().Open(t.Context(), f.world.Env(Backend()))
	if _, passing := errors.AsType[*helper.Passing](err); !passing || !errors.Is(err, helper.ErrUnavailable) || !strings.HasPrefix(err.Error(), "did not answer in 1 s") {
		t.Errorf("open: %v", err)
	}
	if took := time.Since(start); took < openTime {
		t.Errorf("gave up after %v", took)
	}
}

// STO-69: a bus or a service that dies in the middle is not available.
func TestDeathInTheMiddleSTO69(t *testing.T) {
	t.Parallel()
	for name, die := range map[string]func(*fake){
		"bus":     func(f *fake) { busOf(f.world).StopBus() },
		"service": func(f *fake) { _ = f.Close() },
	} {
		for _, step := range []string{"SearchItems", "GetSecret", "Prompt"} {
			t.Run(name+" at "+step, func(t *testing.T) {
				t.Parallel()
				f := holding(t, "old")
				f.with(func() { f.locked, f.never = step == "Prompt", true })
				f.world.Vars["DISPLAY"] = ":0"
				s := f.open(t, nil)
				dies := func(method string) {
					if method == step {
						die(f)
					}
				}
				f.with(func() { f.before = dies })
				if c, err := s.Load(t.Context(), alice); !errors.Is(err, helper.ErrUnavailable) {
					t.Errorf("load: %v, %v, want ErrUnavailable", c, err)
				}
				if err := s.Save(t.Context(), credential(alice, "new")); !errors.Is(err, helper.ErrUnavailable) {
					t.Errorf("save: %v, want ErrUnavailable", err)
				}
			})
		}
	}
}

// STO-63: of several items of a key the newest is the record; Find does not
// claim to know it, Save leaves one, Remove none, and neither asks the service
// to replace.
func TestDuplicatesSTO63(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.plant(t, credential(alice, "old"), 1)
	f.plant(t, credential(alice, "newest"), 3)
	tie := credential(alice, "tie")
	tie.Gen = 0
	f.plant(t, tie, 3)
	s := f.open(t, nil)
	entries, err := s.Find(t.Context(), alice.Target.Realm())
	if err != nil || len(entries) != 1 || entries[0] != (helper.Entry{Key: alice}) {
		t.Errorf("find gave %#v, %v", entries, err)
	}
	if c, err := s.Load(t.Context(), alice); err != nil || c.Secret.Reveal() != "newest" {
		t.Errorf("load: %v", err)
	}
	must(t, s.Save(t.Context(), credential(alice, "saved")))
	if c, err := s.Load(t.Context(), alice); err != nil || c.Secret.Reveal() != "saved" || f.count() != 1 {
		t.Errorf("%d items after a save, %v", f.count(), err)
	}
	f.plant(t, credential(alice, "again"), 9)
	must(t, s.Remove(t.Context(), alice))
	if f.count() != 0 {
		t.Errorf("%d items after a removal", f.count())
	}
	must(t, s.Save(t.Context(), credential(alice, "fresh")))
	if f.called("CreateItem false") != 1 || f.called("CreateItem true") != 0 {
		t.Error("CreateItem was called otherwise")
	}
}

// STO-67: what is stored already is not written again.
func TestSameIsNotWrittenSTO67(t *testing.T) {
	t.Parallel()
	f := holding(t, "same")
	must(t, f.open(t, nil).Save(t.Context(), credential(alice, "same")))
	if n := f.called("SetSecret") + f.called("CreateItem false"); n != 0 {
		t.Errorf("%d writes", n)
	}
}

// STO-5, SEC-80, SEC-81: what another program planted under keyglot's name is
// skipped; what is damaged is an error and left alone.
func TestPlantedItems(t *testing.T) {
	t.Parallel()
	bob := alice
	bob.User = helper.Named("bob")
	text, err := record.Encode(credential(bob, "of bob"))
	must(t, err)
	foreign := attributes(credential(alice, "").Entry)
	foreign["id"] = bob.ID()
	elsewhere := attributes(credential(alice, "").Entry)
	elsewhere["path"] = "org"
	for name, c := range map[string]struct {
		item  *fakeItem
		err   error
		shown int // to Find, which reads no secrets
	}{
		"the id of another key":       {&fakeItem{attributes: foreign, text: text}, helper.ErrNotFound, 0},
		"another path than its id":    {&fakeItem{attributes: elsewhere, text: text}, helper.ErrNotFound, 0},
		"another key in its secret":   {&fakeItem{attributes: attributes(credential(alice, "").Entry), text: text}, helper.ErrNotFound, 1},
		"no record":                   {&fakeItem{attributes: attributes(credential(alice, "").Entry), text: []byte("canary\nhost=evil")}, helper.ErrInvalid, 1},
		"nothing at all":              {&fakeItem{attributes: attributes(credential(alice, "").Entry), secret: &secret{Session: "/", Parameters: []byte{}, Value: []byte{}}}, helper.ErrInvalid, 1},
		"a record of a later version": {&fakeItem{attributes: attributes(credential(alice, "").Entry), text: []byte(`{"v":2}`)}, helper.ErrInvalid, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			path := f.put(c.item)
			s := f.open(t, nil)
			if entries, err := s.Find(t.Context(), alice.Target.Realm()); err != nil || len(entries) != c.shown {
				t.Errorf("find: %d entries, %v, want %d", len(entries), err, c.shown)
			}
			if _, err := s.Load(t.Context(), alice); !errors.Is(err, c.err) || strings.Contains(err.Error(), "canary") {
				t.Errorf("load: %v, want %v", err, c.err)
			}
			saved, removed := s.Save(t.Context(), credential(alice, "mine")), s.Remove(t.Context(), alice)
			if c.err == helper.ErrInvalid {
				if !errors.Is(saved, c.err) || !errors.Is(removed, c.err) {
					t.Errorf("save: %v, remove: %v", saved, removed)
				}
			} else if saved != nil || removed != nil {
				t.Errorf("save: %v, remove: %v", saved, removed)
			}
			if f.items[path] != c.item || f.count() != 1 {
				t.Error("what another program planted was touched")
			}
		})
	}
}

// SEC-81: what a service finds beyond what it was asked for never counts.
func TestLooseSearchSEC81(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	bob := alice
	bob.Target.Host, bob.User = "other.example.com", helper.Named("bob")
	f.plant(t, credential(bob, "of bob"), 1).text = []byte("damaged")
	f.with(func() { f.loose = true })
	s := f.open(t, nil)
	if entries, err := s.Find(t.Context(), alice.Target.Realm()); err != nil || len(entries) != 0 {
		t.Errorf("find gave %v, %v", entries, err)
	}
	if _, err := s.Load(t.Context(), alice); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("load: %v, want ErrNotFound", err)
	}
	must(t, s.Remove(t.Context(), alice))
	if f.count() != 1 {
		t.Error("another key's item is gone")
	}
}

// DOC-75: an item that goes between the search and the look at it, because another account takes its place, is no
// miss: the search is made again.
func TestFindBesideAStoreDOC75(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.plant(t, credential(alice, "old"), 1)
	for path := range f.items { // it is found, and gone
		must(t, f.Export(nil, path, "org.freedesktop.Secret.Item"))
		must(t, f.Export(nil, path, "org.freedesktop.DBus.Properties"))
	}
	bob := alice
	bob.User = helper.Named("bob")
	s := f.open(t, nil)
	f.with(func() {
		f.before = func(method string) {
			if method == "SearchItems" && f.called(method) == 2 {
				f.with(func() { clear(f.items) })
				f.plant(t, credential(bob, "new"), 1)
			}
		}
	})
	if entries, err := s.Find(t.Context(), alice.Target.Realm()); err != nil || len(entries) != 1 || entries[0].User != bob.User {
		t.Errorf("find: %+v, %v", entries, err)
	}
}
