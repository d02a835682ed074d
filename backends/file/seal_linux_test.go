package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// chipVariable names the TPM of a World.
const chipVariable = "TEST_TPM"

// sealing is the store that the TPM seals at its first record.
type sealing struct{ *Store }

func (s sealing) Save(ctx context.Context, c helper.Credential) error {
	if path, err := s.covered(); err != nil || path == "" {
		if _, err := s.Seal(ctx); err != nil && !errors.Is(err, errMeanwhile) {
			return err
		}
	}
	return s.Store.Save(ctx, c)
}

func sealed() helper.Backend {
	b := Backend()
	b.Name = "file, sealed"
	b.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		env.Options.(*Options).TPM = env.Getenv(chipVariable)
		store, err := open(ctx, env)
		if err != nil {
			return nil, err
		}
		store.(*Store).keyring = newMemory()
		return sealing{store.(*Store)}, nil
	}
	return b
}

// STO-45, level 3: under the TPM's key the store is the same store.
func TestSealedContract(t *testing.T) {
	t.Parallel()
	chip := backendtest.TPM(t)
	backendtest.Run(t, backendtest.Suite{
		Backend: sealed(),
		New: func(t testing.TB) backendtest.World {
			w := backendtest.Folders(t)
			w.Vars[chipVariable] = chip
			return w
		},
		States: []backendtest.State{
			{Name: "another TPM", Err: helper.ErrUnavailable, ProvesMiss: true, Enter: elsewhere(backendtest.TPM(t))},
			{Name: "no TPM", Err: helper.ErrUnavailable, ProvesMiss: true, Enter: elsewhere("/nowhere")},
		},
	})
}

// elsewhere names another chip for as long as the state lasts.
func elsewhere(device string) func(*testing.T, backendtest.World) func() {
	return func(_ *testing.T, w backendtest.World) func() {
		chip := w.Vars[chipVariable]
		w.Vars[chipVariable] = device
		return func() { w.Vars[chipVariable] = chip }
	}
}

func keyFiles(t *testing.T, s *Store) []string {
	t.Helper()
	return names(t, s.keys, "")
}

// STO-45, STO-47: to the TPM and back, on request only.
func TestSeal(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	ring := newMemory()
	chip := backendtest.TPM(t)
	again := func() *Store {
		s := lockable(t, w, ring)
		s.device = chip
		return s
	}
	s := again()
	c := credential("git.example.com", "alice", "secret")
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	before := keyFiles(t, s)
	text, err := s.Seal(t.Context())
	if err != nil || !strings.Contains(text, "cleared") || !strings.Contains(text, "the store is lost") {
		t.Fatalf("seal: %q, %v", text, err)
	}
	holds := func(s *Store) {
		t.Helper()
		if got, err := s.Load(t.Context(), c.Key); err != nil || !got.Same(c) {
			t.Errorf("load: %v", err)
		}
	}
	holds(s)
	holds(again())
	if len(ring.keys) != 1 || ring.ttl != sealedTTL {
		t.Errorf("the kernel holds %d keys for %v", len(ring.keys), ring.ttl)
	}
	files := keyFiles(t, s)
	if slices.Contains(files, "keyglot.key") || !slices.Contains(files, "keyglot.tpm") || !slices.Contains(before, "keyglot.key") {
		t.Errorf("before %v, after %v", before, files)
	}
	if custody := again().Custody(t.Context()); custody.State != "ok" || !strings.Contains(custody.Protects, "TPM") {
		t.Errorf("custody: %v", custody)
	}
	for name, do := range map[string]func(*Store) (string, error){
		"seal again": func(s *Store) (string, error) { return s.Seal(t.Context()) },
		"unlock":     func(s *Store) (string, error) { return s.Unlock(t.Context(), silent(t), 0) },
		"lock":       func(s *Store) (string, error) { return s.Lock(t.Context(), silent(t)) },
	} {
		if _, err := do(again()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(ring.keys) != 0 {
		t.Error("lock did not forget the key")
	}
	// The recipient can be made again from the key.
	if err := os.Remove(s.recipientPath()); err != nil {
		t.Fatal(err)
	}
	holds(again())
	if _, err := again().RemovePassphrase(t.Context(), silent(t)); err != nil {
		t.Fatal(err)
	}
	if files := keyFiles(t, s); slices.Contains(files, "keyglot.tpm") || !slices.Contains(files, "keyglot.key") {
		t.Errorf("back again: %v", files)
	}
	chip = "/nowhere"
	holds(again())
}

// STO-44, STO-45, SEC-82: another TPM, or none, is not an empty store: nothing
// is found missing, nothing is made, nothing is overwritten.
func TestForeignTPM(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	chip := backendtest.TPM(t)
	s := lockable(t, w, newMemory())
	s.device = chip
	c := credential("git.example.com", "alice", "secret")
	if _, err := s.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for _, device := range []string{backendtest.TPM(t), "/nowhere", "/dev/null"} {
		foreign := lockable(t, w, newMemory())
		foreign.device = device
		_, load := foreign.Load(t.Context(), c.Key)
		_, find := foreign.Find(t.Context(), c.Target.Realm())
		changed := c
		changed.Secret = helper.NewSecret("new")
		for what, err := range map[string]error{"load": load, "find": find, "save": foreign.Save(t.Context(), changed), "remove": foreign.Remove(t.Context(), c.Key)} {
			if !errors.Is(err, helper.ErrUnavailable) || errors.Is(err, helper.ErrNotFound) || helper.Advice(err) == "" {
				t.Errorf("%s, %s: %v", device, what, err)
			}
		}
		other := c.Key
		other.Target.Host = "other.example.com"
		if _, err := foreign.Load(t.Context(), other); !errors.Is(err, helper.ErrNotFound) {
			t.Errorf("a miss: %v", err) // STO-21: names are computed without the key
		}
	}
	again := lockable(t, w, newMemory())
	again.device = chip
	if got, err := again.Load(t.Context(), c.Key); err != nil || !got.Same(c) {
		t.Errorf("load: %v", err)
	}
	passworded := lockable(t, backendtest.Folders(t), newMemory())
	passworded.device = chip
	if _, err := passworded.Lock(t.Context(), say("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := passworded.Seal(t.Context()); !errors.Is(err, helper.ErrUnsupported) || helper.Advice(err) == "" {
		t.Errorf("sealing what has a passphrase: %v", err)
	}
	none := lockable(t, backendtest.Folders(t), newMemory())
	none.device = "/nowhere"
	if _, err := none.Seal(t.Context()); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("no TPM: %v", err)
	}
	if _, err := os.Stat(none.keys); err == nil {
		t.Error("a key was made although there is no TPM")
	}
}

// STO-47: a change that was killed before the recipient changed is undone, one
// that was killed behind it is finished.
func TestSealCutOff(t *testing.T) {
	t.Parallel()
	chip := backendtest.TPM(t)
	for _, finished := range []bool{false, true} {
		w := backendtest.Folders(t)
		s := lockable(t, w, newMemory())
		s.device = chip
		c := credential("git.example.com", "alice", "secret")
		if err := s.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		key, err := os.ReadFile(s.keyPath())
		if err != nil {
			t.Fatal(err)
		}
		recipient, err := os.ReadFile(s.recipientPath())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		// The old key is back, as it was at the kill; with it the old recipient,
		// and the record as it lay for it.
		if err := os.WriteFile(s.keyPath(), key, 0o600); err != nil {
			t.Fatal(err)
		}
		if !finished {
			sealedBy, err := s.recipient(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			name := s.realmPath(realmName(sealedBy, c.Target.Realm().String()))
			plaintext, err := s.decrypt(t.Context(), sealedBy, name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(s.copiesPath(), []byte(filepath.Base(name)+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			old := strings.TrimSpace(string(recipient))
			data, err := seal(old, plaintext)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(s.realmPath(realmName(old, c.Target.Realm().String())), data, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(s.recipientPath(), recipient, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s = lockable(t, w, newMemory())
		s.device = chip
		if got, err := s.Load(t.Context(), c.Key); err != nil || !got.Same(c) {
			t.Errorf("finished %v, before: %v", finished, err)
		}
		if entries, err := s.List(t.Context()); err != nil || len(entries) != 1 {
			t.Errorf("finished %v, listed: %d, %v", finished, len(entries), err)
		}
		if _, err := s.inForce(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Load(t.Context(), c.Key); err != nil || !got.Same(c) {
			t.Errorf("finished %v, after: %v", finished, err)
		}
		want := map[bool]string{true: "keyglot.tpm", false: "keyglot.key"}[finished]
		files := slices.DeleteFunc(keyFiles(t, s), func(name string) bool { return name == "recipient" || strings.HasSuffix(name, ".lock") })
		if !slices.Equal(files, []string{want}) || len(names(t, s.realms, extension)) != 1 {
			t.Errorf("finished %v: %v, %v", finished, files, names(t, s.realms, extension))
		}
	}
}
