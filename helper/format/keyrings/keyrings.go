// Package keyrings reads the names under which other tools file what they keep
// in the keyrings of the systems. A name that is not the tool's, or that is not
// safe to take over (SEC-1 to SEC-8), is nil. What comes back has no secret yet.
package keyrings

import (
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/cargotoml"
)

// Git is git's own helper's: protocol, host with its port, path and user, as
// the request had them. It answers for its own path alone.
func Git(protocol, host, path, user string) *helper.Credential {
	scheme, err := helper.ParseScheme(protocol)
	if err != nil || helper.HasControl(user+path) {
		return nil
	}
	if host, err = helper.ParseHost(scheme, host); err != nil {
		return nil
	}
	c := helper.Foreign(helper.Target{Scheme: scheme, Host: host, Path: helper.EncodePath(strings.TrimLeft(path, "/"))}, helper.Named(user), helper.Secret{})
	c.Exact = true
	return &c
}

// GH is gh's: its service is gh:HOST. No user at all names the current account,
// whose token it repeats: the credential has no user then.
func GH(service, user string) *helper.Credential {
	host, ok := strings.CutPrefix(service, "gh:")
	host, err := helper.ParseHost(helper.SchemeHTTPS, host)
	if !ok || err != nil || helper.HasControl(user) {
		return nil
	}
	c := helper.Foreign(helper.Target{Scheme: helper.SchemeHTTPS, Host: host}, helper.Named(user), helper.Secret{})
	c.Kind = helper.Bearer
	if user == "" {
		c.User = helper.User{}
	}
	return &c
}

// UV is uv's: its service is uv:HOST, or uv: and an address.
func UV(service, user string) *helper.Credential {
	service, ok := strings.CutPrefix(service, "uv:")
	t, err := address(service)
	if !ok || err != nil || helper.HasControl(user) {
		return nil
	}
	c := helper.Foreign(t, helper.User{Name: user, Set: user != ""}, helper.Secret{})
	return &c
}

// Cargo is that of cargo's own providers: the address of a registry's index.
func Cargo(index string) *helper.Credential {
	t, err := cargotoml.Target(index)
	if err != nil {
		return nil
	}
	c := helper.Foreign(t, helper.User{}, helper.Secret{})
	c.Attr = map[string]string{cargotoml.AttrScheme: cargotoml.AttrRaw}
	return &c
}

// Python is that of Python's keyring: the service is an address, or any name,
// which then answers for that name alone (KEYR-5).
func Python(service, user string) *helper.Credential {
	if service == "" || user == "" || helper.HasControl(service+user) || len(service) > helper.MaxField {
		return nil
	}
	t := helper.Target{Scheme: helper.SchemeItem, Host: service}
	if strings.Contains(service, "://") {
		var err error
		if t, err = address(service); err != nil {
			return nil
		}
	}
	c := helper.Foreign(t, helper.Named(user), helper.Secret{})
	return &c
}

// BasetenService is under what Baseten's CLI keeps its profiles' secrets.
const BasetenService = "baseten-profile"

// Baseten is Baseten's: the user is a profile, of which its file says where the
// secret may go. By itself it answers for no host.
func Baseten(service, profile string) *helper.Credential {
	if service != BasetenService || profile == "" || helper.HasControl(profile) {
		return nil
	}
	c := helper.Foreign(helper.Target{Scheme: helper.SchemeItem, Host: service}, helper.Named(profile), helper.Secret{})
	return &c
}

// address is a host, or an address with its scheme.
func address(text string) (helper.Target, error) {
	a, err := helper.SplitAddress(text)
	if err != nil || a.HasUser || a.Rest != "" || a.Scheme != "" && a.Scheme != helper.SchemeHTTPS && a.Scheme != helper.SchemeHTTP {
		return helper.Target{}, helper.ErrInvalid
	}
	t, err := a.Target(helper.SchemeHTTPS)
	if err == nil && helper.Evasive(t.Path) {
		err = helper.ErrInvalid
	}
	return t, err
}
