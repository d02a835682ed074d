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
	Raw       bool     // a token is sent without a scheme word
	Header    string   // how an API key is sent: "Authorization: Api-Key {key}"
	Variables []string // environment variables that hold a token, the first wins
	TokenList bool     // they may also hold token@host,token2@host2
	CreateURL string   // where a token is made
	RevokeURL string   // where it is revoked
	Siblings  []string // hosts that a logout cleans as well, and that no variable answers for
	// Organisation: the user name that tools give is the organisation of the
	// address, not an account (GIT-34).
	Organisation bool
	Note         string
}

// All lists the presets.
func All() []Preset {
	return []Preset{
		anaconda, awsCodeArtifact, azureArtifacts, azureDevops, baseten, bitbucket, buf, crates, dockerHub,
		gitea, github, gitlab, googleAR, huggingface, npm, prefix, pypi, pyx,
	}
}

// For returns the preset of a target: by exact host, or a whole-label
// sub-domain where the preset says so, never by a part of a name (AUTH-36).
// Only the service's own https port counts.
func For(t helper.Target) (Preset, bool) {
	if t.Scheme != helper.SchemeHTTPS {
		return Preset{}, false
	}
	for _, p := range All() {
		if p.Has(t.Host) {
			return p, true
		}
	}
	return Preset{}, false
}

// Has reports whether host is one of the preset's.
func (p Preset) Has(host string) bool {
	return slices.ContainsFunc(p.Hosts, func(own string) bool {
		base, wild := strings.CutPrefix(own, "*.")
		return host == own || wild && strings.HasSuffix(host, "."+base)
	})
}

// ByID returns the preset of that name.
func ByID(id string) (Preset, bool) {
	all := All()
	i := slices.IndexFunc(all, func(p Preset) bool { return p.ID == id })
	if i < 0 {
		return Preset{}, false
	}
	return all[i], true
}

// VariableHosts are the hosts that the preset's variables answer for.
func (p Preset) VariableHosts() []string {
	return slices.DeleteFunc(slices.Clone(p.Hosts), func(host string) bool { return slices.Contains(p.Siblings, host) })
}

// Takes reports whether the service takes a kind. An API key in a header of
// its own is a header record.
func (p Preset) Takes(kind helper.Kind) bool {
	return len(p.Kinds) == 0 || slices.Contains(p.Kinds, kind)
}

// Organisations lists the hosts whose user names are organisations:
// helper.Policy.Organisations.
func Organisations() []string { return azureDevops.Hosts }
