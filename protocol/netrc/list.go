package netrc

import (
	"context"

	"keyglot/helper"
)

// list writes the accounts of every machine that a netrc can name, without
// passwords, the current one first.
func (r run) list(ctx context.Context) error {
	if len(r.words) > 0 {
		return r.misused("list: takes no words")
	}
	entries, err := r.svc.List(ctx, helper.Query{Kinds: carried()})
	if err != nil {
		return err
	}
	byTarget := map[helper.Target][]line{}
	var order []helper.Target
	for _, e := range entries {
		if !listable(e.Entry) {
			continue
		}
		q := ofEntry(e.Entry, false)
		l := line{machine: q.host}
		if e.Target.Path != "" {
			l.machine += "/" + e.Target.Path
		}
		f := found{answer: helper.Answer{Credential: helper.Credential{Entry: e.Entry}, Sends: e.BasicUser(helper.User{})}}
		l.login = f.login()
		known := byTarget[e.Target]
		switch {
		case known == nil:
			order = append(order, e.Target)
			known = []line{l}
		case e.Current:
			known = append([]line{l}, known...)
		default:
			known = append(known, l)
		}
		byTarget[e.Target] = known
	}
	var lines []line
	for _, t := range order {
		lines = append(lines, byTarget[t]...)
	}
	return r.answer(r.writeNames(lines))
}

// listable reports whether a line can name the entry's target.
func listable(e helper.Entry) bool {
	web := e.Target.Scheme == helper.SchemeHTTPS || e.Target.Scheme == helper.SchemeHTTP
	return web && !e.Target.Realm().IsWildcard()
}
