package file

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/format/record"
	"keyglot/helper/helpertest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{Backend: Backend(), New: backendtest.Folders, States: append(states(), systemStates()...)})
}

// plant writes a realm of one record as Save does, but not durably.
func plant(tb testing.TB, s *Store, recipient string, c helper.Credential) (path string) {
	tb.Helper()
	realm := c.Target.Realm()
	plaintext, err := record.EncodeRealm(realm, []helper.Credential{c})
	if err != nil {
		tb.Fatal(err)
	}
	ciphertext, err := seal(recipient, plaintext)
	if err != nil {
		tb.Fatal(err)
	}
	path = s.realmPath(realmName(recipient, realm.String()))
	if err := os.WriteFile(path, ciphertext, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// STO-40, STO-42, STO-43, STO-46: the layout; what a copy shows; the lock file
// that stays; the notice that is given once.
func TestLayoutSTO40(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	env := w.Env(Backend())
	var notices []string
	env.Notice = func(text string) { notices = append(notices, text) }
	store, err := open(t.Context(), env)
	if err != nil {
		t.Fatal(err)
	}
	s := store.(*Store)
	for _, user := range []string{"alice", "bob"} {
		if err := s.Save(t.Context(), credential("git.example.com", user, "canary")); err != nil {
			t.Fatal(err)
		}
	}
	recipient, err := s.recipient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	name := realmName(recipient, "https://git.example.com")
	var got []string
	err = filepath.Walk(w.Home, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(w.Home, path)
		got = append(got, filepath.ToSlash(rel))
		data, err := os.ReadFile(path)
		inData := strings.HasPrefix(path, w.DataDir)
		if bytes.Contains(data, []byte("canary")) || inData && (bytes.Contains(data, []byte("git.example")) || bytes.Contains(data, []byte("age1"))) {
			t.Errorf("%s shows what it must not", rel)
		}
		return err
	})
	want := "data/keyglot/README data/keyglot/realms/" + name[:2] + ".lock data/keyglot/realms/" + name + ".age data/keyglot/store.lock " +
		"state/keyglot/key/key.lock state/keyglot/key/keyglot.key state/keyglot/key/recipient"
	if strings.Join(got, " ") != want || err != nil {
		t.Errorf("files %s, %v\nwant  %s", got, err, want)
	}
	if len(notices) != 1 || !strings.HasPrefix(notices[0], "the store is encrypted with the key in "+s.keyPath()+". This protects copies of the store;") {
		t.Errorf("notices: %q", notices)
	}
	for _, user := range []string{"alice", "bob"} {
		if err := s.Remove(t.Context(), credential("git.example.com", user, "").Key); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, s.realms, ""); len(got) != 1 || got[0] != name[:2]+".lock" {
		t.Errorf("after the last record: %v", got)
	}
}

// STO-44: two first uses at once make one key.
func TestOneKeySTO44(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	errs := make(chan error)
	for n := range 20 {
		go func() {
			store, err := open(t.Context(), w.Env(Backend()))
			if err == nil {
				err = store.Save(t.Context(), credential(fmt.Sprintf("h%d.example", n), "alice", "x"))
			}
			errs <- err
		}()
	}
	for range 20 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if entries, err := opened(t, w).List(t.Context()); err != nil || len(entries) != 20 {
		t.Errorf("list: %d, %v", len(entries), err)
	}
}

// STO-42: damaged files are List's error, at most a few named, the rest its entries.
func TestListNamesDamageSTO42(t *testing.T) {
	t.Parallel()
	s := opened(t, backendtest.Folders(t))
	fill(t, s, 20)
	for i := range 5 {
		put(t, filepath.Join(s.realms, strings.Repeat(fmt.Sprint(i), 64)+extension), []byte("damaged"), nil)
	}
	entries, err := s.List(t.Context())
	if len(entries) != 20 || !errors.Is(err, helper.ErrInvalid) {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	if n := strings.Count(err.Error(), s.realms); n != named || !strings.Contains(err.Error(), "and 2 more") {
		t.Errorf("names %d files: %v", n, err)
	}
}

// storage.md 5: a file written by hand, records out of order, unknown members.
func TestWrittenByHand(t *testing.T) {
	t.Parallel()
	s := opened(t, backendtest.Folders(t))
	fill(t, s, 1)
	recipient, err := s.recipient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal(recipient, []byte(`{"records": [
		{"host":"h.example", "v":1, "scheme":"https", "username":"zoe", "secret":"2", "note":"mine"},
		{"host":"h.example", "v":1, "scheme":"https", "username":"adam", "secret":"1"}],
		"realm":"https://h.example", "v":1, "new":{}}`))
	put(t, s.realmPath(realmName(recipient, "https://h.example")), sealed, err)
	entries, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: "h.example"})
	if err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

// The README's rescue: the program age reads what was stored (STO-42).
func TestRescueWithAge(t *testing.T) {
	t.Parallel()
	age := helpertest.Program(t, "age")
	s := opened(t, backendtest.Folders(t))
	if err := s.Save(t.Context(), credential("git.example.com", "alice", "s3cret")); err != nil {
		t.Fatal(err)
	}
	paths, err := s.realmFiles()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), age, "-d", "-i", s.keyPath(), paths[0]).CombinedOutput()
	if want := `{"v":1,"realm":"https://git.example.com","records":[{"v":1,"profile":"default","scheme":"https","host":"git.example.com","username":"alice","kind":"basic","origin":"git","secret":"s3cret"}]}` + "\n"; err != nil || string(out) != want {
		t.Errorf("age -d: %s, %v", out, err)
	}
}
