package setup

import (
	"context"
	"slices"
	"strings"

	"keyglot/helper"
)

// Lines for single hosts, credential.ADDRESS.helper, stand in one chain with
// those for all hosts: gitcredentials(7), CREDENTIAL CONTEXTS.

// ownAddresses are the addresses that have helper lines of their own, each
// once. A pattern is none: it takes a host to know what it means.
func ownAddresses(settings []setting) []string {
	var list []string
	for _, s := range settings {
		address, ok := part(s.key)
		if ok && address != "" && !strings.Contains(address, "*") && !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	return list
}

// ownLine finds a line of keyglot's, one for all hosts before others.
func ownLine(settings []setting) (address string, ok bool) {
	for _, s := range settings {
		where, is := part(s.key)
		switch {
		case !is || kindOf(s.value) != ownHelper:
		case where == "":
			return "", true
		default:
			address, ok = where, true
		}
	}
	return address, ok
}

// checkHost looks at whom git asks for one address. Where others come before
// keyglot, or took its place, it is a problem if keyglot has something for the
// host.
func (e *Env) checkHost(ctx context.Context, settings []setting, address string) []Finding {
	asked := chain(settings, address)
	host, whole := hostOf(address)
	var found []Finding
	own := slices.IndexFunc(asked, func(s setting) bool { return kindOf(s.value) == ownHelper })
	if own < 0 {
		others := "nobody"
		if len(asked) > 0 {
			others = describedAll(asked)
		}
		_, used := ownLine(settings)
		switch {
		case !used:
			return nil
		case whole && e.has(ctx, host):
			return []Finding{bad("keyglot setup git --host "+word(host.Realm().String()), "for %s git asks %s, and not keyglot, which has something for it", host.Realm(), others)}
		}
		return []Finding{note("for %s git asks %s, and not keyglot", host.Realm(), others)}
	}
	for i, s := range asked {
		if where, _ := part(s.key); where != address || i > own || !kindOf(s.value).makes() {
			continue
		}
		f := bad(unset(s), "%s answers for %s before keyglot is asked", described(s.value), host.Realm())
		if !e.has(ctx, host) {
			f = note("%s", f.Text)
		}
		found = append(found, f)
	}
	return found
}

// describedAll are helper lines in the order in which git asks them.
func describedAll(asked []setting) string {
	var list []string
	for _, s := range asked {
		list = append(list, described(s.value))
	}
	return strings.Join(list, ", then ")
}

// hostOf is the host of an address in git's configuration, without the user name
// and password that people may have written there. whole is false where the
// address says more than a host.
func hostOf(address string) (t helper.Target, whole bool) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		scheme, rest = helper.SchemeHTTPS, address
	}
	rest, path, _ := strings.Cut(rest, "/")
	user, rest, named := cutLast(rest, "@")
	name, err := helper.ParseHost(scheme, rest)
	if err != nil {
		return helper.Target{Scheme: scheme, Host: "..."}, false
	}
	return helper.Target{Scheme: scheme, Host: name}, path == "" && (!named || user == "")
}

// cutLast cuts text around the last sep.
func cutLast(text, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return "", text, false
}

// has reports whether something is stored for a host.
func (e *Env) has(ctx context.Context, host helper.Target) bool {
	stored, _ := e.Stored(ctx) // a store that cannot be listed is the store's problem
	return slices.ContainsFunc(stored, func(entry helper.Entry) bool { return entry.Target.Realm() == host.Realm() })
}

// again is the set-up that puts a line of keyglot's right. One that set-up did
// not write is taken away.
func (e *Env) again(s setting) string {
	r, err := e.record()
	entry, wrote := r.entry(Git{}.Name(), s.key, s.value)
	_, words, ok := e.command(s.value)
	if err != nil || !wrote || !ok {
		return unset(s)
	}
	fix := "keyglot setup git"
	if entry.Scope != "" {
		fix += " --host " + word(entry.Scope)
	}
	if i := slices.Index(words, "--profile"); i >= 0 && i+1 < len(words) {
		fix += " --profile " + word(words[i+1])
	}
	if entry.Reset {
		fix += " --only"
	}
	return fix
}
