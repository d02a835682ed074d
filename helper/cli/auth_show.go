package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/service"
)

// address is a target as it may be printed: nothing that rewrites a terminal,
// and a token in a conda address hidden (AUTH-64).
func address(t helper.Target) string { return show(whole(t)) }

// whole is a target for programs: not cut short, but a token in a conda address
// is hidden all the same.
func whole(t helper.Target) string { return t.Shown() }

// place is an address for people: a host in another script is shown in it too,
// after the form that is stored (AUTH-10).
func place(t helper.Target) string {
	text := address(t)
	if !strings.Contains(t.Host, "xn--") {
		return text
	}
	if name := service.Unicode(t.Host); name != t.Host {
		text += " (" + show(name) + ")"
	}
	return text
}

// join joins what is not empty.
func join(sign string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, sign)
}

// who is "https://host/path as ann", or without account just the address.
func who(e helper.Entry) string {
	text := place(e.Target)
	if e.User.Set {
		text += " as " + account(e.User)
	}
	return text
}

// account is how people are shown an account.
func account(u helper.User) string {
	switch {
	case !u.Set:
		return "-"
	case u.Name == "":
		return `""`
	}
	return show(u.Name)
}

// location says where a store keeps things, or "".
func location(ctx context.Context, place helper.Place) string {
	store, err := place.Open(ctx, place.Env)
	if err != nil {
		return ""
	}
	if c, ok := store.(helper.Custodian); ok {
		return c.Custody(ctx).Location
	}
	return ""
}

// state is whether a record can be used, for people.
func state(c helper.Credential, now time.Time) string {
	switch {
	case c.Attr[helper.AttrState] == helper.StateNeedsLogin:
		return "login required"
	case c.Expiry.IsZero() && c.Secret.IsSet():
		return "ok"
	case c.Expired(now) && c.IsLogin() && c.Refresh.IsSet():
		return "expired, renews by itself"
	case c.Expired(now):
		return "expired " + clock(c.Expiry, now)
	}
	return fmt.Sprintf("ok until %s (in %s)", clock(c.Expiry, now), span(c.Expiry.Sub(now)))
}

// clock is a time of today without its date.
func clock(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format(time.DateOnly)
}

// span is a duration in its largest unit: "2 h", "90 d".
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24+0.5))
}
