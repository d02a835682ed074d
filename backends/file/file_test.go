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
	"time"

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

// The vector of STO-41.
func TestRealmNameSTO41(t *testing.T) {
	t.Parallel()
	got := realmName("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "https://git.example.com")
	if want := "667662a396f36b6bae7a29c1d5ffb5a09f371a9cc587449d91d1c4d13662b193"; got != want {
		t.Errorf("name %s, want %s", got, want)
	}
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

// STO-45 level 1: a key that was handed in is used alone; nothing of it is in
// the key folder, and with another one the store is locked, not empty.
func TestHandedInSTO45(t *testing.T) {
	t.Parallel()
	id, other := mustIdentity(t), mustIdentity(t)
	for _, variable := range []string{"KEYGLOT_KEY_FILE", "CREDENTIALS_DIRECTORY"} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			w := backendtest.Folders(t)
			path := filepath.Join(t.TempDir(), "keyglot.key")
			put(t, path, id.file(), nil)
			w.Vars[variable] = path
			if variable == "CREDENTIALS_DIRECTORY" {
				w.Vars[variable] = filepath.Dir(path)
				w.Vars["KEYGLOT_KEY_FILE"] = "/nonexistent"
			}
			w.StateDir = ""
			c := credential("a.example", "alice", "x")
			if err := opened(t, w).Save(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			expectAll(t, opened(t, w), []helper.Credential{c})
			if _, err := opened(t, w).Lock(t.Context(), silent(t)); !errors.Is(err, helper.ErrUnsupported) {
				t.Errorf("lock: %v", err)
			}
			put(t, path, other.file(), nil)
			for host, k := range map[string]helper.Key{"stored": c.Key, "another": credential("b.example", "bob", "").Key} {
				if _, err := opened(t, w).Load(t.Context(), k); !errors.Is(err, helper.ErrLocked) {
					t.Errorf("load of %s with another key: %v, want ErrLocked", host, err)
				}
			}
			if err := opened(t, w).Save(t.Context(), credential("b.example", "bob", "x")); !errors.Is(err, helper.ErrLocked) {
				t.Errorf("save with another key: %v, want ErrLocked", err)
			}
			put(t, path, []byte("canary"), nil)
			if _, err := opened(t, w).Load(t.Context(), c.Key); !errors.Is(err, helper.ErrInvalid) || strings.Contains(err.Error(), "canary") {
				t.Errorf("a file that is no key: %v", err)
			}
		})
	}
}

func mustIdentity(t *testing.T) *identity {
	t.Helper()
	id, err := newIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// SEC-28, SEC-57, STO-40: a relative key file, no home, and a key folder
// within the data folder are refused.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	w.Vars["KEYGLOT_KEY_FILE"] = "key"
	if _, err := opened(t, w).Find(t.Context(), helper.Realm{Scheme: "https", Host: "h"}); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("a relative KEYGLOT_KEY_FILE: %v", err)
	}
	for name, change := range map[string]func(*helper.Env){
		"no data folder":                   func(e *helper.Env) { e.DataDir = "" },
		"no state folder":                  func(e *helper.Env) { e.StateDir = "" },
		"the state folder within the data": func(e *helper.Env) { e.StateDir = filepath.Join(e.DataDir, "state") },
		"one folder for both":              func(e *helper.Env) { e.StateDir = e.DataDir },
	} {
		env := backendtest.Folders(t).Env(Backend())
		change(&env)
		if _, err := open(t.Context(), env); !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
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

// A get decrypts once, and never answers from a file that is no longer there.
func TestLoadAfterFindSeesChanges(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	c := credential("a.example", "alice", "old")
	s := opened(t, w)
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find(t.Context(), c.Target.Realm()); err != nil {
		t.Fatal(err)
	}
	c.Secret = helper.NewSecret("new")
	if err := opened(t, w).Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Load(t.Context(), c.Key); err != nil || got.Secret.Reveal() != "new" {
		t.Errorf("load: %q, %v", got.Secret.Reveal(), err)
	}
	if err := opened(t, w).Remove(t.Context(), c.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), c.Key); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("load of what was removed: %v", err)
	}
}

// SEC-55: a change is made to what the file holds now, also where a file system's numbers and times
// make another content look like the one that was read.
func TestChangeReadsAnewSEC55(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	s := opened(t, w)
	if err := s.Save(t.Context(), credential("a.example", "alice", "1")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: "a.example"}); err != nil {
		t.Fatal(err)
	}
	path := s.last.path
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := s.recipient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plant(t, s, recipient, credential("a.example", "alice", "2")) // into the same file
	if err := os.Chtimes(path, time.Time{}, before.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), credential("a.example", "bob", "B")); err != nil {
		t.Fatal(err)
	}
	if got, err := opened(t, w).Load(t.Context(), credential("a.example", "alice", "").Key); err != nil || got.Secret.Reveal() != "2" {
		t.Errorf("alice's secret is %q, %v", got.Secret.Reveal(), err)
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

// SEC-80: whatever a realm is called, its file is named by hexadecimal digits alone, and no
// two realms share a name, not even where case does not count.
func TestRealmNamesSEC80(t *testing.T) {
	t.Parallel()
	const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	seen := map[string]string{}
	for _, realm := range []string{
		"https://h.example", "https://H.example", "https://h.example/", "item://../../x", "item://a/b", "item://-rf", "item://.hidden", "item://CON", "item://\x00",
		"https://*.h.example", "item://" + strings.Repeat("x", 4096), "item://", "cert://",
	} {
		name := realmName(recipient, realm)
		if !isRealm(name+extension) || seen[strings.ToLower(name)] != "" {
			t.Errorf("%q is named %q, like %q", realm, name, seen[name])
		}
		seen[strings.ToLower(name)] = realm
	}
}
