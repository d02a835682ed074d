package cli

import (
	"context"
	"errors"
	"slices"

	"keyglot/helper"
	"keyglot/helper/provider"
)

type logoutCommand struct {
	elsewhere
	Service       string  `arg:"" optional:"" help:"The service, exactly as it was stored."`
	Username      *string `short:"u" placeholder:"NAME" help:"The account; needed only if there are several."`
	All           bool    `help:"All accounts of the service; without one, everything in the profile."`
	AllProfiles   bool    `help:"In every profile."`
	IgnoreMissing bool    `help:"Succeed if nothing is stored."`
	Yes           bool    `help:"Do not ask before many are removed."`
}

func (c *logoutCommand) Run(ctx context.Context, a *app) error {
	if err := c.named(a, &c.Service); err != nil {
		return err
	}
	s, h, err := a.changing(ctx)
	if err != nil {
		return err
	}
	out := logout{logoutCommand: c, a: a, h: h}
	if c.Service == "" && (c.All || s.DefaultService == "") {
		if err := out.choose(ctx); err != nil {
			return err
		}
	} else {
		of, err := a.question(s, h, c.Service, c.Username)
		if err != nil {
			return err
		}
		out.h, out.victims = of.h, []victim{{target: of.Target, user: of.user}}
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	failed := out.remove(bounded)
	out.alongside(bounded)
	removed := slices.ContainsFunc(out.results, func(r helper.Result) bool { return r.Kept == "" })
	switch {
	case !removed && failed != nil:
		return failed
	case !removed && !out.cleared && !c.IgnoreMissing:
		out.keptByOthers()
		return out.nothing(bounded)
	}
	if err := out.tell(bounded); err != nil {
		return err
	}
	return failed
}

// logout is one logout under way.
type logout struct {
	*logoutCommand
	a       *app
	h       *helper.Helper
	victims []victim
	results []helper.Result
	cleared bool // no account is current any more, of a target whose accounts were gone
}

// victim is a record to be removed; without profile it is of the one in force.
type victim struct {
	profile string
	target  helper.Target
	user    helper.User
	only    bool // exactly that account, also the one without user name
}

// remove removes the victims, and what their service keeps under its other
// names. A store that fails does not stop the others.
func (l *logout) remove(ctx context.Context) error {
	var failed error
	for _, v := range l.victims {
		for _, h := range l.profiles(ctx, v) {
			failed = errors.Join(failed, l.removeFrom(ctx, h, v))
		}
	}
	return failed
}

func (l *logout) removeFrom(ctx context.Context, h *helper.Helper, v victim) error {
	err := l.erase(ctx, h, v)
	if several, ok := errors.AsType[*helper.Ambiguous](err); ok {
		if v.user, err = l.pick(ctx, v, several); err != nil {
			return err
		}
		v.only = true
		err = l.erase(ctx, h, v)
	}
	for _, target := range siblings(v.target) {
		also := v
		also.target = target
		e := l.erase(ctx, h, also)
		if errors.Is(e, helper.ErrAmbiguous) {
			l.a.warn(address(target) + " keeps several accounts; log out of it by its name")
			e = nil
		}
		if err == nil {
			err = e
		}
	}
	return err
}

// every reports whether all accounts of the service go.
func (l *logout) every() bool { return l.All && l.Service != "" }

// profiles is the policy for each profile that a victim is looked for in.
func (l *logout) profiles(ctx context.Context, v victim) []*helper.Helper {
	if v.profile != "" {
		return []*helper.Helper{l.h.In(v.profile)}
	}
	if !l.AllProfiles {
		return []*helper.Helper{l.h}
	}
	names, _, _ := l.h.Profiles(ctx)
	var list []*helper.Helper
	for _, name := range names {
		list = append(list, l.h.In(name))
	}
	return list
}

// siblings are a service's records under its other names (AUTH-52).
func siblings(t helper.Target) []helper.Target {
	preset, ok := provider.For(t)
	if !ok || !slices.Contains(preset.Hosts, t.Host) {
		return nil
	}
	var list []helper.Target
	for _, host := range preset.Siblings {
		if host != t.Host {
			list = append(list, helper.Target{Scheme: t.Scheme, Host: host, Path: t.Path})
		}
	}
	if t.Path == "" {
		for _, name := range preset.Items {
			list = append(list, helper.Target{Scheme: helper.SchemeItem, Host: name})
		}
	}
	return list
}

func (l *logout) erase(ctx context.Context, h *helper.Helper, v victim) error {
	before := pointers(ctx, h, v.target)
	results, err := h.Erase(ctx, helper.Removal{
		Query: helper.Query{Target: v.target, User: v.user},
		Whole: true, Every: l.every(), Only: v.only, Logout: true,
	})
	l.results = append(l.results, results...)
	l.cleared = l.cleared || pointers(ctx, h, v.target) < before
	return err
}

// pointers counts the profiles in which an account of the target is known to be
// current.
func pointers(ctx context.Context, h *helper.Helper, t helper.Target) (n int) {
	state, _ := h.Memory.Read(ctx)
	for _, p := range state.Pointers {
		if p.Target == t {
			n++
		}
	}
	return n
}
