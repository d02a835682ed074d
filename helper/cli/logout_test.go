package cli_test

import (
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
)

// TestLogoutSiblings: a logout removes what a service keeps under its other
// names, of the same account, and nothing that only looks like it (AUTH-52, B9,
// B4, E10).
func TestLogoutSiblings(t *testing.T) {
	t.Parallel()
	item := func(w *world, name, user string) {
		if err := w.file.Save(t.Context(), helper.Credential{
			Entry: helper.Entry{
				Key:  helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: helper.SchemeItem, Host: name}, User: helper.Named(user)},
				Kind: helper.Basic, Origin: "docker", Known: true,
			},
			Secret: helper.NewSecret("s"),
		}); err != nil {
			t.Fatal(err)
		}
	}
	hub := func(w *world) {
		w.login("docker.io", "ann", "1")
		w.login("docker.io/team", "bot", "1")
		item(w, "https://index.docker.io/v1/access-token", "ann")
		item(w, "https://index.docker.io/v1/refresh-token", "ann")
		item(w, "https://index.docker.io.evil.example/v1/refresh-token", "ann")
	}
	for _, row := range []struct {
		name, args string
		do         func(w *world)
		code       int
		out, err   string // what is printed
		left       string // services that remain
	}{
		{
			name: "buf", args: "buf.build",
			do: func(w *world) {
				w.login("buf.build", "", "1")
				w.login("go.buf.build", "", "1")
				w.login("sub.go.buf.build", "", "1")
			},
			out: "Logged out of https://buf.build (profile default; removed here; the token stays valid at the server, revoke it at https://buf.build/settings/user)\n" +
				"Logged out of https://go.buf.build (profile default; removed here; the token stays valid at the server, revoke it at https://buf.build/settings/user)\n",
			left: "https://sub.go.buf.build",
		},
		{
			name: "buf's sibling alone", args: "go.buf.build",
			do:  func(w *world) { w.login("buf.build", "", "1"); w.login("go.buf.build", "", "1") },
			out: "Logged out of https://go.buf.build (profile default; removed here; the token stays valid at the server, revoke it at https://buf.build/settings/user)\n", left: "https://buf.build",
		},
		{
			name: "buf, of one account", args: "buf.build -u ann",
			do: func(w *world) {
				for _, words := range []string{"buf.build -u ann", "go.buf.build -u ann", "go.buf.build -u bob"} {
					w.stdin = "1"
					w.must("login " + words + " --token -")
				}
			},
			out: "Logged out of https://buf.build as ann (profile default; removed here; the token stays valid at the server, revoke it at https://buf.build/settings/user)\n" +
				"Logged out of https://go.buf.build as ann (profile default; removed here; the token stays valid at the server, revoke it at https://buf.build/settings/user)\n",
			err:  "keyglot: bob answers for https://go.buf.build now\n",
			left: "https://go.buf.build",
		},
		{
			name: "Docker Hub's three keys", args: "docker.io", do: hub,
			out: "Logged out of https://docker.io as ann (profile default; removed here, nothing to revoke at the server)\n" +
				"Logged out of item://https://index.docker.io/v1/access-token as ann (profile default; removed here; the token stays valid at the server until it ends or is revoked there)\n" +
				"Logged out of item://https://index.docker.io/v1/refresh-token as ann (profile default; removed here; the token stays valid at the server until it ends or is revoked there)\n",
			left: "https://docker.io/team item://https://index.docker.io.evil.example/v1/refresh-token",
		},
		{
			name: "Docker Hub by its other name", args: "https://index.docker.io/v1/ --all", do: hub,
			out: "Logged out of https://docker.io as ann (profile default; removed here, nothing to revoke at the server)\n" +
				"Logged out of item://https://index.docker.io/v1/access-token as ann (profile default; removed here; the token stays valid at the server until it ends or is revoked there)\n" +
				"Logged out of item://https://index.docker.io/v1/refresh-token as ann (profile default; removed here; the token stays valid at the server until it ends or is revoked there)\n",
			left: "https://docker.io/team item://https://index.docker.io.evil.example/v1/refresh-token",
		},
		{
			name: "a namespace of Docker Hub has no such keys", args: "docker.io/team", do: hub,
			out:  "Logged out of https://docker.io/team as bot (profile default; removed here, nothing to revoke at the server)\n",
			left: "https://docker.io item://https://index.docker.io.evil.example/v1/refresh-token item://https://index.docker.io/v1/access-token item://https://index.docker.io/v1/refresh-token",
		},
		{
			name: "nothing but the tokens of the web login", args: "docker.io",
			do:  func(w *world) { item(w, "https://index.docker.io/v1/refresh-token", "ann") },
			out: "Logged out of item://https://index.docker.io/v1/refresh-token as ann (profile default; removed here; the token stays valid at the server until it ends or is revoked there)\n",
		},
		{
			name: "nobody says which account goes", args: "buf.build",
			do: func(w *world) {
				for _, words := range []string{"buf.build -u ann", "buf.build -u bob", "go.buf.build -u ann"} {
					w.stdin = "1"
					w.must("login " + words + " --token -")
				}
			},
			code: 1,
			err:  "keyglot: 2 accounts match https://buf.build: ann, bob\nkeyglot: hint: add --username, or: keyglot auth switch buf.build -u NAME, or --all\n",
			left: "https://buf.build https://buf.build https://go.buf.build",
		},
		{
			name: "several accounts at a sibling", args: "buf.build",
			do: func(w *world) {
				for _, words := range []string{"buf.build", "go.buf.build -u ann", "go.buf.build -u bob"} {
					w.stdin = "1"
					w.must("login " + words + " --token -")
				}
				w.forget()
			},
			out:  "Logged out of https://buf.build (profile default; removed here; the token stays valid at the server, revoke it at https://buf.build/settings/user)\n",
			err:  "keyglot: https://go.buf.build keeps several accounts; log out of it by its name\n",
			left: "https://go.buf.build https://go.buf.build",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			row.do(w)
			if o := w.auth("logout " + row.args); o.code != row.code || o.out != row.out || o.stderr != row.err {
				t.Errorf("%+v\nwant %s", o, row.out)
			}
			var left []string
			for line := range strings.Lines(w.must("list")) {
				if name := strings.Fields(line)[0]; name != "SERVICE" {
					left = append(left, name)
				}
			}
			if got := strings.Join(left, " "); got != row.left {
				t.Errorf("left is %q", got)
			}
		})
	}
}

// TestLogoutOrganisation: a name that Azure's tools give for an organisation is not taken for the
// current account (GIT-34, AUTH-52).
func TestLogoutOrganisation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("https://dev.azure.com/acme", "ann", "1")
	w.login("https://dev.azure.com/acme", "bob", "2")
	o := w.auth("logout https://dev.azure.com/acme -u acme")
	if o.code != 4 || o.stderr != "keyglot: no such account is stored for https://dev.azure.com/acme in profile default\nkeyglot: hint: accounts: ann, bob\n" {
		t.Errorf("%+v", o)
	}
	if list := w.must("list"); !strings.Contains(list, "ann") || !strings.Contains(list, "bob") {
		t.Errorf("left is %s", list)
	}
	if out := w.must("logout https://dev.azure.com/acme -u bob"); !strings.HasPrefix(out, "Logged out of https://dev.azure.com/acme as bob ") {
		t.Error(out)
	}
}

// TestLogoutOfTheOnlyOne: a logout that names nothing takes the only record, and none while a store
// cannot be looked into that may have others (AUTH-52, AUTH-55).
func TestLogoutOfTheOnlyOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("a.example", "ann", "1")
	w.login("b.example", "bob", "2", "--backend plain")
	w.plain.FindErr = helper.ErrLocked
	for range 2 {
		w.plain.Drop() // it says nothing of what it has
		if o := w.auth("logout"); o.code != 6 || len(w.file.All()) != 1 {
			t.Errorf("%+v, %d left", o, len(w.file.All()))
		}
	}
	w.plain.FindErr = nil
	if out := w.must("logout"); !strings.HasPrefix(out, "Logged out of https://a.example as ann ") {
		t.Error(out)
	}
}

// TestSwitchByItsPlace: an account that is shown like another one is not taken for it (AUTH-28).
func TestSwitchByItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "", "of-nobody")
	w.login("pkg.example", "-", "of-hyphen")
	for _, want := range []string{"of-nobody\n", "of-hyphen\n", "of-nobody\n"} {
		w.must("switch pkg.example")
		if got := w.must("token pkg.example"); got != want {
			t.Errorf("%q answers, want %q", got, want)
		}
	}
}

// TestLogoutOfANameThatSeveralSend: people are told to name the account, not to name one again.
func TestLogoutOfANameThatSeveralSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, user := range []string{"ann", "bob"} {
		w.stdin = "1"
		w.must("login gitlab.com --token - -u " + user)
	}
	o := w.auth("logout gitlab.com -u oauth2")
	if o.code != 1 || o.stderr != "keyglot: 2 accounts match https://gitlab.com: ann, bob\nkeyglot: hint: name one of them with --username, or all with --all\n" || len(w.file.All()) != 2 {
		t.Errorf("%+v", o)
	}
	if out := w.must("logout gitlab.com -u ann"); !strings.HasPrefix(out, "Logged out of https://gitlab.com as ann ") {
		t.Error(out)
	}
}

// TestLogoutOfTheOnly: without a service a logout is of the only record of the
// profile, of the default service where one is configured, and with several and
// nobody to ask a usage error (B1, B5, B6, B8, AUTH-52, AUTH-55).
func TestLogoutOfTheOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("home.example", "ann", "1")
	w.login("work.example", "ann", "1", "--profile", "work", "--no-switch")
	if got := w.must("logout --profile work"); !strings.HasPrefix(got, "Logged out of https://work.example as ann (profile work; ") || len(w.file.All()) != 1 {
		t.Error(got)
	}
	w.login("two.example", "ann", "1")
	if o := w.auth("logout"); o.code != 2 || o.said()[0] != "no service given" || len(w.file.All()) != 2 {
		t.Errorf("%+v", o)
	}
	w.configure("default_service = \"two.example\"\n")
	if got := w.must("logout"); !strings.HasPrefix(got, "Logged out of https://two.example ") {
		t.Error(got)
	}
	if o := w.auth("logout"); o.code != 4 || len(w.file.All()) != 1 {
		t.Errorf("%+v", o)
	}
	if got := w.must("logout --ignore-missing"); got != "" {
		t.Error(got)
	}
}

// TestLogoutTells: what becomes of the secret at the server is said as it is:
// nothing, until it ends, or until it is revoked, and where (B2, B4, AUTH-54).
func TestLogoutTells(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ login, stdin, logout, want string }{
		{"pkg.example -u ann --password -", "p", "pkg.example", "https://pkg.example as ann (profile default; removed here, nothing to revoke at the server)"},
		{"pkg.example --token -", "t", "pkg.example", "https://pkg.example (profile default; removed here; the token stays valid at the server until it ends or is revoked there)"},
		{"pkg.example --token - --expires 2027-03-31", "t", "pkg.example", "https://pkg.example (profile default; removed here; the token stays valid at the server until 2027-03-31)"},
		{"github.com --token - --expires 2027-03-31", "t", "github.com", "https://github.com (profile default; removed here; the token stays valid at the server until 2027-03-31, revoke it at https://github.com/settings/tokens)"},
		{"app.baseten.co --with-api-key", "k", "app.baseten.co", "https://app.baseten.co (profile default; removed here; the key stays valid at the server, revoke it at https://app.baseten.co/settings/api_keys)"},
		{"s3://data --s3-access-key-id id --s3-secret-access-key -", "k", "s3://data", "s3://data (profile default; removed here; the key stays valid at the server until it ends or is revoked there)"},
	} {
		w := newWorld(t)
		w.stdin = row.stdin
		w.must("login " + row.login)
		if got := w.must("logout " + row.logout); got != "Logged out of "+row.want+"\n" {
			t.Errorf("%s: %s", row.login, got)
		}
	}
}

// TestLogoutOfAUser: without a service a user name chooses as well: no record of
// another account goes, neither the only one there is nor with --all (B6, B7,
// AUTH-52).
func TestLogoutOfAUser(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args string
		code int
		left string // accounts
	}{
		{"logout -u bob", 0, "ann ann"},
		{"logout -u zoe", 4, "ann ann bob"},
		{"logout -u zoe --ignore-missing", 0, "ann ann bob"},
		{"logout -u ann", 2, "ann ann bob"}, // which of the two is to be asked
		{"logout --all -u ann --yes", 0, "bob"},
		{"logout --all -u zoe --yes", 4, "ann ann bob"},
		{"logout --all -u bob --all-profiles --yes", 0, "ann ann"},
		{"logout --all --yes", 0, ""},
	} {
		w := newWorld(t)
		w.login("a.example", "bob", "1")
		w.login("b.example", "ann", "1")
		w.login("c.example", "ann", "1")
		o := w.auth(row.args)
		var left []string
		for _, c := range w.file.All() {
			left = append(left, c.User.Name)
		}
		slices.Sort(left)
		if got := strings.Join(left, " "); o.code != row.code || got != row.left {
			t.Errorf("%s: %q is left, want %q: %+v", row.args, got, row.left, o)
		}
	}
}

// TestSwitchToAToken: an account without a user name is found, and named in
// hints, by the one that it sends (AUTH-20, AUTH-28).
func TestSwitchToAToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("forge.example", "", "s3cret-token")
	w.login("forge.example", "ann", "s3cret-ann")
	w.login("forge.example", "bob", "s3cret-bob")
	for _, args := range []string{"switch forge.example", "switch forge.example -u eve", "token forge.example -u eve", "logout forge.example -u eve"} {
		if o := w.auth(args); o.code == 0 || !strings.Contains(o.stderr, ": __token__, ann, bob\n") {
			t.Errorf("%s: %+v", args, o)
		}
	}
	w.must("switch forge.example -u __token__")
	if got := w.must("token forge.example"); got != "s3cret-token\n" {
		t.Errorf("current is %q", got)
	}
}
