package docker_test

import (
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
	"keyglot/protocol/docker"
)

// What clients see of accounts, over the real policy.

var h = target("https", "h.example", "")

// withRefresh makes a record a login that can get another token.
func withRefresh(c *helper.Credential) {
	c.Kind, c.Refresh, c.Expiry = helper.Bearer, helper.NewSecret("r-"+c.User.Name), noon.Add(time.Hour)
}

func exact(c *helper.Credential) { c.Exact = true }

// DOC-2, DOC-20, and rows 4 and 8 of the attack table: what is stored comes back.
func TestSecretsComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, secret := range []string{"", "s3cret", `\"\u003c\u003e\u0026\u2028\u0000\n`, strings.Repeat("x", 70_000), strings.Repeat("y", 512<<10)} {
		for _, user := range []string{"alice", `DOMAIN\\alice`, "DOMAIN/alice", "a:b", "../../x", "Zoë", strings.Repeat("u", 300)} {
			w.store("ghcr.io", user, secret)
			w.finds("ghcr.io", user, secret)
		}
	}
}

// DOC-21, DOC-22, DOC-27, and row 10: a second login replaces the first and no
// logout brings it back.
func TestSecondLoginReplacesTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store("h.example", "alice", "1")
	w.store("h.example", "bob", "2")
	w.finds("h.example", "bob", "2")
	w.holds(h, "bob")
	w.erase("h.example")
	w.misses("h.example")
	w.holds(h)
}

// DOC-22: keep_accounts keeps the first, but bob is who answers.
func TestKeepAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.options = &docker.Options{KeepAccounts: true}
	w.store("h.example", "alice", "1")
	w.store("h.example", "bob", "2")
	w.finds("h.example", "bob", "2")
	w.holds(h, "alice", "bob")
	w.lists(`{"h.example":"bob"}`)
}

// DOC-14, DOC-21, DOC-27, and row 11: logins of a person's own stay.
func TestLoginsOfAPersonStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login(h, "alice")
	w.login(h, "bob")
	w.finds("h.example", "bob", "s-bob")
	w.switchTo(h, "alice")
	w.finds("h.example", "alice", "s-alice")
	w.store("h.example", "carol", "3")
	w.finds("h.example", "carol", "3")
	w.holds(h, "alice", "bob", "carol")
	w.erase("h.example")
	w.misses("h.example")
	w.holds(h, "alice", "bob")
	w.lists(`{}`)
}

// DOC-16, DOC-27, and row 11a: a login that can get another token loses only the
// one it has, and says so.
func TestEraseLeavesALogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login(h, "alice", withRefresh)
	w.finds("h.example", "alice", "s-alice")
	w.do("erase", "h.example", output{stderr: "keyglot: the login for h.example stays; end it with: keyglot auth logout h.example\n"})
	w.holds(h, "alice")
	w.do("get", "h.example", output{notFound + "\n", "keyglot: login for h.example expired; run: keyglot auth login h.example\n", 1})
}

// DOC-14, DOC-27, and row 11b: no account answers in place of an erased one.
func TestEraseMakesNobodyCurrent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login(h, "alice")
	w.store("h.example", "bob", "2")
	w.finds("h.example", "bob", "2")
	w.erase("h.example")
	w.misses("h.example")
	w.holds(h, "alice")
	w.store("h.example", "alice", "s-alice")
	w.finds("h.example", "alice", "s-alice")
}

// DOC-23: a client that stores what it was given changes nothing: the login
// stays a login, and nothing is written.
func TestStoringTheAnswerAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login(h, "alice", withRefresh, func(c *helper.Credential) { c.Login = "oauth2accesstoken" })
	w.finds("h.example", "oauth2accesstoken", "s-alice")
	saves := w.saves
	w.store("h.example", "oauth2accesstoken", "s-alice")
	w.holds(h, "alice")
	for _, c := range w.records {
		if w.saves != saves || c.Kind != helper.Bearer || !c.Refresh.IsSet() || c.Origin != helper.OriginLogin {
			t.Errorf("%d writes, %+v", w.saves-saves, c.Entry)
		}
	}
}

// DOC-24: a store that fails leaves the login before it.
func TestFailedStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store("h.example", "alice", "1")
	c := ask("store", `{"ServerURL":"h.example","Username":"bob","Secret":"2"}`)
	w.broken = helper.ErrUnavailable
	if got := c.run(t, w.Helper); got.code != 1 || got.stdout != "keyglot: credential store is not available (shelf)\n" {
		t.Errorf("%+v", got)
	}
	w.broken = nil
	w.finds("h.example", "alice", "1")
	w.holds(h, "alice")
}

// DOC-20, DOC-50, DOC-51, and row 28: an identity token is docker's alone.
func TestIdentityToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store("h.example", "<token>", "RT-1")
	w.do("get", "h.example", output{stdout: `{"ServerURL":"h.example","Username":"\u003ctoken\u003e","Secret":"RT-1"}` + "\n"})
	w.lists(`{"h.example":"\u003ctoken\u003e"}`)
	for _, kinds := range [][]helper.Kind{{helper.Basic}, {helper.Basic, helper.Bearer, helper.Header}} {
		if a, err := w.Get(t.Context(), helper.Query{Target: h, Kinds: kinds}); err == nil {
			t.Errorf("offered to %v: %+v", kinds, a.Entry)
		}
	}
	w.store("h.example", "alice", "1")
	w.holds(h, "alice")
}

// DOC-15, DOC-30, and row 27: kinds that docker cannot carry, and git's
// credentials, which answer but are never listed.
func TestWhatIsNotDockers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(helper.OriginGit, target("https", "github.com", ""), "alice")
	w.login(h, "robot", func(c *helper.Credential) { c.Kind = helper.Header })
	w.finds("github.com", "alice", "s-alice")
	w.misses("h.example")
	w.lists(`{}`)
	w.erase("h.example")
	w.holds(h, "robot")
}

// DOC-21, DOC-29, DOC-30: what git has stored is docker's too, once docker stores it: it is listed as last stored,
// and answers for what lies below. A login of a person that is stored back stays as it was (DOC-23).
func TestStoringWhatGitHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(helper.OriginGit, h, "alice", exact)
	w.misses("h.example/team/app")
	w.store("h.example", "alice", "s-alice")
	w.finds("h.example/team/app", "alice", "s-alice")
	w.lists(`{"h.example":"alice"}`)
	w.store("https://h.example", "alice", "s-alice")
	w.lists(`{"https://h.example":"alice"}`)
	saves := w.saves
	w.store("https://h.example", "alice", "s-alice")
	w.login(target("https", "ghcr.io", ""), "bob")
	w.store("ghcr.io", "bob", "s-bob")
	w.lists(`{"https://h.example":"alice"}`)
	if w.saves != saves+1 {
		t.Errorf("%d writes, want that of the login", w.saves-saves)
	}
}

// DOC-28, DOC-32, DOC-52, and row 20: a locked store is no empty one.
func TestLockedStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store("ghcr.io", "alice", "1")
	w.store("h.example", "<token>", "RT")
	w.locked = true
	for action, stdin := range map[string]string{
		"get": "ghcr.io", "erase": "ghcr.io", "store": `{"ServerURL":"ghcr.io","Username":"alice","Secret":"2"}`,
	} {
		if got := ask(action, stdin).run(t, w.Helper); got.code != 1 || got.stdout != "keyglot: credential store is locked (shelf)\n" {
			t.Errorf("%s: %+v", action, got)
		}
	}
	w.misses("other.example") // the index proves it
	w.lists(`{"ghcr.io":"alice"}`)
	w.locked = false
	w.finds("ghcr.io", "alice", "1")
}

// DOC-17: a miss looks at the index only.
func TestMissLoadsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store("ghcr.io/team", "alice", "1")
	loads := w.loads
	w.misses("ghcr.io/other/app", "ghcr.io", "h.example", "http://ghcr.io/team")
	if w.loads != loads {
		t.Errorf("%d records were loaded", w.loads-loads)
	}
}

// DOC-75, and row 25: readers beside a writer, who logs in again and then as another, see a whole record, always,
// wherever their steps fall among the writer's.
func TestReadersBesideAWriter(t *testing.T) {
	t.Parallel()
	w := helpertest.New("shelf")
	store := func(user, secret string) func(*helper.Helper) {
		return func(h *helper.Helper) {
			c := ask("store", `{"ServerURL":"h.example","Username":"`+user+`","Secret":"`+secret+`"}`)
			if got := c.run(t, h); got != (output{}) {
				t.Errorf("%+v", got)
			}
		}
	}
	w.Film(store("alice", "old"))
	for name, change := range map[string]func(*helper.Helper){
		"again":   store("alice", "new"),
		"another": store("bob", "new"),
	} {
		for cuts, reader := range w.Film(change).Readers(8) {
			got := ask("get", "h.example").run(t, reader)
			if got.code != 0 || !strings.Contains(got.stdout, `"alice","Secret":"old"`) && !strings.Contains(got.stdout, `"new"`) {
				t.Fatalf("%s, a get that sees the moments %s: %+v", name, cuts, got)
			}
		}
		w.Film(store("alice", "old"))
	}
}
