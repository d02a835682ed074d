package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"keyglot/helper"
)

// loggedIn makes the profile of what was stored current and tells.
func (a *app) loggedIn(ctx context.Context, h *helper.Helper, l *login, c helper.Credential, stored helper.Stored, said opinion) error {
	c.Profile = stored.Profile
	switched, err := a.followProfile(ctx, h, l, stored.Profile)
	if err != nil {
		return err
	}
	a.explainLogin(ctx, h, l, c, stored)
	a.unread(stored)
	if !l.check.asks {
		a.detail("not checked: %s was not contacted", show(c.Target.Host))
	}
	if a.warnings == nil {
		a.warnings = []string{}
	}
	return a.emit(result{
		text: a.sentence(fmt.Sprintf("Logged in to %s (profile %s; stored in %s)", who(c.Entry), show(stored.Profile), stored.Store)),
		value: loginView{
			Schema: "auth.login/1", Service: whole(c.Target), Profile: stored.Profile, Username: username(c.User),
			AuthType: authType(c), Provider: optional(l.preset.ID), Backend: stored.Store, Account: said.account, ExpiresAt: timeOf(c.Expiry),
			Validated: said.taken, Current: stored.Current, Switched: switched, Replaced: stored.Replaced, Warnings: a.warnings,
		},
	})
}

// followProfile makes a profile that the command line named the current one
// (AUTH-26).
func (a *app) followProfile(ctx context.Context, h *helper.Helper, l *login, profile string) (bool, error) {
	if a.common.profile == "" || l.NoSwitch {
		return false, nil
	}
	before, err := h.SwitchProfile(ctx, profile)
	if err != nil || before == profile {
		return false, err
	}
	a.tell("profile " + show(profile) + " is now current")
	a.warnProfileVariable(profile)
	return true, nil
}

// explainLogin says what a person may not expect of what was stored.
func (a *app) explainLogin(ctx context.Context, h *helper.Helper, l *login, c helper.Credential, stored helper.Stored) {
	if l.typed.Typed != "" {
		a.warn(fmt.Sprintf("%s is stored as %s", show(l.typed.Typed), c.Target.Host))
	}
	if l.typed.Cut != "" {
		a.warn(fmt.Sprintf("stored for %s (%s cut)", address(c.Target), l.typed.Cut))
	}
	if c.Target.Realm().IsWildcard() {
		base := c.Target.Host[2:]
		a.warn(fmt.Sprintf("covers sub-domains of %s, not %s", base, base))
	}
	if c.Target.Path != "" && (c.Kind == helper.Basic || c.Kind == helper.Bearer) {
		a.warn("git sends no path for this host: run keyglot setup git --host " + c.Target.Realm().Short())
	}
	if c.Target.Scheme == helper.SchemeHTTP && !helper.IsLoopback(c.Target.Host) {
		a.warn("the password travels in clear over plain http")
	}
	if len(stored.Accounts) > 1 && !stored.Replaced {
		text := fmt.Sprintf("%s on %s", plural(len(stored.Accounts), "account"), address(c.Target))
		if stored.Current {
			text += "; " + account(c.User) + " is now current"
		}
		a.warn(text)
	}
	for _, place := range h.Places {
		if place.Name == stored.Store && place.Plaintext {
			a.warn("the secret is stored in plain text" + in(location(ctx, place)))
		}
	}
	a.warnVariable(ctx, h, c.Target, "will be used for", "instead")
}

// unread warns of stores that a login could not look into, and that are not
// ahead of the one it is in.
func (a *app) unread(stored helper.Stored) {
	for _, name := range stored.Unread {
		a.warn(name + " could not be looked into; an older secret there would answer where it is asked first")
	}
}

func in(place string) string {
	if place == "" {
		return ""
	}
	return " in " + place
}

// warnVariable names the variable that answers for a target whatever is stored
// (AUTH-40, AUTH-55).
func (a *app) warnVariable(ctx context.Context, h *helper.Helper, t helper.Target, what, end string) {
	if h.Variables == nil {
		return
	}
	considered, err := h.Explain(ctx, helper.Query{Target: t})
	if err != nil && !errors.Is(err, helper.ErrNotFound) {
		return
	}
	for _, c := range considered {
		if c.State == helper.Answers && c.Profile == "" && c.Origin == c.Store {
			a.warn(join(" ", c.Store, "is set and", what, show(t.Host), end))
		}
	}
}

type loginView struct {
	Schema      string       `json:"schema"` // auth.login/1
	Service     string       `json:"service"`
	Profile     string       `json:"profile"`
	Username    *string      `json:"username"`
	AuthType    string       `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	Provider    *string      `json:"provider"`
	Backend     string       `json:"backend"`
	Account     *accountView `json:"account"`
	ExpiresAt   *time.Time   `json:"expires_at"`
	Refreshable bool         `json:"refreshable"`
	Scopes      []string     `json:"scopes" null:"true"`
	Validated   *bool        `json:"validated"`
	Current     bool         `json:"current"`
	Switched    bool         `json:"switched"`
	Replaced    bool         `json:"replaced"`
	Warnings    []string     `json:"warnings"`
}

// accountView is who a service says that a login is.
type accountView struct {
	ID    *string `json:"id"`
	Email *string `json:"email"`
	Name  *string `json:"name"`
	Org   *string `json:"org"`
}
