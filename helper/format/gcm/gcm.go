// Package gcm reads what Git Credential Manager stores: a service, an account
// and a password; in its plaintext store a file each.
// https://github.com/git-ecosystem/git-credential-manager/blob/main/docs/credstores.md
package gcm

import (
	"strings"

	"keyglot/helper"
)

// Entry is one item of any of GCM's stores.
type Entry struct {
	Service string // an address, in keyrings with "git:" before it
	Account string // "" if it has none
	Secret  string
}

// ReadFile reads a file of the plaintext store: the password in the first line,
// then service=URL and account=USER.
func ReadFile(data []byte) Entry {
	password, rest, _ := strings.Cut(string(data), "\n")
	e := Entry{Secret: strings.TrimSuffix(password, "\r")}
	for line := range strings.Lines(rest) {
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		switch name {
		case "service":
			e.Service = value
		case "account":
			e.Account = value
		}
	}
	return e
}

// Credentials turns entries into credentials, whose Line is their number from
// one. Refresh tokens, which GCM keeps under names of their own, go to the
// account that they belong to and are never answered as a host's password.
func Credentials(entries []Entry) ([]helper.Item, []helper.Skip) {
	var items []helper.Item
	var skipped []helper.Skip
	refresh := map[helper.Key]helper.Secret{}
	for i, e := range entries {
		c, reason := credential(e)
		if reason == "" {
			if t, ok := refreshed(c.Target); ok {
				c.Target = t
				refresh[c.Key] = c.Secret
				continue
			}
			items = append(items, helper.Item{Credential: c, Line: i + 1})
			continue
		}
		skipped = append(skipped, helper.Skip{Line: i + 1, Reason: reason})
	}
	for i := range items {
		items[i].Refresh = refresh[items[i].Key]
	}
	return items, skipped
}

// RefreshOf is the key of the account whose refresh token an entry is; false:
// it is none.
func RefreshOf(e Entry) (helper.Key, bool) {
	c, reason := credential(e)
	if reason != "" {
		return helper.Key{}, false
	}
	t, ok := refreshed(c.Target)
	c.Target = t
	return c.Key, ok
}

func credential(e Entry) (c helper.Credential, reason string) {
	a, err := helper.SplitAddress(strings.TrimPrefix(e.Service, "git:"))
	if err != nil || a.Scheme == "" || a.Rest != "" {
		return c, "no service that is an address"
	}
	t, err := a.Target(a.Scheme)
	switch {
	case err != nil || helper.Evasive(t.Path):
		return c, "no service that is an address"
	case helper.HasControl(e.Account):
		return c, "a control character in the account"
	case e.Secret == "":
		return c, "no password"
	}
	return helper.Foreign(t, helper.User{Name: e.Account, Set: e.Account != ""}, helper.NewSecret(e.Secret)), ""
}

// refreshed is the target whose refresh token GCM files under t.
func refreshed(t helper.Target) (of helper.Target, ok bool) {
	for _, prefix := range []string{"oauth-refresh-token.", "refresh_token."} { // GitLab; generic
		if host, ok := strings.CutPrefix(t.Host, prefix); ok {
			t.Host = host
			return t, true
		}
	}
	if t.Path == "refresh_token" { // Bitbucket
		t.Path = ""
		return t, true
	}
	return t, false
}
