package provider

import (
	"strings"

	"keyglot/helper"
)

// Check is the request by which a service tells whether it takes a credential,
// and whose it is (AUTH-37).
type Check struct {
	URL string // for the hosts that are built in
	// Remote is the same at one that is hosted elsewhere: {base} is its address,
	// {api} that of its interface, as with Baseten.
	Remote string
	JSON   string // posted; "": a GET
	// Members of the answer, an object: those inside others by names with dots.
	Needed                      string // the credential is refused where it is null
	Login, ID, Email, Name, Org string // who it is
}

// CheckOf is the check of a credential for a target, or false. remote is the
// address of the service itself where a login named one. A token for a server
// that the configuration added goes to no other: that one has its own check.
func (p Preset) CheckOf(t helper.Target, remote string) (Check, bool) {
	c := p.Check
	switch {
	case t.Scheme != helper.SchemeHTTPS && remote == "":
		return Check{}, false
	case remote != "":
		base, ok := base(remote)
		if !ok {
			return Check{}, false
		}
		api := base.Scheme + "://api." + strings.TrimPrefix(base.Host, "app.")
		c.URL = strings.NewReplacer("{base}", base.String(), "{api}", api).Replace(c.Remote)
	case has(p.own, t.Host):
		if !sameHost(p.CheckURL, t) {
			return Check{}, false
		}
		c = Check{URL: p.CheckURL}
	case !has(p.Hosts, t.Host):
		return Check{}, false
	}
	return c, c.URL != ""
}

// sameHost reports whether an address is at the host of a target.
func sameHost(address string, t helper.Target) bool {
	a, err := helper.SplitAddress(address)
	if err != nil {
		return false
	}
	there, err := a.Target("")
	return err == nil && there.Realm() == t.Realm()
}

// base is the address of a service itself: AUTH-39. A record may have come from
// elsewhere with another one, to which nothing is sent.
func base(remote string) (t helper.Target, ok bool) {
	a, err := helper.SplitAddress(remote)
	if err != nil || a.HasUser || a.Rest != "" {
		return t, false
	}
	t, err = a.Target("")
	ok = t.Scheme == helper.SchemeHTTPS || t.Scheme == helper.SchemeHTTP && helper.IsLoopback(t.Host)
	return t, err == nil && ok && t.Path == ""
}
