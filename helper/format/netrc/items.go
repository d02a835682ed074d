package netrc

import (
	"errors"
	"net/netip"
	"strings"

	"keyglot/helper"
)

// Why an entry is not kept.
var (
	ErrTarget   = helper.Cause("not a host, host:port or URL", &helper.ErrInvalid)
	errPassword = helper.Cause("no password", &helper.ErrInvalid)
	errControl  = helper.Cause("control character", &helper.ErrInvalid)
)

// Bracketed writes a bare IPv6 address as URLs do.
func Bracketed(text string) string {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is6() {
		return "[" + text + "]"
	}
	return text
}

// Credential is what an entry is kept as: a token where it has no login, or
// the login that stands for none. scheme is that of a machine that names none;
// "" is https.
func Credential(e Entry, scheme string) (helper.Credential, error) {
	t, err := target(e.Machine, scheme)
	switch {
	case err != nil:
		return helper.Credential{}, err
	case !e.Password.Set:
		return helper.Credential{}, errPassword
	case helper.HasControl(e.Login.Text) || helper.HasControl(e.Password.Text):
		return helper.Credential{}, errControl // no netrc could ever hold it
	}
	c := helper.Foreign(t, helper.User{Name: e.Login.Text, Set: e.Login.Set}, helper.NewSecret(e.Password.Text))
	c.Origin = helper.OriginNetrc
	return c, nil
}

// target is what a machine names in netrc text, where it names no account.
func target(machine, scheme string) (helper.Target, error) {
	a, err := helper.SplitAddress(Bracketed(machine))
	if err != nil || a.Host == "" || a.HasUser || !helper.IsASCII(a.Host) {
		return helper.Target{}, ErrTarget
	}
	for _, s := range []string{a.Scheme, scheme, helper.SchemeHTTPS} {
		if scheme = s; scheme != "" {
			break
		}
	}
	t, err := a.Target(scheme)
	if err != nil || scheme != helper.SchemeHTTPS && scheme != helper.SchemeHTTP || helper.Evasive(t.Path) {
		return helper.Target{}, ErrTarget
	}
	return t, nil
}

// Items reads netrc text for an import: what can be kept, and what is left out
// with its reason. Of two entries of one machine and login readers take one or
// the other; both come back.
func Items(text []byte, scheme string) ([]helper.Item, []helper.Skip) {
	file := Parse(text)
	var items []helper.Item
	var left []helper.Skip
	for _, s := range file.Skipped {
		left = append(left, helper.Skip{Line: s.Line, Reason: s.What})
	}
	for _, e := range file.Errors {
		left = append(left, helper.Skip{Line: e.Line, Reason: e.What})
	}
	for _, e := range file.Entries {
		c, err := Credential(e, scheme)
		if err != nil {
			left = append(left, helper.Skip{Line: e.Line, Reason: strings.TrimSuffix(err.Error(), ": "+helper.ErrInvalid.Error())})
			continue
		}
		items = append(items, helper.Item{Credential: c, Line: e.Line})
	}
	return items, left
}

// Remove returns the text without the entries that drop names. Stranded are
// the macdefs behind them, as Delete has it.
func Remove(text []byte, scheme string, drop func(helper.Credential) bool) (left []byte, stranded []Skipped, err error) {
	rest, stranded, err := Parse(text).Delete(func(e Entry) bool {
		c, err := Credential(e, scheme)
		return err == nil && drop(c)
	})
	if broken, ok := errors.AsType[*SyntaxError](err); ok {
		err = helper.Cause(broken.Error(), &helper.ErrInvalid)
	}
	return []byte(rest), stranded, err
}
