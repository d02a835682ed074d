package netrc

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/visible"
)

// export writes the current accounts of the machines that are named, or of the
// whole store, sorted, to stdout or a file.
func (r run) export(ctx context.Context) error {
	if r.out == "" && r.Terminal(1) && !r.yes {
		return r.misused("export: would show passwords on the terminal; use -o FILE, or --yes")
	}
	answers, err := r.chosen(ctx)
	if err != nil {
		return err
	}
	lines, err := r.spell(ctx, answers, portsBoth)
	if err != nil {
		return err
	}
	slices.SortStableFunc(lines, func(a, b line) int { return strings.Compare(a.machine, b.machine) })
	lines = r.oneEach(lines)
	text, refused, err := r.write(lines)
	if err != nil {
		return err
	}
	if err := r.deliver(text); err != nil {
		return err
	}
	return refused
}

// chosen are the answers that export writes: of named machines all, or it
// fails; of the store what netrc can hold.
func (r run) chosen(ctx context.Context) ([]found, error) {
	if len(r.words) > 0 {
		list, err := r.arguments("export")
		if err != nil {
			return nil, err
		}
		if r.all {
			if list, err = r.accounts(ctx, list); err != nil {
				return nil, err
			}
		}
		answers, missed, err := r.lookUp(ctx, list)
		if err == nil {
			err = missed.err()
		}
		return answers, err
	}
	list, err := r.everything(ctx)
	if err != nil {
		return nil, err
	}
	answers, missed, err := r.lookUp(ctx, list)
	if err != nil {
		return nil, err
	}
	// What nothing answers for has an erased account as its current one.
	missed.unknown = nil
	if err := missed.err(); err != nil {
		r.warn("warning: left out: %v", err)
	}
	return answers, nil
}

// everything asks for the current account of every target in the store that a
// netrc can name, with --all for every account.
func (r run) everything(ctx context.Context) ([]asked, error) {
	entries, err := r.svc.List(ctx, helper.Query{})
	if err != nil {
		return nil, err
	}
	var list []asked
	seen := map[helper.Key]bool{}
	for _, e := range entries {
		if why := unfit(e.Entry); why != "" {
			r.warn("warning: left out: %s: %s", visible.Text(e.Target.Shown()), why)
			continue
		}
		q := ofEntry(e.Entry, r.all)
		if key := (helper.Key{Target: e.Target, User: q.user}); !seen[key] {
			seen[key] = true
			list = append(list, q)
		}
	}
	return list, nil
}

// unfit says why a netrc cannot hold an entry; "" if it can.
func unfit(e helper.Entry) string {
	switch {
	case e.Known && !slices.Contains(carried(), e.Kind):
		return "netrc has no credentials of kind " + string(e.Kind)
	case e.Target.Scheme != helper.SchemeHTTPS && e.Target.Scheme != helper.SchemeHTTP:
		return "netrc knows only https and http"
	case e.Target.Realm().IsWildcard():
		return "netrc has no wildcards"
	case e.Target.Path != "":
		return "most readers know no path; name it to export it"
	}
	return ""
}

// ofEntry asks for an entry's target, and for its account if named.
func ofEntry(e helper.Entry, named bool) asked {
	host := e.Target.Host
	if name, port := helper.CutPort(host); port == "" && strings.HasPrefix(name, "[") {
		host = strings.Trim(name, "[]") // readers without port look up "::1"
	}
	q := asked{host: host, targets: []helper.Target{e.Target}}
	switch {
	case !named:
	case e.User.Set:
		q.user = e.User
	case e.Login != "":
		q.user = helper.Named(e.Login)
	}
	return q
}

// accounts asks for every account of the machines.
func (r run) accounts(ctx context.Context, list []asked) ([]asked, error) {
	var all []asked
	for _, q := range list {
		before := len(all)
		for _, t := range q.targets {
			entries, err := r.svc.List(ctx, helper.Query{Target: t, User: q.user, Kinds: carried()})
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if e.Target == t && !e.Shadowed {
					one := ofEntry(e.Entry, true)
					one.host, one.path = q.host, q.path
					all = append(all, one)
				}
			}
			if len(all) > before {
				break
			}
		}
		if len(all) == before {
			all = append(all, q) // a broader record may answer
		}
	}
	return all, nil
}

// oneEach leaves one entry of each machine, the first, and with --all one of
// each account; says what is wider or shorter than it seems.
func (r run) oneEach(lines []line) []line {
	var left []line
	for _, l := range lines {
		same := func(m line) bool { return m.machine == l.machine && (m.login == l.login || !r.all) }
		if i := slices.IndexFunc(left, same); i >= 0 {
			if !left[i].password.Equal(l.password) {
				r.warn("warning: left out: a second entry for %s", visible.Text(l.machine))
			}
			continue
		}
		if len(left) > 0 && left[len(left)-1].machine == l.machine {
			r.warn("warning: %s has several entries: curl, wget, Go and buf take the first, Python and wget2 the last", visible.Text(l.machine))
		}
		left = append(left, l)
		switch beside := func(m line) bool { return strings.HasPrefix(m.machine, l.machine+":") }; {
		case l.widened != "":
			r.warn("warning: machine %s answers for every port of the host, not only for %s", visible.Text(l.machine), visible.Text(l.widened))
		case slices.ContainsFunc(lines, beside):
			r.warn("warning: machine %s answers for every port of the host, except in Go and buf", visible.Text(l.machine))
		}
		if !l.ends.IsZero() {
			r.warn("warning: what is written for %s ends at %s", visible.Text(l.machine), l.ends.UTC().Format(time.RFC3339))
		}
	}
	return left
}

// deliver writes the text to stdout or the file of -o.
func (r run) deliver(text []byte) error {
	var err error
	switch {
	case r.out == "":
		return r.answer(text)
	case r.force:
		err = atomicfile.Write(r.out, text)
	default:
		err = atomicfile.Create(r.out, text)
	}
	return mended(err)
}

// mended puts the way out into the one line of an error about a file.
func mended(err error) error {
	refused, ok := errors.AsType[*atomicfile.Refused](err)
	if !ok || refused.Fix == "" {
		return err
	}
	return &said{visible.Text(refused.Error()) + ": " + visible.Text(refused.Fix), []error{err}}
}
