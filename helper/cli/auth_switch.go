package cli

import (
	"context"
	"errors"
	"slices"

	"keyglot/helper"
)

type switchCommand struct {
	elsewhere
	Service  string  `arg:"" optional:"" help:"The service whose current account changes; without it, the profile."`
	Username *string `short:"u" placeholder:"NAME" help:"The account that is to be current."`
}

// Help is the text below the flags.
func (switchCommand) Help() string {
	return `Of two profiles, or two accounts, the other one becomes current:

  keyglot auth switch --profile work
  keyglot auth switch forge.example -u ann`
}

func (c *switchCommand) Run(ctx context.Context, a *app) error {
	if err := c.named(a, &c.Service); err != nil {
		return err
	}
	s, h, err := a.changing(ctx)
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	if c.Service == "" {
		if c.Username != nil {
			return &fault{Reason: "no_service", Message: "no service given", Advice: "name one, e.g. keyglot auth switch pkg.example -u NAME"}
		}
		return a.switchProfile(bounded, h)
	}
	of, err := a.question(s, h, c.Service, c.Username)
	if err != nil {
		return err
	}
	return a.switchAccount(bounded, of.h, of.Target, of.user)
}

// switchProfile makes the named profile current, or the other of two, or the
// one that a person picks (AUTH-28).
func (a *app) switchProfile(ctx context.Context, h *helper.Helper) error {
	name := a.common.profile
	names, current, err := h.Profiles(ctx)
	switch {
	case name != "" && slices.Contains(names, name):
	case err != nil:
		return err
	case name != "":
		return a.profileKnown(ctx, h)
	default:
		i, err := a.other(ctx, "Which profile", "name one with --profile", names, slices.Index(names, current))
		if err != nil {
			return err
		}
		name = names[i]
	}
	before, err := h.SwitchProfile(ctx, name)
	if err != nil {
		return err
	}
	a.warnProfileVariable(name)
	return a.emit(result{
		text:  "Switched to profile " + show(name),
		value: switchView{Schema: "auth.switch/1", Profile: name, PreviousProfile: &before},
	})
}

// switchAccount makes an account of exactly the target current.
func (a *app) switchAccount(ctx context.Context, h *helper.Helper, t helper.Target, user helper.User) error {
	if err := denied(h.Policy, t); err != nil {
		return err
	}
	accounts, current, pointed, err := h.Accounts(ctx, t)
	if err != nil {
		return err
	}
	if len(accounts) == 0 {
		if err := a.profileKnown(ctx, h); err != nil {
			return err
		}
		return a.nothingAt(ctx, h, t)
	}
	switch {
	case user.Set && !slices.Contains(accounts, user):
		user = sending(ctx, h, t, user)
	case !user.Set:
		names, at := userNames(ctx, h, t, accounts), -1
		if pointed {
			at = slices.Index(accounts, current)
		}
		i, err := a.other(ctx, "Which account of "+address(t), "name one with --username", names, at)
		if err != nil {
			return err
		}
		user = accounts[i]
	}
	profile, err := h.SwitchAccount(ctx, t, user)
	if errors.Is(err, helper.ErrNotFound) {
		return a.noAccount(ctx, h, t, " in profile "+show(profile), accounts)
	}
	if err != nil {
		return err
	}
	view := switchView{Schema: "auth.switch/1", Profile: profile, Service: optional(whole(t)), Username: username(user)}
	if pointed {
		view.PreviousUsername = username(current)
	}
	a.warnVariable(ctx, h, t, "still answers for", "")
	return a.emit(result{text: "Switched to " + account(user) + " on " + address(t) + " (profile " + show(profile) + ")", value: view})
}

// sending is the account of exactly the target that a user name finds, by its
// own name or the one that it sends (AUTH-20); the name itself if it is none.
func sending(ctx context.Context, h *helper.Helper, t helper.Target, user helper.User) helper.User {
	listed, _ := h.List(ctx, helper.Query{Target: t, User: user})
	for _, l := range listed {
		if l.Target == t && !l.Source {
			return l.User
		}
	}
	return user
}

// userNames are accounts by names that --username takes: one without a name is
// found by the one that it sends.
func userNames(ctx context.Context, h *helper.Helper, t helper.Target, accounts []helper.User) []string {
	var names []string
	for _, user := range accounts {
		name := account(user)
		if !user.Set {
			listed, _ := h.List(ctx, helper.Query{Target: t})
			for _, l := range listed {
				if l.Target == t && !l.User.Set && l.Login != "" {
					name = show(l.Login)
				}
			}
		}
		names = append(names, name)
	}
	return names
}

// other is the only candidate, the other one of two, or what a person picks.
func (a *app) other(ctx context.Context, question, hint string, names []string, current int) (int, error) {
	switch {
	case len(names) == 1:
		return 0, nil
	case len(names) == 2 && current >= 0:
		return 1 - current, nil
	}
	i, err := a.choose(ctx, question, names)
	if f, ok := errors.AsType[*fault](err); ok && f.Reason == "no_terminal" {
		return 0, &fault{Reason: "no_choice", Message: "there are several to choose from, and no terminal to ask on", Advice: hint + ": " + join(", ", names...)}
	}
	return i, err
}

type switchView struct {
	Schema           string  `json:"schema"` // auth.switch/1
	Profile          string  `json:"profile"`
	PreviousProfile  *string `json:"previous_profile"`
	Service          *string `json:"service"`
	Username         *string `json:"username"`
	PreviousUsername *string `json:"previous_username"`
}
