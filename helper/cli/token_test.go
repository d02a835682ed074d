package cli_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// TestMinTTL: a token that ends before --min-ttl is printed while it is valid,
// with a warning where it cannot be renewed, and not once it has ended (C3,
// AUTH-44, H6).
func TestMinTTL(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, args string
		later      time.Duration // after the login, whose token ends after a day
		code       int
		out        string
		said       []string
	}{
		{name: "no wish", args: "pkg.example", later: 24*time.Hour - time.Second, out: "t0k\n"},
		{name: "just enough", args: "pkg.example --min-ttl 10m", later: 24*time.Hour - 10*time.Minute, out: "t0k\n"},
		{
			name: "too little", args: "pkg.example --min-ttl 10m", later: 24*time.Hour - 10*time.Minute + time.Second, out: "t0k\n",
			said: []string{"the token for https://pkg.example ends in 9 min, sooner than --min-ttl asks, and does not renew by itself"},
		},
		{
			name: "by the grammar", args: "pkg.example --min-ttl=48h --as header --color=never", out: "Authorization: Bearer t0k\n",
			said: []string{"the token for https://pkg.example ends in 24 h, sooner than --min-ttl asks, and does not renew by itself"},
		},
		{name: "no more warnings", args: "pkg.example --min-ttl 48h --quiet", out: "t0k\n"},
		{name: "a token without end", args: "for.ever --min-ttl 9000h", out: "t1k\n"},
		{
			name: "ended", args: "pkg.example --min-ttl 10m", later: 24 * time.Hour, code: 3,
			said: []string{"what is stored for https://pkg.example has expired", "hint: run: keyglot auth login pkg.example"},
		},
		{name: "not a time", args: "pkg.example --min-ttl soon", code: 2, said: []string{"a flag has a value that is not one of its own", "hint: see keyglot auth token --help"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.login("pkg.example", "", "t0k", "--expires", "1d")
			w.login("for.ever", "", "t1k")
			w.now = w.now.Add(row.later)
			if o := w.auth("token " + row.args); o.code != row.code || o.out != row.out || !slices.Equal(o.said(), row.said) {
				t.Errorf("%+v", o)
			}
		})
	}
}

// TestOffline: a login that has to be renewed is code 6 with --offline or
// KEYGLOT_OFFLINE, in a helper as well no answer; a valid token is printed (H7).
func TestOffline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	delete(w.env, "KEYGLOT_OFFLINE")
	w.login("pkg.example", "ann", "p")
	login := w.stored()
	login.Kind, login.Secret, login.Refresh, login.Expiry = helper.Bearer, helper.NewSecret("A"), helper.NewSecret("R"), w.now.Add(time.Minute)
	if err := w.file.Save(t.Context(), login); err != nil {
		t.Fatal(err)
	}
	if got := w.must("token pkg.example --offline"); got != "A\n" {
		t.Error(got)
	}
	w.now = w.now.Add(time.Hour)
	if o := w.auth("token pkg.example"); o.code != 3 {
		t.Errorf("nobody renews it: %+v", o)
	}
	gone := "the login for https://pkg.example has expired, and is not renewed offline; it is kept"
	if o := w.auth("token pkg.example --offline"); o.code != 6 || o.out != "" || o.said()[0] != gone || o.said()[1] != "hint: leave out --offline and KEYGLOT_OFFLINE" {
		t.Errorf("%+v", o)
	}
	w.env["KEYGLOT_OFFLINE"] = "1"
	if o := w.auth("token pkg.example -o json"); o.code != 6 || o.out != "" || !strings.Contains(o.stderr, `"reason":"offline"`) {
		t.Errorf("%+v", o)
	}
	if len(w.file.All()) != 1 {
		t.Error("the login is gone")
	}
}
