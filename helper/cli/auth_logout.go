package cli

import (
	"context"
	"errors"
	"strings"

	"keyglot/helper"
)

type logoutCommand struct {
	Service       string  `arg:"" optional:"" help:"The service, exactly as it was stored."`
	Username      *string `short:"u" placeholder:"NAME" help:"The account; needed only if there are several."`
	All           bool    `help:"All accounts of the service."`
	IgnoreMissing bool    `help:"Succeed if nothing is stored."`
}

func (c *logoutCommand) Run(ctx context.Context, a *app) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	typed, err := a.service(s, c.Service)
	if err != nil {
		return err
	}
	user, err := oneUser(typed.User, c.Username)
	if err != nil {
		return err
	}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	results, err := h.Erase(bounded, helper.Removal{
		Query: helper.Query{Target: typed.Target, User: user},
		Whole: true, Every: c.All, Logout: true,
	})
	removed := 0
	for _, r := range results {
		if r.Kept != "" { // another tool's, and it answers from now on
			a.warn(r.Store + " keeps a credential for " + who(r.Entry) + ", which keyglot only reads")
			continue
		}
		removed++
		if sayErr := a.say("Logged out of %s (profile %s; removed from %s on this machine; %s)", who(r.Entry), show(r.Profile), r.Store, atServer(r.Entry)); sayErr != nil {
			return sayErr
		}
	}
	if ambiguous, ok := errors.AsType[*helper.Ambiguous](err); ok {
		several := severalMatch(typed.Target, ambiguous).(*fault)
		several.Advice += ", or --all"
		return several
	}
	if err != nil || removed > 0 || c.IgnoreMissing {
		return err
	}
	return a.nothingToLogOut(bounded, h, typed.Target)
}

// atServer is the truth about the secret after it was removed here: keyglot
// tells no server about a password or a token made by hand.
func atServer(e helper.Entry) string {
	if e.Kind == helper.Basic {
		return "nothing to revoke at the server"
	}
	return "the server was not told, so the token works there until it expires or is revoked"
}

// nothingToLogOut names what is stored near by: a logout needs the exact
// target (AUTH-23).
func (a *app) nothingToLogOut(ctx context.Context, h *helper.Helper, t helper.Target) error {
	f := &fault{Reason: "not_found", Message: "nothing is stored for " + show(t.String()) + a.inProfile(h), Advice: "see keyglot auth list", Err: helper.ErrNotFound}
	listed, _ := h.List(ctx, helper.Query{Target: helper.Target{Scheme: t.Scheme, Host: t.Host}})
	var near []string
	for _, l := range listed {
		near = append(near, show(l.Target.String()))
	}
	if len(near) > 0 {
		f.Advice = "stored is " + strings.Join(near, ", ")
	}
	return f
}
