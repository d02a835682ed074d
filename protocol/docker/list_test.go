package docker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"keyglot/helper"
)

// listed is the entry of a docker login of alice.
func listed(t helper.Target, alias string, change ...func(*helper.Listed)) helper.Listed {
	e := helper.Listed{
		Entry: helper.Entry{
			Key: helper.Key{Target: t, User: helper.Named("alice")}, Known: true,
			Kind: helper.Basic, Origin: "docker", Alias: alias,
		},
		Current: true,
	}
	for _, c := range change {
		c(&e)
	}
	return e
}

func kind(k helper.Kind) func(*helper.Listed) { return func(e *helper.Listed) { e.Kind = k } }

// DOC-29, DOC-30, DOC-31, DOC-51, and row 27 of the attack table: one object,
// its keys as they were stored and sorted; what get would not answer is left
// out.
func TestList(t *testing.T) {
	t.Parallel()
	h, g := target("https", "h.example", ""), target("https", "g.example", "")
	miss := func(helper.Query) (helper.Answer, error) { return helper.Answer{}, helper.ErrNotFound }
	gives := func(a helper.Answer) func(helper.Query) (helper.Answer, error) {
		return func(helper.Query) (helper.Answer, error) { return a, nil }
	}
	for _, test := range []struct {
		name   string
		listed []helper.Listed
		get    func(helper.Query) (helper.Answer, error)
		want   string
		loaded int
	}{
		{"nothing", nil, miss, `{}`, 0},
		{
			"passwords, sorted, not loaded",
			[]helper.Listed{listed(h, "h.example"), listed(g, "https://g.example/"), listed(target("https", "docker.io", ""), "docker.io")},
			miss,
			`{"docker.io":"alice","h.example":"alice","https://g.example/":"alice"}`, 0,
		},
		{"a namespace", []helper.Listed{listed(target("https", "h.example", "team"), "h.example/team")}, miss, `{"h.example/team":"alice"}`, 0},
		{"an opaque name", []helper.Listed{listed(target("item", "foo://x", ""), "foo://x")}, miss, `{"foo://x":"alice"}`, 0},
		{"a login that was never docker's", []helper.Listed{listed(h, "")}, miss, `{}`, 0},
		{"an address that asks for something else", []helper.Listed{listed(h, "g.example")}, miss, `{}`, 0},
		{"an account that is not current", []helper.Listed{listed(h, "h.example", func(e *helper.Listed) { e.Current = false })}, miss, `{}`, 0},
		{"a record behind another of its key", []helper.Listed{listed(h, "h.example", func(e *helper.Listed) { e.Shadowed = true })}, miss, `{}`, 0},
		{"no user name", []helper.Listed{listed(h, "h.example", func(e *helper.Listed) { e.User = helper.User{} })}, miss, `{}`, 0},
		{"a Basic user name of its own", []helper.Listed{listed(h, "h.example", func(e *helper.Listed) { e.Login = "robot" })}, miss, `{"h.example":"robot"}`, 0},
		{"a user name of bytes that are no text", []helper.Listed{listed(h, "h.example", func(e *helper.Listed) { e.User.Name = "\xff" })}, miss, `{}`, 0},
		{"an identity token", []helper.Listed{listed(h, "h.example", kind(helper.Identity))}, gives(answer(helper.Identity, helper.Named("<token>"), canary)), `{"h.example":"\u003ctoken\u003e"}`, 1},
		{"an access token", []helper.Listed{listed(h, "h.example", kind(helper.Bearer))}, gives(answer(helper.Bearer, helper.Named("oauth2accesstoken"), canary)), `{"h.example":"oauth2accesstoken"}`, 1},
		{"a token that cannot be had", []helper.Listed{listed(h, "h.example", kind(helper.Bearer)), listed(g, "g.example")}, miss, `{"g.example":"alice"}`, 1},
		{"an entry of which only the key is known", []helper.Listed{listed(h, "h.example", func(e *helper.Listed) { e.Known = false })}, miss, `{}`, 1},
		{
			"an entry of which only the key is known, and the record can be had",
			[]helper.Listed{listed(h, "", func(e *helper.Listed) { e.Known, e.Kind = false, "" })},
			gives(helper.Answer{Credential: helper.Credential{Entry: listed(h, "h.example").Entry}, Sends: helper.Named("alice")}), `{"h.example":"alice"}`, 1,
		},
		{
			"another record than the one whose key is known",
			[]helper.Listed{listed(h, "", func(e *helper.Listed) { e.Known = false })},
			gives(helper.Answer{Credential: helper.Credential{Entry: listed(g, "g.example").Entry}, Sends: helper.Named("alice")}), `{}`, 1,
		},
		{"plain http that is allowed no more", []helper.Listed{listed(target("http", "h.example", ""), "http://h.example")}, miss, `{}`, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			svc := &fake{listed: test.listed, get: test.get}
			if got, want := (call{args: []string{"list"}, stdin: silent{}}).run(t, svc), (output{stdout: test.want + "\n"}); got != want || len(svc.queries) != test.loaded {
				t.Errorf("%+v, %d loaded; want %+v, %d", got, len(svc.queries), want, test.loaded)
			}
		})
	}
}

// DOC-32, and row 20 of the attack table: with a locked store what needs no
// secret is listed all the same; a list that is not whole is an error.
func TestListOfALockedStore(t *testing.T) {
	t.Parallel()
	locked := &helper.StoreError{Store: "secretservice", Op: "load", Err: helper.ErrLocked}
	entries := []helper.Listed{
		listed(target("https", "h.example", ""), "h.example"),
		listed(target("https", "g.example", ""), "g.example", kind(helper.Identity)),
	}
	svc := &fake{listed: entries, get: func(helper.Query) (helper.Answer, error) { return helper.Answer{}, locked }}
	if got, want := ask("list", "unused").run(t, svc), (output{stdout: `{"h.example":"alice"}` + "\n"}); got != want {
		t.Errorf("%+v; want %+v", got, want)
	}
	svc = &fake{listed: entries, err: locked}
	if got := ask("list", "unused").run(t, svc); got.stdout != "keyglot: credential store is locked (secretservice)\n" || got.code != 1 {
		t.Errorf("%+v", got)
	}
}

// DOC-9: a list that the budget has cut short is not given out as whole.
func TestListThatIsLate(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	svc := &fake{
		listed: []helper.Listed{listed(target("https", "g.example", ""), "g.example", kind(helper.Identity))},
		get:    func(helper.Query) (helper.Answer, error) { return helper.Answer{}, ctx.Err() },
	}
	got := call{ctx: ctx, args: []string{"list"}}.run(t, svc)
	if got.stdout != "keyglot: credential store did not answer within 8s\n" || got.code != 1 {
		t.Errorf("%+v", got)
	}
}

// Row 26 of the attack table: only what is no password is loaded.
func TestListLoadsTokensOnly(t *testing.T) {
	t.Parallel()
	var entries []helper.Listed
	for i := range 1000 {
		host := fmt.Sprintf("h%d.example", i)
		entries = append(entries, listed(target("https", host, ""), host))
	}
	for _, host := range []string{"t1.example", "t2.example"} {
		entries = append(entries, listed(target("https", host, ""), host, kind(helper.Bearer)))
	}
	svc := &fake{listed: entries, get: func(helper.Query) (helper.Answer, error) { return helper.Answer{}, errors.New("gone") }}
	if got := ask("list", "").run(t, svc); got.code != 0 || len(svc.queries) != 2 {
		t.Errorf("rc %d, %d loaded; want 0, 2", got.code, len(svc.queries))
	}
	asked := []string{svc.queries[0].Target.Host, svc.queries[1].Target.Host}
	if !slices.Equal(asked, []string{"t1.example", "t2.example"}) {
		t.Errorf("loaded %v", asked)
	}
}
