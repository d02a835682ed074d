package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"keyglot/helper"
)

// choose finds out what a logout without a service means: everything, the only
// record, or the one that a person picks (AUTH-52).
func (l *logout) choose(ctx context.Context) error {
	bounded, cancel := l.a.bounded(ctx)
	defer cancel()
	profile, _, err := l.a.profileSource(ctx, l.h)
	if err != nil {
		return err
	}
	listed, err := l.h.List(bounded, helper.Query{AllProfiles: true})
	listed = slices.DeleteFunc(listed, func(e helper.Listed) bool {
		return e.Source || e.Shadowed || e.Profile != profile && !l.AllProfiles || l.Username != nil && e.User != helper.Named(*l.Username)
	})
	if err != nil && (len(listed) == 0 || !l.All) {
		return err // what cannot be read may be what is meant
	}
	switch {
	case len(listed) == 0:
		return l.a.profileKnown(bounded, l.h)
	case l.All:
		l.add(listed...)
		return l.sure(bounded, len(listed))
	case len(listed) == 1:
		l.add(listed...)
		return nil
	}
	names := make([]string, len(listed))
	for i, e := range listed {
		names[i] = who(e.Entry)
		if l.AllProfiles {
			names[i] += " (profile " + show(e.Profile) + ")"
		}
	}
	picked, err := l.a.chooseMany(bounded, "Log out of which", names)
	if err != nil {
		if f, ok := errors.AsType[*fault](err); ok && f.Reason == "no_terminal" {
			return &fault{Reason: "no_service", Message: "no service given", Advice: "name one, e.g. keyglot auth logout pkg.example, or set default_service"}
		}
		return err
	}
	for _, i := range picked {
		l.add(listed[i])
	}
	return nil
}

// add adds to the victims, a wildcard before its base: in an override file they
// may be one.
func (l *logout) add(listed ...helper.Listed) {
	for _, e := range listed {
		l.victims = append(l.victims, victim{profile: e.Profile, target: e.Target, user: e.User, only: true})
	}
	slices.SortStableFunc(l.victims, func(a, b victim) int {
		return cmp.Compare(strings.Count(b.target.Host, "*"), strings.Count(a.target.Host, "*"))
	})
}

// sure asks before many records go.
func (l *logout) sure(ctx context.Context, n int) error {
	if l.Yes {
		return nil
	}
	return l.a.confirm(ctx, "removes "+plural(n, "credential"), "removed")
}

// pick lets a person say which account goes.
func (l *logout) pick(ctx context.Context, v victim, several *helper.Ambiguous) (helper.User, error) {
	ambiguous := severalMatch(ctx, l.h, v.target, several)
	ambiguous.Advice += ", or --all"
	if v.user.Set { // by the name that they send
		ambiguous.Advice = "name one of them with --username, or all with --all"
	}
	names := make([]string, len(several.Users))
	for i, u := range several.Users {
		names[i] = account(u)
	}
	i, err := l.a.choose(ctx, "Log out which account of "+address(v.target), names)
	if f, ok := errors.AsType[*fault](err); ok && f.Reason == "no_terminal" {
		return helper.User{}, ambiguous
	}
	if err != nil {
		return helper.User{}, err
	}
	return several.Users[i], nil
}
