package credsdir

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
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/record"
	"keyglot/helper/lock"
)

// manager is the store with a service manager beside it, who writes what the
// suite saves into keyglot.json. All that is read is read by the store.
type manager struct{ *Store }

func (m manager) Save(ctx context.Context, c helper.Credential) error {
	if err := record.Fits(origin, limit, c); err != nil {
		return err
	}
	return m.change(ctx, c.Key, &c)
}

func (m manager) Remove(ctx context.Context, k helper.Key) error { return m.change(ctx, k, nil) }

func (m manager) change(ctx context.Context, k helper.Key, c *helper.Credential) error {
	if _, err := m.Store.Load(ctx, k); err != nil && !errors.Is(err, helper.ErrNotFound) {
		return err
	}
	held, err := lock.Acquire(ctx, m.dir+".lock", lock.Exclusive)
	if err != nil {
		return err
	}
	defer held.Release()
	records, err := m.parsed("json", record.DecodeList)
	if err != nil {
		return err
	}
	records = slices.DeleteFunc(records, func(c helper.Credential) bool { return c.Key == k })
	if c != nil {
		records = append(records, *c)
	}
	data, err := record.EncodeList(records)
	if err != nil {
		return err
	}
	return atomicfile.Write(m.path("json"), data)
}

func managed() helper.Backend {
	b := Backend()
	b.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		store, err := open(ctx, env)
		if err != nil {
			return nil, err
		}
		return manager{store.(*Store)}, nil
	}
	return b
}

func TestMain(m *testing.M) { backendtest.Main(m, managed()) }

func world(t testing.TB) backendtest.World {
	t.Helper()
	w := backendtest.Folders(t)
	w.Vars["CREDENTIALS_DIRECTORY"] = filepath.Join(w.Home, "credentials")
	if err := os.Mkdir(w.Vars["CREDENTIALS_DIRECTORY"], 0o700); err != nil {
		t.Fatal(err)
	}
	return w
}

// STO-10 to STO-29, as far as they are about reading
func TestContract(t *testing.T) {
	t.Parallel()
	damage := func(text string) func(t *testing.T, w backendtest.World) func() {
		return func(t *testing.T, w backendtest.World) func() {
			path := filepath.Join(w.Vars["CREDENTIALS_DIRECTORY"], "keyglot.json")
			good, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			put(t, w, "keyglot.json", text, 0o600)
			return func() { put(t, w, "keyglot.json", string(good), 0o600) }
		}
	}
	backendtest.Run(t, backendtest.Suite{
		Backend: managed(), New: world,
		States: []backendtest.State{
			{Name: "keyglot.json is not JSON", Enter: damage("{"), Err: helper.ErrInvalid},
			{Name: "keyglot.json is newer", Enter: damage(`{"version":2,"credentials":[]}`), Err: helper.ErrInvalid},
		},
	})
}

// put writes a file as a service manager does.
func put(t *testing.T, w backendtest.World, name, text string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(w.Vars["CREDENTIALS_DIRECTORY"], name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, mode)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func https(host, path, user string) helper.Key {
	k := helper.Key{Profile: "default", Target: helper.Target{Scheme: "https", Host: host, Path: path}}
	if user != "" {
		k.User = helper.Named(user)
	}
	return k
}

// STO-118: the three forms of files, and which of them counts.
func TestFiles(t *testing.T) {
	t.Parallel()
	w := world(t)
	put(t, w, "keyglot.json", `{"version":1,"credentials":[{"v":1,"profile":"default","scheme":"https","host":"both.example","kind":"bearer","secret":"of json"}]}`, 0o400)
	put(t, w, "keyglot.netrc", "machine n.example login alice password of-netrc\nmachine both.example password shadowed\nmachine n.example:8443/org login a password b\nmachine t.example password t\ndefault login x password y\nmachine http://h.example login a password b\n", 0o440)
	put(t, w, "keyglot.git.example.com=3A8443", "a token\n", 0o400)
	put(t, w, "keyglot.both.example", "shadowed", 0o400)
	put(t, w, "keyglot.two.example", "two\n\n", 0o600)
	put(t, w, "keyglot.key", "AGE-SECRET-KEY", 0o400)
	put(t, w, "keyglot.=2A.example.com", "no wildcards", 0o400)
	put(t, w, "keyglot.UPPER.example", "no host", 0o400)
	put(t, w, "keyglot.a=2Fb", "no host", 0o400)
	put(t, w, "other", "not ours", 0o644)
	store := w.Open(t, Backend())
	want := map[helper.Key]struct {
		secret string
		kind   helper.Kind
	}{
		https("both.example", "", ""):         {"of json", helper.Bearer},
		https("n.example", "", "alice"):       {"of-netrc", helper.Basic},
		https("n.example:8443", "org", "a"):   {"b", helper.Basic},
		https("t.example", "", ""):            {"t", helper.Bearer},
		https("git.example.com:8443", "", ""): {"a token", helper.Bearer},
		https("two.example", "", ""):          {"two\n", helper.Bearer},
	}
	for k, c := range want {
		got, err := store.Load(t.Context(), k)
		if err != nil || got.Secret.Reveal() != c.secret || got.Kind != c.kind {
			t.Errorf("%v: %v", k.Target, err)
		}
		if entries, err := store.Find(t.Context(), k.Target.Realm()); err != nil || !slices.Contains(entries, got.Entry) {
			t.Errorf("%v: find gave %v, %v", k.Target, entries, err)
		}
	}
	entries, err := store.List(t.Context())
	if err != nil || len(entries) != len(want) {
		t.Errorf("list gave %v, %v", entries, err)
	}
	for _, host := range []string{"json", "netrc", "key", "UPPER.example", "*.example.com", "a/b", "other"} {
		if _, err := store.Load(t.Context(), https(host, "", "")); !errors.Is(err, helper.ErrNotFound) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if err := store.Save(t.Context(), helper.Credential{}); !errors.Is(err, helper.ErrUnsupported) || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("save: %v", err)
	}
	if err := store.Remove(t.Context(), https("t.example", "", "")); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("remove: %v", err)
	}
}

// STO-20: a file that is wrong is named, and has no say about another host.
func TestBroken(t *testing.T) {
	t.Parallel()
	w := world(t)
	put(t, w, "keyglot.empty.example", "\n", 0o400)
	put(t, w, "keyglot.good.example", "good", 0o400)
	store := w.Open(t, Backend())
	put(t, w, "keyglot.large.example", strings.Repeat("s", limit+1), 0o400)
	for _, name := range []string{"empty", "large"} {
		_, err := store.Load(t.Context(), https(name+".example", "", ""))
		if !errors.Is(err, helper.ErrInvalid) || !strings.Contains(err.Error(), "keyglot."+name+".example: is not one token") {
			t.Errorf("%s: %v", name, err)
		}
	}
	put(t, w, "keyglot.large.example", strings.Repeat("s", limit)+"\n", 0o400)
	if c, err := store.Load(t.Context(), https("large.example", "", "")); err != nil || len(c.Secret.Reveal()) != limit {
		t.Errorf("the largest: %v", err)
	}
	if _, err := store.Load(t.Context(), https("good.example", "", "")); err != nil {
		t.Errorf("good: %v", err)
	}
	if entries, err := store.List(t.Context()); err == nil || len(entries) != 2 {
		t.Errorf("list gave %v, %v", entries, err)
	}
	put(t, w, "keyglot.netrc", "machine a.example login \"x\nmachine b.example login y password z\n", 0o400)
	if _, err := store.Load(t.Context(), https("c.example", "", "")); !errors.Is(err, helper.ErrInvalid) || strings.Contains(err.Error(), "b.example") {
		t.Errorf("a miss in a broken netrc: %v", err)
	}
	if err := os.RemoveAll(w.Vars["CREDENTIALS_DIRECTORY"]); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Load(t.Context(), https("good.example", "", "")); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("the folder is gone: %v", err)
	}
	if _, err := Backend().Open(t.Context(), w.Env(Backend())); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("open without a folder: %v", err)
	}
	for _, dir := range []string{"", "relative"} {
		w.Vars["CREDENTIALS_DIRECTORY"] = dir
		if _, err := Backend().Open(t.Context(), w.Env(Backend())); !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("open of %q: %v", dir, err)
		}
	}
}
