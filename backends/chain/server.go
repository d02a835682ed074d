package chain

import (
	"strings"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/format/dockerhost"
)

const (
	// hubServer is the string that docker stores Docker Hub's login under.
	hubServer = "https://index.docker.io/v1/"
	// tokenUser marks an identity token (DOC-50).
	tokenUser = "<token>"
)

// serverOf returns the string that docker stores a realm under; false: helpers
// know nothing like it, and none is asked.
func serverOf(r helper.Realm) (string, bool) {
	switch {
	case strings.Contains(r.Host, "*"), !sound(r.Host):
		return "", false
	case r.Scheme == helper.SchemeHTTPS && r.Host == dockerhost.Hub:
		return hubServer, true
	case r.Scheme == helper.SchemeHTTPS:
		return r.Host, true
	case r.Scheme == helper.SchemeHTTP:
		return "http://" + r.Host, true
	}
	return "", false
}

// realmOf is the reverse, for what serverOf returns.
func realmOf(server string) (helper.Realm, bool) {
	target, err := dockerhost.Parse(server)
	if err != nil || target.Path != "" {
		return helper.Realm{}, false
	}
	again, ok := serverOf(target.Realm())
	return target.Realm(), ok && again == server
}

// entry is that of an account which a helper has for a realm.
func entry(r helper.Realm, user string) helper.Entry {
	e := helper.Entry{
		Key: helper.Key{
			Profile: helper.DefaultProfile, User: helper.Named(user),
			Target: helper.Target{Scheme: r.Scheme, Host: r.Host},
		},
		Known: true, Kind: helper.Basic, Origin: helper.OriginDocker,
	}
	if user == tokenUser {
		e.Kind = helper.Identity
	}
	return e
}

// sound reports whether a text can be a user name or a host: text of one line.
func sound(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\n\r")
}
