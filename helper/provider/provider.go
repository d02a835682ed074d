// Package provider knows services as data: what kinds of credentials they
// take, which user name goes with a token, which variables hold one, and where
// a person makes and revokes it. A service is one file with one value; nothing
// is computed when the program starts, and a get reads none of it.
package provider

import (
	"slices"
	"strings"

	"keyglot/helper"
)

// Preset is what is known of a service.
type Preset struct {
	ID    string
	Hosts []string // its own, without port; "*.example.com" covers what lies below
	Kinds []helper.Kind
	// BasicUser is the user name that goes with a token where a client sends
	// Basic; "" is the account, or "__token__".
	BasicUser string
	Raw       bool       // a token is sent without a scheme word
	Header    string     // how an API key is sent: "Authorization: Api-Key {key}"
	Variables []Variable // environment variables that hold a token, the first wins
	Profile   string     // the environment variable that names the profile for its hosts (AUTH-25)
	TokenList bool       // they may also hold token@host,token2@host2
	CreateURL string     // where a token is made
	RevokeURL string     // where it is revoked
	Check     Check      // how a login is checked
	CheckURL  string     // the same for the hosts that the configuration added: a GET
	Siblings  []string   // hosts that a logout cleans as well, and that no variable answers for
	Items     []string   // opaque names of docker that a logout of the whole host cleans as well
	// Organisation: the user name that tools give is the organisation of the
	// address, not an account (GIT-34).
	Organisation bool
	Note         string

	own []string // hosts that the user's configuration added
}

// Variable is an environment variable that holds a token for hosts of a preset
// (AUTH-59).
type Variable struct {
	Name string
	// Host is the variable that names the one host the token is for. It chooses
	// among those that are built in or configured, and adds none.
	Host string
	Own  bool   // never for a built-in host
	User string // the token is the password of this user; "" is a token of its own
	Now  string // the name that has taken this one's place
}

// All lists the presets.
func All() []Preset {
	return []Preset{
		anaconda, awsCodeArtifact, azureArtifacts, azureDevops, baseten, bitbucket, buf, crates, dockerHub,
		gitea, github, gitlab, googleAR, huggingface, npm, prefix, pypi, pyx,
	}
}

// Catalogue is the presets of one user.
type Catalogue []Preset

// With returns the presets as the user's configuration changes them: what a
// preset of the same ID says there replaces what is built in, and others are
// added.
func With(configured []Preset) Catalogue {
	all := All()
	for _, own := range configured {
		i := slices.IndexFunc(all, func(p Preset) bool { return p.ID == own.ID })
		if i < 0 {
			own.own = own.Hosts
			all = append(all, own)
			continue
		}
		all[i] = merge(all[i], own)
	}
	return all
}

// merge is p with what own says. Hosts add to the built-in ones: a self-hosted
// server beside the public one.
func merge(p, own Preset) Preset {
	p.Hosts = append(slices.Clone(p.Hosts), own.Hosts...)
	if len(own.Kinds) > 0 {
		p.Kinds = own.Kinds
	}
	for _, field := range []struct{ own, built *string }{
		{&own.BasicUser, &p.BasicUser}, {&own.Header, &p.Header}, {&own.CreateURL, &p.CreateURL}, {&own.RevokeURL, &p.RevokeURL}, {&own.CheckURL, &p.CheckURL},
	} {
		if *field.own != "" {
			*field.built = *field.own
		}
	}
	p.own = own.Hosts
	return p
}

// For returns the built-in preset of a target.
func For(t helper.Target) (Preset, bool) { return Catalogue(All()).For(t) }

// For returns the preset of a target: by exact host, or a whole-label
// sub-domain where the preset says so, never by a part of a name (AUTH-36).
// Only the service's own https port counts.
func (c Catalogue) For(t helper.Target) (Preset, bool) {
	if t.Scheme != helper.SchemeHTTPS {
		return Preset{}, false
	}
	for _, p := range c {
		if p.Has(t.Host) {
			return p, true
		}
	}
	return Preset{}, false
}

// Has reports whether host is one of the preset's.
func (p Preset) Has(host string) bool {
	return has(p.Hosts, host)
}

func has(hosts []string, host string) bool {
	return slices.ContainsFunc(hosts, func(own string) bool {
		base, wild := strings.CutPrefix(own, "*.")
		return host == own || wild && strings.HasSuffix(host, "."+base)
	})
}

// ByID returns the preset of that name.
func (c Catalogue) ByID(id string) (Preset, bool) {
	i := slices.IndexFunc(c, func(p Preset) bool { return p.ID == id })
	if i < 0 {
		return Preset{}, false
	}
	return c[i], true
}

// VariableHosts are the hosts that a variable of the preset answers for, where
// the variable v.Host names a host, or "": the built-in ones, or that one if the
// configuration has it. A configured server has tokens of its own, so that no
// other variable is for it.
func (p Preset) VariableHosts(v Variable, named string) []string {
	builtIn := slices.DeleteFunc(slices.Clone(p.Hosts), func(host string) bool {
		return slices.Contains(p.Siblings, host) || slices.Contains(p.own, host)
	})
	switch {
	case named != "" && has(p.own, named):
		return []string{named}
	case v.Own || named != "" && !slices.Contains(builtIn, named):
		return nil
	}
	return builtIn
}

// Takes reports whether the service takes a kind. An API key in a header of
// its own is a header record.
func (p Preset) Takes(kind helper.Kind) bool {
	return len(p.Kinds) == 0 || slices.Contains(p.Kinds, kind)
}

// Organisations lists the hosts whose user names are organisations:
// helper.Policy.Organisations.
func Organisations() []string { return azureDevops.Hosts }

// Profiles lists the presets' variables that name a profile.
func Profiles() []string { return []string{baseten.Profile} }
