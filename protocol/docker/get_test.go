package docker_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/docker/docker-credential-helpers/credentials"

	"keyglot/helper"
)

// DOC-11, DOC-12, DOC-15, DOC-50: a get asks for the target, in the kinds that
// docker has a form for, and answers with the words that were asked.
func TestGet(t *testing.T) {
	t.Parallel()
	alice := helper.Named("alice")
	for _, test := range []struct {
		name, stdin string
		answer      helper.Answer
		asked       helper.Target
		want        string
	}{
		{"a password", "ghcr.io", answer(helper.Basic, alice, "s3cret"), target("https", "ghcr.io", ""), `{"ServerURL":"ghcr.io","Username":"alice","Secret":"s3cret"}`},
		{"the asked words come back", "https://GHCR.io/", answer(helper.Basic, alice, "s"), target("https", "ghcr.io", ""), `{"ServerURL":"https://GHCR.io/","Username":"alice","Secret":"s"}`},
		{"blanks around are cut", " \tghcr.io\r\n", answer(helper.Basic, alice, "s"), target("https", "ghcr.io", ""), `{"ServerURL":"ghcr.io","Username":"alice","Secret":"s"}`},
		{"a namespace", "ghcr.io/team/app", answer(helper.Basic, alice, "s"), target("https", "ghcr.io", "team/app"), `{"ServerURL":"ghcr.io/team/app","Username":"alice","Secret":"s"}`},
		{"Docker Hub", "https://index.docker.io/v1/", answer(helper.Basic, alice, "s"), target("https", "docker.io", ""), `{"ServerURL":"https://index.docker.io/v1/","Username":"alice","Secret":"s"}`},
		{"user information is no user", "https://bob@ghcr.io", answer(helper.Basic, alice, "s"), target("https", "ghcr.io", ""), `{"ServerURL":"https://bob@ghcr.io","Username":"alice","Secret":"s"}`},
		{"plain http", "http://127.0.0.1:5000", answer(helper.Basic, alice, "s"), target("http", "127.0.0.1:5000", ""), `{"ServerURL":"http://127.0.0.1:5000","Username":"alice","Secret":"s"}`},
		{"an opaque name", "nerdctl-experimental://x:1/?a=b", answer(helper.Basic, alice, "s"), target("item", "nerdctl-experimental://x:1/?a=b", ""), `{"ServerURL":"nerdctl-experimental://x:1/?a=b","Username":"alice","Secret":"s"}`},
		{"an empty secret", "h", answer(helper.Basic, alice, ""), target("https", "h", ""), `{"ServerURL":"h","Username":"alice","Secret":""}`},
		{"an empty user name that is given", "h", answer(helper.Basic, helper.Named(""), "s"), target("https", "h", ""), `{"ServerURL":"h","Username":"","Secret":"s"}`},
		{"an identity token", "h", answer(helper.Identity, alice, "RT-1"), target("https", "h", ""), `{"ServerURL":"h","Username":"\u003ctoken\u003e","Secret":"RT-1"}`},
		{"an access token", "h", answer(helper.Bearer, helper.Named("oauth2accesstoken"), "AT"), target("https", "h", ""), `{"ServerURL":"h","Username":"oauth2accesstoken","Secret":"AT"}`},
		{"no user name", "h", answer(helper.Bearer, helper.User{}, canary), target("https", "h", ""), ""},
		{"a password whose user would make it an identity token", "h", answer(helper.Basic, helper.Named("<token>"), canary), target("https", "h", ""), ""},
		{"an access token that would become one", "h", answer(helper.Bearer, helper.Named("<token>"), canary), target("https", "h", ""), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			svc := &fake{get: func(helper.Query) (helper.Answer, error) { return test.answer, nil }}
			want := output{stdout: test.want + "\n"}
			if test.want == "" {
				want = refused(notFound)
			}
			if got := ask("get", test.stdin).run(t, svc); got != want {
				t.Errorf("%+v; want %+v", got, want)
			}
			query := helper.Query{Target: test.asked, Kinds: []helper.Kind{helper.Basic, helper.Identity, helper.Bearer}}
			if !reflect.DeepEqual(svc.queries, []helper.Query{query}) {
				t.Errorf("asked %+v; want %+v", svc.queries, query)
			}
		})
	}
}

// DOC-12: whatever is in it, an answer is what encoding/json makes of the
// struct, byte for byte, as docker's own helpers print it.
func TestGetIsJSON(t *testing.T) {
	t.Parallel()
	for c := range rune(0x2030) {
		text := "a" + string(c) + "b"
		var want strings.Builder
		if err := json.NewEncoder(&want).Encode(credentials.Credentials{ServerURL: "h", Username: text, Secret: text + text}); err != nil {
			t.Fatal(err)
		}
		svc := &fake{get: func(helper.Query) (helper.Answer, error) {
			return answer(helper.Basic, helper.Named(text), text+text), nil
		}}
		if got := ask("get", "h").run(t, svc); got != (output{stdout: want.String()}) {
			t.Errorf("U+%04X: %+v; want %q", c, got, want.String())
		}
	}
}

// DOC-11, DOC-13, DOC-40, DOC-47, SEC-6, SEC-12, and rows 1, 3, 14a and 16a of
// the attack table: refused or answered without a look at any store.
func TestGetAndEraseRefuse(t *testing.T) {
	t.Parallel()
	invalid := refused("keyglot: invalid server URL")
	for _, test := range []struct {
		name, stdin string
		get, erase  output
	}{
		{"nothing", "", refused(noServer), refused(noServer)},
		{"blanks", " \t\r\n", refused(noServer), refused(noServer)},
		{"two lines", "html.\nexample", invalid, invalid},
		{"a second host", "ghcr.io\nevil.example\n", invalid, invalid},
		{"NUL", "ghcr.io\x00", invalid, invalid},
		{"broken UTF-8", "ghcr.io/\xff", invalid, invalid},
		{"port 0", "h:0", invalid, invalid},
		{"a port too large", "h:65536", invalid, invalid},
		{"two at signs", "a@b@h", invalid, invalid},
		{"a backslash", `h\evil`, invalid, invalid},
		{"an escape in the host", "h%00", invalid, invalid},
		{"a wildcard", "*.h", invalid, invalid},
		{"a host outside ASCII", "bücher.example", refused(notFound), output{}},
		{"a host with a full-width dot", "https://ghcr。io/v2/", refused(notFound), output{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			svc := &fake{}
			if got := ask("get", test.stdin).run(t, svc); got != test.get {
				t.Errorf("get: %+v; want %+v", got, test.get)
			}
			if got := ask("erase", test.stdin).run(t, svc); got != test.erase {
				t.Errorf("erase: %+v; want %+v", got, test.erase)
			}
			if svc.asked() != 0 {
				t.Errorf("%d questions were asked", svc.asked())
			}
		})
	}
}

// SEC-7: a secret that JSON cannot carry is not sent in another form.
func TestGetOfBytesThatAreNoText(t *testing.T) {
	t.Parallel()
	for _, a := range []helper.Answer{
		answer(helper.Basic, helper.Named("alice"), canary+"\xff"),
		answer(helper.Basic, helper.Named("alice\xff"), canary),
	} {
		svc := &fake{get: func(helper.Query) (helper.Answer, error) { return a, nil }}
		if got := ask("get", "h").run(t, svc); got != refused("keyglot: the stored credential is not UTF-8 text") {
			t.Errorf("%+v", got)
		}
	}
}
