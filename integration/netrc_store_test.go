package integration_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
)

// NET-31, NET-32, STO-30, SEC-23: the user's own netrc as the store: what is in
// it answers git, plain http only on this computer, and what git stores curl
// finds. By the variable alone it is not chosen.
func TestNetrcStore(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	const mine = "# mine\nmachine h.example login ann password s3cret # from work\nmachine 127.0.0.1 login ann password local\n\nmacdef init\ncd /\n\n"
	h.write(".netrc", mine, 0o600)
	h.helpers("keyglot --backend netrc")
	fill := func(url string) result { return h.run("url="+url+"\n\n", "git", "credential", "fill") }
	for url, password := range map[string]string{"https://h.example": "s3cret", "http://127.0.0.1": "local", "https://h.example/org/r.git": "s3cret"} {
		if r := fill(url); !strings.Contains(r.out, "username=ann\npassword="+password+"\n") {
			t.Errorf("%s: %v", url, r)
		}
	}
	for _, url := range []string{"http://h.example", "https://h.example:8443", "https://bob@h.example", "https://x.h.example"} {
		if r := fill(url); strings.Contains(r.out, "password=") {
			t.Errorf("%s: %v", url, r)
		}
	}
	h.must("url=https://new.example\nusername=bob\npassword=p\n\n", "git", "credential", "approve")
	want := mine + "machine new.example\n  login bob\n  password p\n"
	if got := h.read(".netrc"); got != want {
		t.Errorf("stored: %q", got)
	}
	h.must("url=https://new.example\nusername=bob\npassword=p\n\n", "git", "credential", "reject")
	if got := h.read(".netrc"); got != mine {
		t.Errorf("erased: %q", got)
	}
	h.env["KEYGLOT_BACKEND"] = "netrc"
	if r := h.run("", "keyglot", "netrc", "get", "h.example"); r.rc != 1 || r.out != "" || r.stderr == "" {
		t.Errorf("KEYGLOT_BACKEND alone: %v", r)
	}
}

// NET-40 (13): eight processes add different machines at once.
func TestNetrcStoreCrowd(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			r := h.run(fmt.Sprintf("url=https://h%d.example\nusername=ann\npassword=p%d\n\n", n, n), "git-credential-keyglot", "--backend", "netrc", "store")
			if r.rc != 0 || r.stderr != "" {
				t.Errorf("%v", r)
			}
		})
	}
	wait.Wait()
	text := h.read(".netrc")
	for n := range 8 {
		if entry := fmt.Sprintf("machine h%d.example\n  login ann\n  password p%d\n", n, n); strings.Count(text, entry) != 1 {
			t.Errorf("%q is not in %q", entry, text)
		}
	}
}

// NET-13, NET-39 (11), (16): a file that must not be used, or is broken, is an
// error with its name and the way out, for get and for erase, and stays as it was.
func TestNetrcStoreRefused(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]struct {
		text string
		mode fs.FileMode
		want []string
	}{
		"mode 0644":     {"machine h.example login ann password canary\n", 0o644, []string{"can be read by others", "chmod 600 "}},
		"an open quote": {"machine i.example login ann password \"canary\n", 0o600, []string{"line 1: a quote is never closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			h.write(".netrc", bad.text, 0o600)
			if err := os.Chmod(h.path(".netrc"), bad.mode); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"get"}, {"erase"}, {"store"}} {
				input := "protocol=https\nhost=h.example\nusername=ann\n"
				if args[0] == "store" {
					input += "password=p\n"
				}
				r := h.run(input+"\n", "git-credential-keyglot", append([]string{"--backend", "netrc"}, args...)...)
				all := r.out + r.stderr
				if strings.Contains(all, "canary") || r.stderr == "" {
					t.Errorf("%v", r)
				}
				if !strings.Contains(r.stderr, bad.want[0]) {
					t.Errorf("%v\nwant %q", r, bad.want)
				}
			}
			if h.read(".netrc") != bad.text {
				t.Error("the file was changed")
			}
			if r := h.run("p\n", "keyglot", "auth", "login", "h.example", "--username", "ann", "--password", "-", "--backend", "netrc"); r.rc == 0 || !strings.Contains(r.stderr, bad.want[len(bad.want)-1]) {
				t.Errorf("%v\nwant %q", r, bad.want)
			}
		})
	}
}

// NET-31, NET-10 (9, 10): as a source the file answers every protocol, its
// first entry when no login is asked for, never its default, and is never
// written: an erase that finds its only match there says so.
func TestNetrcSource(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	const text = "machine h.example login ann password first\nmachine h.example login bob password second\nmachine t.example password a-token\nmachine 127.0.0.1 login ann password local\ndefault login d password x\n"
	h.write(".netrc", text, 0o600)
	get := func(input string) result { return h.run(input, "git-credential-keyglot", "get") }
	expect(t, get(request("h.example")), 0, "") // off by default
	h.sources("netrc")
	expect(t, get(request("h.example")), 0, "username=ann\npassword=first\n")
	expect(t, get(request("h.example", "username=bob")), 0, "username=bob\npassword=second\n")
	expect(t, get(request("h.example", "username=u2")), 0, "")
	expect(t, get(request("x.example")), 0, "")
	expect(t, h.run("", "keyglot", "netrc", "get", "t.example"), 0, "machine t.example login __token__ password a-token\n")
	if r := h.run("h.example\n", "docker-credential-keyglot", "get"); !strings.Contains(r.out, `"Username":"ann","Secret":"first"`) {
		t.Errorf("%v", r)
	}
	for _, erase := range []result{
		h.run(request("h.example", "username=ann", "password=first"), "git-credential-keyglot", "erase"),
		h.run("t.example\n", "docker-credential-keyglot", "erase"),
		h.run("h.example\n", "docker-credential-keyglot", "erase"),
		h.run("127.0.0.1\n", "docker-credential-keyglot", "erase"),
		h.run("", "keyglot", "netrc", "erase", "h.example", "--all"),
		h.run("", "keyglot", "netrc", "erase", "127.0.0.1", "--all"),
	} {
		if erase.rc != 0 || erase.out != "" || strings.Count(erase.stderr, "\n") != 1 {
			t.Errorf("%v", erase)
		}
	}
	if h.read(".netrc") != text {
		t.Error("the file was changed")
	}
	// The options are those of the store.
	h.write("own", "machine h.example login own password p\n", 0o600)
	h.write(".config/keyglot/config.toml", "sources = [\"netrc\"]\n[backends.netrc]\npath = \"~/own\"\nany_port = true\n", 0o600)
	expect(t, get(request("h.example:8443")), 0, "username=own\npassword=p\n")
}

// NET-12, NET-28 (17): import without a name reads what NETRC names, and nothing
// in its place.
func TestNetrcImportLocation(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.write(".netrc", "machine h.example login home password p\n", 0o600)
	h.write("other", "machine h.example login other password p\n", 0o600)
	for _, row := range []struct {
		variable string
		rc       int
		login    string
	}{{h.path("none"), 4, ""}, {"~/other", 0, "other"}, {"", 0, "home"}} {
		h.env["NETRC"] = row.variable
		r := h.run("", "keyglot", "auth", "import", "netrc", "--dry-run")
		if r.rc != row.rc {
			t.Errorf("%q: %v", row.variable, r)
		}
		if row.login == "" {
			continue
		}
		h.must("", "keyglot", "auth", "import", "netrc", "--overwrite")
		if got := h.must("", "keyglot", "netrc", "list"); !strings.Contains(got, "login "+row.login+"\n") {
			t.Errorf("%q: %s", row.variable, got)
		}
	}
}
