package ghhosts

import (
	"slices"

	"keyglot/helper"
	"keyglot/helper/linecut"
)

// Remove returns the file without the oauth_token lines of the accounts that
// drop names, as gh writes it when the keyring has the token; everything else
// stays byte for byte. An active user's token that differs from the one at the
// host is linecut.ErrLayout: that one was never read.
func Remove(data []byte, drop func(helper.Credential) bool) ([]byte, error) {
	if _, _, err := Parse(data); err != nil {
		return nil, err
	}
	hosts, err := parse(string(data))
	if err != nil {
		return nil, err
	}
	gone := map[int]bool{}
	for _, h := range hosts {
		for _, u := range accounts(h) {
			c, reason := credential(h, u)
			if reason != "" || !drop(c) {
				continue
			}
			at := h.child("users").child(u.name).child("oauth_token")
			gone[at.line] = true
			if u.name != h.child("user").value {
				continue
			}
			if copied := h.child("oauth_token"); copied.value != "" && copied.value != u.token {
				return nil, linecut.ErrLayout
			}
			gone[h.child("oauth_token").line] = true
		}
	}
	left := linecut.Drop(data, gone) // line 0, of what is not there, is none
	return left, proved(hosts, string(left), gone)
}

// proved holds what is left to what was there: the same but for those lines.
func proved(hosts []*node, left string, gone map[int]bool) error {
	after, err := parse(left)
	if err != nil || !slices.EqualFunc(without(hosts, gone), after, same) {
		return linecut.ErrLayout
	}
	return nil
}

func without(list []*node, gone map[int]bool) []*node {
	var kept []*node
	for _, n := range list {
		if !gone[n.line] {
			kept = append(kept, &node{name: n.name, value: n.value, children: without(n.children, gone)})
		}
	}
	return kept
}

func same(a, b *node) bool {
	return a.name == b.name && a.value == b.value && slices.EqualFunc(a.children, b.children, same)
}
