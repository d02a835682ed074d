package integration_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/config"
	"keyglot/helper/helpertest"
)

// SEC-93, SEC-82, STO-32, STO-33, AUTH-27: the program over two real stores answers as the model does, in git's and
// in docker's words, whatever was stored, erased, switched and moved before.
func TestProgramAsTheModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			p := actor{home: newHome(t), chance: chance{rand.New(rand.NewPCG(seed, 82))}}
			for _, name := range []string{"file", "plain"} {
				p.m.Places = append(p.m.Places, &helpertest.Shelf{Name: name, Records: map[helper.Key]helpertest.Kept{}})
			}
			for i := range 120 {
				p.m.Chosen, p.m.Now = p.IntN(2), time.Now()
				p.target = helper.Target{Scheme: "https", Host: "h.example", Path: p.of("", "", "org", "org/r")}
				p.user, p.secret = p.of("ann", "bob", "cat"), p.of("A", "B", fmt.Sprint("C", i))
				what, wrong := p.act()
				p.past = append(p.past, what)
				if wrong != "" {
					t.Fatalf("%s\n%s", wrong, strings.Join(p.past, "\n"))
				}
				state, err := config.State{Dir: p.path(".local/state/keyglot")}.Read(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				p.m.Pointers, p.m.Aside, p.m.Written = state.Pointers, state.Rejected, state.Written
			}
			if p.answered < 5 {
				t.Errorf("only %d questions were answered", p.answered)
			}
		})
	}
}

// An actor acts at random, and the model with it.
type actor struct {
	*home
	chance
	m            helpertest.Model
	target       helper.Target
	user, secret string
	answered     int
	past         []string
}

// keyglot runs a command on the store that is chosen. There being nothing is no
// failure, except in the words of the command.
func (p *actor) keyglot(stdin string, words ...string) (result, error) {
	r := p.run(stdin, "keyglot", slices.Concat(words[:1], []string{"--backend", p.m.Places[p.m.Chosen].Name}, words[1:])...)
	switch r.rc {
	case 0:
		return r, nil
	case 4:
		return r, helper.ErrNotFound
	}
	return r, errors.New(strings.TrimSpace(r.out + r.stderr))
}

func (p *actor) act() (what, wrong string) {
	service := strings.TrimPrefix(p.target.String(), "https://")
	request := "protocol=https\nhost=h.example\n"
	if p.target.Path != "" {
		request += "path=" + p.target.Path + "\n"
	}
	as := request + "username=" + p.user + "\npassword=" + p.secret + "\n"
	put := helper.Put{Credential: helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: p.target, User: helper.Named(p.user)}, Kind: helper.Basic},
		Secret: helper.NewSecret(p.secret),
	}}
	q := helper.Query{Target: p.target, User: put.User, Kinds: []helper.Kind{helper.Basic, helper.Bearer, helper.Header}}
	verb := p.of("git get", "git get", "docker get", "docker get", "git store", "docker store", "login", "login", "git erase", "docker erase", "logout", "switch", "move")
	var err error
	switch verb {
	case "git get", "docker get":
		wrong = p.get(verb, request, service, q)
	case "git store":
		put.Origin, put.Exact, put.KeepLogin = helper.OriginGit, true, true
		_, err = p.keyglot(as, "git", "store")
		wrong = p.m.Store("", put, err)
	case "docker store":
		put.Origin, put.Current, put.Sole = helper.OriginDocker, true, true
		_, err = p.keyglot(fmt.Sprintf(`{"ServerURL":%q,"Username":%q,"Secret":%q}`, service, p.user, p.secret), "docker", "store")
		wrong = p.m.Store("", put, err)
	case "login":
		put.Origin, put.Current = helper.OriginLogin, true
		_, err = p.keyglot(p.secret, "auth", "login", service, "-u", p.user, "--password", "-")
		wrong = p.m.Store("", put, err)
	case "git erase":
		q.Secret = put.Secret
		_, err = p.keyglot(as, "git", "erase")
		wrong = p.m.Erase("", helper.Removal{Query: q}, err)
	case "docker erase":
		q.User, q.Kinds = helper.User{}, []helper.Kind{helper.Basic, helper.Identity, helper.Bearer}
		_, err = p.keyglot(service, "docker", "erase")
		wrong = p.m.Erase("", helper.Removal{Query: q, Whole: true, Origin: helper.OriginDocker}, err)
	case "logout":
		_, err = p.keyglot("", "auth", "logout", service, "-u", p.user)
		if err == helper.ErrNotFound {
			err = nil
		}
		wrong = p.m.Erase("", helper.Removal{Query: helper.Query{Target: p.target, User: put.User}, Whole: true, Only: true, Logout: true}, err)
	case "switch":
		_, err = p.keyglot("", "auth", "switch", service, "-u", p.user)
		wrong = p.m.Switch("", p.target, put.User, err)
	case "move":
		to, from := p.m.Places[p.m.Chosen].Name, p.m.Places[1-p.m.Chosen].Name // --backend and --to must not differ
		_, err = p.keyglot("", "auth", "move", "--all", "--from", from, "--to", to, "--yes")
		if err == helper.ErrNotFound {
			err = nil
		}
		wrong = p.m.Move("", helper.Move{From: from, To: to}, err)
		service = "all to " + to
	}
	return fmt.Sprintf("%s (%s) %s %s %s: %v", verb, p.m.Places[p.m.Chosen].Name, service, p.user, p.secret, err), wrong
}

// get asks, at times while the plain store is one that others can read, which
// keyglot does not touch.
func (p *actor) get(verb, request, service string, q helper.Query) string {
	plain, file := p.m.Places[1], p.path(".local/share/keyglot/credentials.json")
	if _, err := os.Stat(file); err == nil && p.IntN(3) == 0 {
		plain.Trouble = helper.ErrUnavailable
		if err := os.Chmod(file, 0o644); err != nil {
			return err.Error()
		}
		defer func() { plain.Trouble = nil; _ = os.Chmod(file, 0o600) }()
	}
	q.User = helper.User{}
	stdin, protocol := request, "git"
	if q.Below = q.Target.Path == ""; verb == "docker get" {
		q.Below, stdin, protocol = false, service, "docker"
	}
	r, err := p.keyglot(stdin, protocol, "get")
	want := p.m.Get("", q)
	spelled := map[string]string{
		"git":    "username=" + want.Key.User.Name + "\npassword=" + want.Secret + "\n",
		"docker": fmt.Sprintf(`{"ServerURL":%q,"Username":%q,"Secret":%q}`+"\n", service, want.Key.User.Name, want.Secret),
	}[protocol]
	silent := protocol == "git" && r.out == "" && err == nil
	missed := protocol == "docker" && strings.HasPrefix(r.out, "credentials not found")
	ok := false
	switch want.Says {
	case helpertest.Answered:
		p.answered++
		ok = r.out == spelled && err == nil
	case helpertest.None:
		ok = silent || missed
	case helpertest.Ambiguous:
		ok = silent || protocol == "docker" && !missed && err != nil
	default:
		ok = err != nil && !missed && !strings.Contains(r.out, "assword=")
	}
	if !ok {
		return fmt.Sprintf("%v\nbut the model says %+v (plain: %v)", r, want, plain.Trouble)
	}
	return ""
}
