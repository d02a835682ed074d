// Package gcm reads the files of Git Credential Manager's plaintext store: the
// password in the first line, then service=URL and account=USER.
// https://github.com/git-ecosystem/git-credential-manager/blob/main/docs/credstores.md
package gcm

import (
	"strings"

	"keyglot/helper"
)

// Parse reads one file. A file without a service is skipped.
func Parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	password, rest, _ := strings.Cut(string(data), "\n")
	var service, account string
	var hasAccount bool
	for line := range strings.Lines(rest) {
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		switch name {
		case "service":
			service = value
		case "account":
			account, hasAccount = value, true
		}
	}
	c, reason := Credential(service, helper.User{Name: account, Set: hasAccount && account != ""}, strings.TrimSuffix(password, "\r"))
	if reason != "" {
		return nil, []helper.Skip{{Line: 1, Reason: reason}}, nil
	}
	return []helper.Item{{Credential: c, Line: 1}}, nil, nil
}

// Hosts under which GCM keeps refresh tokens. They are no hosts.
var refreshHosts = [...]string{"oauth-refresh-token.", "refresh_token."}

// Credential is what GCM keeps for a service: in its files the address, in
// keyrings "git:" and the address.
func Credential(service string, user helper.User, secret string) (c helper.Credential, reason string) {
	a, err := helper.SplitAddress(strings.TrimPrefix(service, "git:"))
	if err != nil || a.Scheme == "" || a.Rest != "" || helper.HasControl(user.Name) {
		return c, "no service that is an address"
	}
	t, err := a.Target(a.Scheme)
	if err != nil || helper.Evasive(t.Path) {
		return c, "no service that is an address"
	}
	for _, prefix := range refreshHosts {
		if strings.HasPrefix(t.Host, prefix) {
			return c, "a refresh token, which answers no question"
		}
	}
	if t.Path == "refresh_token" {
		return c, "a refresh token, which answers no question"
	}
	if secret == "" {
		return c, "no password"
	}
	c = helper.Foreign(t, user, helper.NewSecret(secret))
	return c, ""
}
