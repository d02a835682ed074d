package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/provider"
)

// keptByOthers names what other tools keep, which answers from now on.
func (l *logout) keptByOthers() {
	for _, r := range l.results {
		if r.Kept != "" {
			l.a.warn(r.Store + " keeps a credential for " + who(r.Entry) + ", which keyglot only reads")
		}
	}
}

// nothing names what is stored near by: a logout needs the exact target
// (AUTH-23).
func (l *logout) nothing(ctx context.Context) error {
	if len(l.victims) == 0 {
		return l.a.nothingStored(ctx, l.h)
	}
	v := l.victims[0]
	if err := denied(l.h.Policy, v.target); err != nil {
		return err
	}
	if err := l.a.profileKnown(ctx, l.h); err != nil {
		return err
	}
	if users, _, _, err := l.h.Accounts(ctx, v.target); err == nil && v.user.Set && len(users) > 0 {
		return l.a.noAccount(ctx, l.h, v.target, l.a.inProfile(l.h), users)
	}
	return l.a.nothingAt(ctx, l.h, v.target)
}

// noAccount is the miss of an account where others are.
func (a *app) noAccount(ctx context.Context, h *helper.Helper, t helper.Target, where string, users []helper.User) error {
	return &fault{
		Reason: "not_found", Message: "no such account is stored for " + address(t) + where,
		Advice: "accounts: " + strings.Join(userNames(ctx, h, t, users), ", "), Err: helper.ErrNotFound,
	}
}

// nothingAt is the miss of an exact target, with what is stored near by.
func (a *app) nothingAt(ctx context.Context, h *helper.Helper, t helper.Target) error {
	f := &fault{Reason: "not_found", Message: "nothing is stored for " + address(t) + a.inProfile(h), Advice: "see keyglot auth list", Err: helper.ErrNotFound}
	listed, _ := h.List(ctx, helper.Query{Target: helper.Target{Scheme: t.Scheme, Host: t.Host}})
	var near []string
	for _, l := range listed {
		if l.Target == t && !l.Source { // the default profile's: it answers, but is not this one
			f.Advice = "it is stored in profile " + show(l.Profile) + ": add --profile " + show(l.Profile)
			return f
		}
		if text := address(l.Target); !slices.Contains(near, text) {
			near = append(near, text)
		}
	}
	if len(near) > 0 {
		f.Advice = "stored is " + strings.Join(near, ", ")
	}
	return f
}

// tell prints what went, and what answers now.
func (l *logout) tell(ctx context.Context) error {
	view := logoutView{Schema: "auth.logout/1", Removed: []removedView{}}
	var err error
	if view.Profile, _, err = l.a.profileSource(ctx, l.h); err != nil {
		return err
	}
	l.keptByOthers()
	var texts []string
	seen := map[helper.Key]bool{}
	for _, r := range l.results {
		page := ""
		if preset, ok := provider.For(r.Target); ok {
			page = preset.RevokeURL
		}
		if r.Kept != "" {
			continue
		}
		view.Removed = append(view.Removed, removedView{
			Service: whole(r.Target), Username: username(r.User), Profile: r.Profile, AuthType: optional(string(r.Kind)),
			Backend: r.Store, Revoked: revoked(r.Entry), ValidUntil: timeOf(r.Until), RevokeURL: optional(page),
		})
		if !seen[r.Key] {
			texts = append(texts, l.a.sentence(fmt.Sprintf("Logged out of %s (profile %s; removed here%s)", who(r.Entry), show(r.Profile), l.atServer(r, page))))
		}
		seen[r.Key] = true
	}
	if l.cleared && len(texts) == 0 { // else nothing would answer in its place (AUTH-27)
		texts = append(texts, "No account of "+address(l.victims[0].target)+" is current any more (profile "+show(view.Profile)+"; nothing was stored)")
	}
	if view.CurrentProfile, err = l.afterwards(ctx); err != nil {
		return err
	}
	if view.Warnings = l.a.warnings; view.Warnings == nil {
		view.Warnings = []string{}
	}
	return l.a.emit(result{text: lines(texts...), value: view})
}

// revoked is what the server was told: keyglot tells none about a password or
// a token made by hand.
func revoked(e helper.Entry) string {
	if isPassword(e) {
		return "unsupported"
	}
	return "no"
}

// isPassword reports whether a secret is one that a server cannot be told to
// forget. What docker keeps under an opaque name is a token, whatever it is
// stored as.
func isPassword(e helper.Entry) bool {
	return e.Kind == helper.Basic && e.Target.Scheme != helper.SchemeItem
}

// atServer is the truth about the secret after it was removed here (AUTH-54).
func (l *logout) atServer(r helper.Result, page string) string {
	if isPassword(r.Entry) {
		return ", nothing to revoke at the server"
	}
	text := "; the token stays valid at the server"
	if r.Kind == helper.S3 || r.Kind == helper.Header {
		text = "; the key stays valid at the server"
	}
	if !r.Until.IsZero() {
		text += " until " + clock(r.Until, l.a.Now())
	}
	if page != "" {
		return text + ", revoke it at " + page
	}
	if r.Until.IsZero() {
		text += " until it ends or is revoked there"
	}
	return text
}

// afterwards says which account answers now and which variable still does, and
// leaves a current profile that has become empty.
func (l *logout) afterwards(ctx context.Context) (current string, err error) {
	for _, r := range l.results {
		if users, user, pointed, err := l.h.In(r.Profile).Accounts(ctx, r.Target); err == nil && len(users) == 1 && pointed && l.Service != "" {
			l.a.tell(account(user) + " answers for " + address(r.Target) + " now")
			break
		}
	}
	for _, v := range l.victims {
		l.a.warnVariable(ctx, l.h, v.target, "still answers for", "")
	}
	state, err := l.h.Memory.Read(ctx)
	current = cmp.Or(state.Profile, helper.DefaultProfile)
	if err != nil || current == helper.DefaultProfile || len(l.results) == 0 {
		return current, err
	}
	listed, err := l.h.In(current).List(ctx, helper.Query{})
	if err != nil || slices.ContainsFunc(listed, func(e helper.Listed) bool { return !e.Source }) {
		return current, nil // what cannot be read may hold records
	}
	if _, err := l.h.SwitchProfile(ctx, helper.DefaultProfile); err != nil {
		return current, err
	}
	l.a.tell("profile " + show(current) + " is empty and gone; default is current")
	return helper.DefaultProfile, nil
}

type logoutView struct {
	Schema         string        `json:"schema"` // auth.logout/1
	Profile        string        `json:"profile"`
	CurrentProfile string        `json:"current_profile"`
	Removed        []removedView `json:"removed"`
	Warnings       []string      `json:"warnings"`
}

type removedView struct {
	Service    string     `json:"service"`
	Username   *string    `json:"username"`
	Profile    string     `json:"profile"`
	AuthType   *string    `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	Backend    string     `json:"backend"`
	Revoked    string     `json:"revoked" oneof:"yes no unsupported failed skipped"`
	ValidUntil *time.Time `json:"valid_until"`
	RevokeURL  *string    `json:"revoke_url"`
}
