//go:build !windows

package chain

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker-credential-helpers/credentials"

	"keyglot/helper"
)

// STO-11, STO-13, STO-117, DOC-65: what is stored, and what is refused with the old
// account intact.
func TestWrites(t *testing.T) {
	t.Parallel()
	w := keptIn(keptDir(t))(t)
	store := opened(t, w, "kept", forward)
	alice := account("ghcr.io", "alice", "s3cret\nof two lines")
	alice.Exact = true // what git makes: it becomes the host's
	if err := store.Save(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	alice.Exact = false
	holds := func() {
		t.Helper()
		if got, err := opened(t, w, "kept", forward).Load(t.Context(), alice.Key); err != nil || !got.Same(alice) {
			t.Errorf("load: %v", err)
		}
	}
	holds()
	for name, change := range map[string]func(*helper.Credential){
		"another account": func(c *helper.Credential) { c.User = helper.Named("bob") },
		"no user":         func(c *helper.Credential) { c.User = helper.User{} },
		"an empty user":   func(c *helper.Credential) { c.User = helper.Named("") },
		"a marked user":   func(c *helper.Credential) { c.User = helper.Named("<token>") },
		"a path":          func(c *helper.Credential) { c.Target.Path = "team" },
		"a wildcard":      func(c *helper.Credential) { c.Target.Host = "*.ghcr.io" },
		"an item":         func(c *helper.Credential) { c.Target.Scheme = "item" },
		"a profile":       func(c *helper.Credential) { c.Profile = "work" },
		"a token":         func(c *helper.Credential) { c.Kind = helper.Bearer },
		"an identity":     func(c *helper.Credential) { c.Kind = helper.Identity },
		"a refresh token": func(c *helper.Credential) { c.Refresh = helper.NewSecret("r") },
		"an expiry":       func(c *helper.Credential) { c.Expiry = time.Now() },
		"an attribute":    func(c *helper.Credential) { c.Attr = map[string]string{"a": "b"} },
		"a login":         func(c *helper.Credential) { c.Login = "oauth2" },
		"no secret":       func(c *helper.Credential) { c.Secret = helper.Secret{} },
		"not UTF-8":       func(c *helper.Credential) { c.Secret = helper.NewSecret("\xff") },
		"a zero byte":     func(c *helper.Credential) { c.Secret = helper.NewSecret("a\x00b") },
		"a last line":     func(c *helper.Credential) { c.Secret = helper.NewSecret("a\n") },
		"a folder":        func(c *helper.Credential) { c.User = helper.Named("alice/x") },
		"a way out":       func(c *helper.Credential) { c.User = helper.Named("../../../email/alice") },
		"the folder":      func(c *helper.Credential) { c.User = helper.Named(".") },
		"the one above":   func(c *helper.Credential) { c.User = helper.Named("..") },
		"a long name":     func(c *helper.Credential) { c.User = helper.Named(strings.Repeat("u", 201)) },
		"too long":        func(c *helper.Credential) { c.Secret = helper.NewSecret(strings.Repeat("x", limit+1)) },
		"long as JSON":    func(c *helper.Credential) { c.Secret = helper.NewSecret(strings.Repeat("<", limit/2)) },
	} {
		c := alice
		change(&c)
		if err := store.Save(t.Context(), c); !errors.Is(err, helper.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
		holds()
	}
	if log, err := os.ReadFile(filepath.Join(w.Vars[keptVariable], requests)); err != nil || strings.Count(string(log), "store") != 1 {
		t.Errorf("it was asked to %q, %v", log, err)
	}
	for server, user := range map[string]string{
		"https://index.docker.io/v1/": "<token>", "https://ghcr.io/path": "x", "https://other.example": "y", // the last two no question would find
	} {
		if err := (kept{w.Vars[keptVariable]}).Add(&credentials.Credentials{ServerURL: server, Username: user, Secret: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := store.List(t.Context())
	if err != nil || len(entries) != 2 {
		t.Errorf("list gave %v, %v", entries, err)
	}
	if err := store.Remove(t.Context(), account("ghcr.io", "bob", "").Key); err != nil {
		t.Errorf("removing another account: %v", err)
	}
	holds()
	for range 2 {
		if err := store.Remove(t.Context(), alice.Key); err != nil {
			t.Error(err)
		}
	}
	if _, err := store.Load(t.Context(), alice.Key); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("after the removal: %v", err)
	}
	quiet := opened(t, w, "kept", nil)
	_, list := quiet.List(t.Context())
	for name, err := range map[string]error{"save": quiet.Save(t.Context(), alice), "remove": quiet.Remove(t.Context(), alice.Key), "list": list} {
		if !errors.Is(err, helper.ErrUnsupported) || helper.Advice(err) == "" {
			t.Errorf("%s without leave: %v", name, err)
		}
	}
}

// A helper that says yes and does nothing is found out.
func TestReadBack(t *testing.T) {
	t.Parallel()
	store := opened(t, world(t, `[ "$1" = get ] && echo '{"Username":"alice","Secret":"old"}'; exit 0`), "stub", forward)
	if err := store.Save(t.Context(), account("ghcr.io", "alice", "new")); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("save: %v", err)
	}
	if err := store.Remove(t.Context(), account("ghcr.io", "alice", "").Key); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("remove: %v", err)
	}
	store = opened(t, world(t, `[ "$1" = get ] && { echo 'credentials not found in native keychain'; exit 1; }; exit 0`), "stub", forward)
	if err := store.Save(t.Context(), account("ghcr.io", "alice", "new")); !errors.Is(err, helper.ErrUnavailable) || errors.Is(err, helper.ErrNotFound) {
		t.Errorf("save by one that keeps nothing: %v", err)
	}
}

// SEC-61: a helper that repeats what it was given does not bring the secret into an error.
func TestARefusalThatRepeatsTheSecret(t *testing.T) {
	t.Parallel()
	const canary = "canary-5522"
	store := opened(t, world(t, `case $1 in
get) echo 'credentials not found in native keychain' ;;
store) read -r all; all=${all##*Secret\":\"}; echo "cannot keep ${all%%\"*}" ;;
esac
exit 1`), "stub", forward)
	err := store.Save(t.Context(), account("ghcr.io", "alice", canary))
	if !errors.Is(err, helper.ErrUnavailable) || strings.Contains(err.Error(), canary) {
		t.Errorf("%v", err)
	}
}

// STO-14: doctor is told of a helper that nothing is forwarded to, without a run of
// it.
func TestWritable(t *testing.T) {
	t.Parallel()
	w := world(t, `echo asked >>"$STUB/log"`)
	if err := opened(t, w, "stub", forward).Writable(t.Context()); err != nil {
		t.Errorf("forwarding: %v", err)
	}
	reading := opened(t, w, "stub", func(*Options) {})
	before := reading.Refuses(t.Context(), account("ghcr.io", "alice", "x"))
	if err := reading.Writable(t.Context()); !errors.Is(err, helper.ErrUnsupported) || err.Error() != before.Error() || helper.Advice(err) != helper.Advice(before) {
		t.Errorf("read only: %v, and a record is refused with %v", err, before)
	}
	if _, err := os.Stat(filepath.Join(w.Home, "log")); err == nil {
		t.Error("the helper was run")
	}
}
