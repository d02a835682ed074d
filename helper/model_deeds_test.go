package helper_test

import (
	"fmt"
	"math/rand/v2"

	"keyglot/helper"
)

// A deed is one thing that somebody does: a tool, a person, or the store itself.
type deed struct {
	verb      string
	profile   string // named on the command line
	target    helper.Target
	user      helper.User
	secret    string
	store, to int
	flag      bool
}

func (d deed) String() string {
	s := d.verb
	if d.profile != "" {
		s += " --profile " + d.profile
	}
	switch d.verb {
	case "choose", "trouble", "locked", "stuck", "well":
		return s + fmt.Sprint(" store ", d.store)
	case "their trouble", "their well":
		return s + fmt.Sprint(" source ", d.store)
	case "current profile":
		return s + " " + d.secret
	}
	s += " " + d.target.String()
	if d.user.Set {
		s += " as " + d.user.Name
	}
	if d.secret != "" {
		s += " secret " + d.secret
	}
	if d.verb == "move" {
		s += fmt.Sprint(" from ", d.store, " to ", d.to)
	}
	if d.flag {
		s += " (flag)"
	}
	return s
}

// verbs, as often as they are to come up.
var verbs = []string{
	"git get", "git get", "git get", "git get", "docker get", "docker get", "netrc get",
	"git store", "git store", "git store", "docker store", "docker store", "docker store", "netrc store", "import", "login", "login", "login",
	"git erase", "git erase", "docker erase", "docker erase", "netrc erase", "logout", "logout", "switch", "move", "move",
	"choose", "choose", "current profile", "locked", "trouble", "stuck", "well", "well", "well", "well",
	"their store", "their store", "their trouble", "their well", "their well", "wait",
}

// history is a random one. Its words are few, so that they meet often.
func history(seed uint64, length int) []deed {
	r := rand.New(rand.NewPCG(seed, 93))
	of := func(words ...string) string { return words[r.IntN(len(words))] }
	list := make([]deed, length)
	for i := range list {
		d := deed{verb: of(verbs...), store: r.IntN(3), to: r.IntN(3), flag: r.IntN(2) == 0}
		d.target = helper.Target{Scheme: "https", Host: of("h.example", "h.example", "h.example", "a.cdn.example", "h.example:8443"), Path: of("", "", "", "org", "org/r", "orgx", "org/../x")}
		if (d.verb == "login" || d.verb == "logout" || d.verb == "switch" || d.verb == "move") && r.IntN(4) == 0 {
			d.target = helper.Target{Scheme: "https", Host: "*.cdn.example"}
		}
		if name := of("", "ann", "ann", "bob", "bob", "cat"); name != "" {
			d.user = helper.Named(name)
		}
		if d.profile = of("", "", "", "", "", "", "default", "work"); d.verb == "current profile" {
			d.secret = of("default", "work", "aside")
		} else {
			d.secret = of("A", "B", "C") + "@" + d.target.Host // of no other host
		}
		list[i] = d
	}
	return list
}

func (d deed) kinds() []helper.Kind {
	switch d.verb[:3] {
	case "git":
		return []helper.Kind{helper.Basic, helper.Bearer, helper.Header}
	case "doc":
		return []helper.Kind{helper.Basic, helper.Identity, helper.Bearer}
	}
	return []helper.Kind{helper.Basic, helper.Bearer}
}

// put is what a tool or a person stores.
func (d deed) put() helper.Put {
	p := helper.Put{Credential: helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: d.target, User: d.user}, Kind: helper.Basic},
		Secret: helper.NewSecret(d.secret),
	}}
	if !d.user.Set {
		p.User = helper.Named("ann")
	}
	switch d.verb {
	case "git store":
		p.Origin, p.Exact, p.KeepLogin = helper.OriginGit, true, true
	case "docker store":
		p.Origin, p.Current, p.Sole, p.Alias = helper.OriginDocker, true, true, d.target.Host
		if !d.user.Set {
			p.User, p.Kind = helper.Named("<token>"), helper.Identity
		}
	case "netrc store":
		p.Origin = helper.OriginNetrc
		if !d.user.Set {
			p.User, p.Kind = helper.User{}, helper.Bearer
		}
	case "import":
		p.Origin, p.Exact = "import:git", true
	case "login":
		p.Origin, p.Current = helper.OriginLogin, d.flag
	}
	return p
}
