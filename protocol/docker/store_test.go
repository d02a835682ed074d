package docker_test

import (
	"reflect"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/protocol/docker"
)

// DOC-18, DOC-19, DOC-20, DOC-21, DOC-22, DOC-50: what a store keeps.
func TestStore(t *testing.T) {
	t.Parallel()
	kept := func(t helper.Target, user, secret, alias string, kind helper.Kind) helper.Put {
		return helper.Put{
			Credential: helper.Credential{
				Entry:  helper.Entry{Key: helper.Key{Target: t, User: helper.Named(user)}, Kind: kind, Origin: "docker", Alias: alias},
				Secret: helper.NewSecret(secret),
			},
			Current: true, Sole: true,
		}
	}
	long := strings.Repeat("x", 512<<10)
	for _, test := range []struct {
		name, stdin string
		want        helper.Put
	}{
		{"a login", `{"ServerURL":"ghcr.io","Username":"alice","Secret":"s3cret"}` + "\n", kept(target("https", "ghcr.io", ""), "alice", "s3cret", "ghcr.io", helper.Basic)},
		{"the server as sent is the alias", `{"ServerURL":"https://index.docker.io/v1/","Username":"a","Secret":"s"}`, kept(target("https", "docker.io", ""), "a", "s", "https://index.docker.io/v1/", helper.Basic)},
		{"the web login's token is an entry of its own", `{"ServerURL":"https://index.docker.io/v1/refresh-token","Username":"a","Secret":"RT..client"}`, kept(target("item", "https://index.docker.io/v1/refresh-token", ""), "a", "RT..client", "https://index.docker.io/v1/refresh-token", helper.Basic)},
		{"an identity token", `{"ServerURL":"h","Username":"<token>","Secret":"RT-1"}`, kept(target("https", "h", ""), "<token>", "RT-1", "h", helper.Identity)},
		{"an empty secret", `{"ServerURL":"h","Username":"a","Secret":""}`, kept(target("https", "h", ""), "a", "", "h", helper.Basic)},
		{"a domain user", `{"ServerURL":"h","Username":"DOMAIN\\/alice","Secret":"s"}`, kept(target("https", "h", ""), "DOMAIN\\/alice", "s", "h", helper.Basic)},
		{"a user name of control characters", `{"ServerURL":"h","Username":"a\nb\u0000","Secret":"s"}`, kept(target("https", "h", ""), "a\nb\x00", "s", "h", helper.Basic)},
		{"a secret's bytes", `{"ServerURL":"h","Username":"a","Secret":" \"<>&\u2028\u0000\n"}`, kept(target("https", "h", ""), "a", " \"<>&\u2028\x00\n", "h", helper.Basic)},
		{"half a mebibyte", `{"ServerURL":"h","Username":"a","Secret":"` + long + `"}`, kept(target("https", "h", ""), "a", long, "h", helper.Basic)},
		{"plain http on loopback", `{"ServerURL":"http://127.0.0.1:5000","Username":"a","Secret":"s"}`, kept(target("http", "127.0.0.1:5000", ""), "a", "s", "http://127.0.0.1:5000", helper.Basic)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			svc := &fake{}
			if got := ask("store", test.stdin).run(t, svc); got != (output{}) {
				t.Errorf("%+v; want silence", got)
			}
			if !reflect.DeepEqual(svc.puts, []helper.Put{test.want}) || svc.asked() != 1 {
				t.Errorf("stored %+v; want %+v", svc.puts, test.want)
			}
		})
	}
}

// DOC-22: with keep_accounts earlier logins stay.
func TestStoreKeepsAccounts(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		svc := &fake{}
		c := ask("store", `{"ServerURL":"h","Username":"a","Secret":"s"}`)
		c.options = &docker.Options{KeepAccounts: keep}
		if got := c.run(t, svc); got != (output{}) || len(svc.puts) != 1 || svc.puts[0].Sole != !keep || !svc.puts[0].Current {
			t.Errorf("keep_accounts = %v: %+v, %+v", keep, got, svc.puts)
		}
	}
}

// DOC-18, DOC-19, DOC-40, and rows 3a and 6 of the attack table: what a store
// refuses before it asks anything. No text repeats the input.
func TestStoreRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, stdin, want string }{
		{"nothing", "", "keyglot: invalid JSON on stdin"},
		{"half an object", `{"Secret":"` + canary, "keyglot: invalid JSON on stdin"},
		{"an array", `["` + canary + `"]`, "keyglot: invalid JSON on stdin"},
		{"a server twice", `{"ServerURL":"h","serverurl":"` + canary + `","Username":"a","Secret":"` + canary + `"}`, "keyglot: invalid JSON on stdin"},
		{"broken UTF-8", "{\"ServerURL\":\"h\",\"Username\":\"a\",\"Secret\":\"" + canary + "\xff\"}", "keyglot: invalid JSON on stdin"},
		{"null", "null", noServer},
		{"an empty object", "{}", noServer},
		{"an empty server", `{"ServerURL":"","Username":"a","Secret":"` + canary + `"}`, noServer},
		{"an empty user name", `{"ServerURL":"h","Username":"","Secret":"` + canary + `"}`, noUser},
		{"no user name", `{"ServerURL":"h","Secret":"` + canary + `"}`, noUser},
		{"a server of two lines", `{"ServerURL":"h\nevil","Username":"a","Secret":"` + canary + `"}`, "keyglot: invalid server URL"},
		{"a blank before the server, which a get would cut", `{"ServerURL":" h","Username":"a","Secret":"` + canary + `"}`, "keyglot: invalid server URL"},
		{"a host outside ASCII", `{"ServerURL":"bücher.example","Username":"a","Secret":"` + canary + `"}`, "keyglot: invalid server URL"},
		{"a wildcard", `{"ServerURL":"*.h.example","Username":"a","Secret":"` + canary + `"}`, "keyglot: invalid server URL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			svc := &fake{}
			if got := ask("store", test.stdin).run(t, svc); got != refused(test.want) || svc.asked() != 0 {
				t.Errorf("%+v, %d questions; want %q", got, svc.asked(), test.want)
			}
		})
	}
}
