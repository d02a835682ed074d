package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"keyglot/helper"
)

type moveCommand struct {
	Service  string  `arg:"" optional:"" help:"The service, exactly as it was stored."`
	Username *string `short:"u" placeholder:"NAME" help:"Only this account."`
	To       string  `placeholder:"STORE" help:"The store that the credentials are to be in; --backend says the same."`
	From     string  `placeholder:"STORE" help:"Only what is in this store."`
	All      bool    `help:"Everything, in every profile unless --profile names one."`
	Yes      bool    `help:"Do not ask before everything is moved."`
}

// Help is the text below the flags.
func (moveCommand) Help() string {
	return `Each credential is saved in the new store, read back, and then removed from the old one. After an interruption the same command does the rest.

  keyglot auth move git.example.com --to pass
  keyglot auth move --all --from secretservice --to file`
}

func (c *moveCommand) Run(ctx context.Context, a *app) error {
	to, err := c.target(a)
	if err != nil {
		return err
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	m := helper.Move{From: c.From, To: to}
	if c.Service != "" || !c.All {
		typed, err := a.service(s, c.Service)
		if err != nil {
			return err
		}
		m.Target = typed.Target
		if m.User, err = oneUser(typed.User, c.Username); err != nil {
			return err
		}
	} else if c.Username != nil {
		return &fault{Reason: "no_service", Message: "--username goes with a service", Advice: "name the service"}
	}
	if err := a.movable(ctx, s, c.From, to); err != nil {
		return err
	}
	if m.Target.IsZero() && !c.Yes {
		if err := a.confirm(ctx, "moves all credentials to "+to, "moved"); err != nil {
			return err
		}
	}
	a.named = []string{c.From, to}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	return a.move(ctx, h, m)
}

// target is the store that the flags name.
func (c *moveCommand) target(a *app) (string, error) {
	backend := a.common.backend
	a.common.backend = "" // which store is asked first is the same as ever
	switch {
	case c.To != "" && backend != "" && c.To != backend:
		return "", &fault{Reason: "store_mixed", Message: "--to and --backend name two stores", Advice: "keep one"}
	case c.To == "" && backend == "":
		return "", &fault{Reason: "no_store", Message: "no store is named that the credentials are to be in", Advice: "name it with --to"}
	}
	return cmp.Or(c.To, backend), nil
}

// movable refuses stores that are not there, and plain text where it is
// forbidden.
func (a *app) movable(ctx context.Context, s *settings, from, to string) error {
	place, err := a.place(s, to)
	if err == nil && from != "" {
		_, err = a.place(s, from)
	}
	switch {
	case err != nil:
		return err
	case from == to:
		return &fault{Reason: "store_mixed", Message: "--from and --to name one store", Advice: "name two"}
	case place.Plaintext && !s.AllowPlaintext:
		return plaintextDenied()
	case place.Plaintext:
		bounded, cancel := a.bounded(ctx)
		defer cancel()
		a.warn("the secrets will be stored in plain text" + in(location(bounded, place)))
	}
	return nil
}

type moveView struct {
	Schema string      `json:"schema"` // auth.move/1
	To     string      `json:"to"`
	Moved  []movedView `json:"moved"`
	Stayed []movedView `json:"stayed"`
}

type movedView struct {
	Service  string  `json:"service"`
	Username *string `json:"username"`
	Profile  string  `json:"profile"`
	From     string  `json:"from"`
	Reason   *string `json:"reason"` // why it stayed
}

// move carries and counts.
func (a *app) move(ctx context.Context, h *helper.Helper, m helper.Move) error {
	view, of := moveView{Schema: "auth.move/1", To: m.To, Moved: []movedView{}, Stayed: []movedView{}}, 0
	err := h.Move(ctx, m, func(r helper.Moved) {
		of = r.Of
		line := fmt.Sprintf("%d/%d %s", r.N, r.Of, who(r.Entry))
		v := movedView{Service: whole(r.Target), Username: username(r.User), Profile: r.Profile, From: r.From}
		switch {
		case r.Err != nil:
			v.Reason = optional(show(r.Err.Error()))
			view.Stayed = append(view.Stayed, v)
			a.speak(line + " stays in " + r.From + ": " + show(r.Err.Error()))
			return
		case r.Older:
			line += ": an older copy is removed from " + r.From
		}
		view.Moved = append(view.Moved, v)
		a.tell(line)
	})
	moved, stayed := len(view.Moved), len(view.Stayed)
	text := fmt.Sprintf("Moved %s to %s", plural(moved, "credential"), m.To)
	switch {
	case ctx.Err() != nil:
		return &helper.Exit{Code: 130, Err: fmt.Errorf("interrupted after %d of %d; the same command does the rest", moved+stayed, of)}
	case err != nil:
		return err
	case moved+stayed == 0:
		if err := a.nothingThere(ctx, h, m.Target); err != nil {
			return err
		}
		text = "Nothing to move to " + m.To
	case stayed > 0:
		text += fmt.Sprintf("; %d stayed", stayed)
	}
	if err := a.emit(result{text: text, value: view}); err != nil || stayed == 0 {
		return err
	}
	return &helper.Exit{Code: 1, Err: errors.New(plural(stayed, "credential") + " could not be moved")}
}

// nothingThere tells a service of which nothing is stored from one that is
// moved already.
func (a *app) nothingThere(ctx context.Context, h *helper.Helper, t helper.Target) error {
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	if err := a.profileKnown(bounded, h); err != nil || t.IsZero() {
		return err
	}
	listed, err := h.List(bounded, helper.Query{Target: helper.Target{Scheme: t.Scheme, Host: t.Host}, AllProfiles: true})
	if err != nil || slices.ContainsFunc(listed, func(l helper.Listed) bool { return l.Target == t }) {
		return err
	}
	return a.nothingAt(bounded, h, t)
}
