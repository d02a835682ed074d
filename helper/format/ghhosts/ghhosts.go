// Package ghhosts reads the hosts.yml of GitHub's gh.
// https://cli.github.com/manual/gh_auth_login
package ghhosts

import (
	"unicode/utf8"

	"keyglot/helper"
)

var errForm = helper.Cause("not what gh writes", &helper.ErrInvalid)

// Parse reads the tokens that stand in the file; those in the keyring are
// skipped. A token is good for https and exactly its host (GIT-82). The item
// of the host's active user is Current.
func Parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	if !utf8.Valid(data) {
		return nil, nil, errForm
	}
	hosts, err := parse(string(data))
	if err != nil {
		return nil, nil, err
	}
	var items []helper.Item
	var skipped []helper.Skip
	for _, h := range hosts {
		for _, u := range accounts(h) {
			c, reason := credential(h, u)
			if reason != "" {
				skipped = append(skipped, helper.Skip{Line: u.line, Reason: reason})
				continue
			}
			items = append(items, helper.Item{Credential: c, Line: u.line, Current: u.name == h.child("user").value})
		}
	}
	return items, skipped, nil
}

// account is a user of a host.
type account struct {
	name, token string
	line        int
}

// accounts lists a host's users, or the single one of older versions. gh keeps
// the active user's token at the host as well.
func accounts(h *node) []account {
	active, token := h.child("user").value, h.child("oauth_token").value
	var list []account
	for _, u := range h.child("users").children {
		a := account{u.name, u.child("oauth_token").value, u.line}
		if a.token == "" && a.name == active {
			a.token = token
		}
		list = append(list, a)
	}
	if len(list) == 0 {
		list = append(list, account{active, token, h.line})
	}
	return list
}

func credential(h *node, u account) (c helper.Credential, reason string) {
	host, err := helper.ParseHost(helper.SchemeHTTPS, h.name)
	switch {
	case err != nil:
		return c, "not a host name"
	case u.token == "":
		return c, "the token is in the keyring"
	case u.name == "" || helper.HasControl(u.name):
		return c, "a token without its user"
	}
	c = helper.Foreign(helper.Target{Scheme: helper.SchemeHTTPS, Host: host}, helper.Named(u.name), helper.NewSecret(u.token))
	c.Kind = helper.Bearer
	return c, ""
}
