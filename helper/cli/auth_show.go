package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/format/dockerhost"
	"keyglot/helper/service"
)

// service reads a typed service, or the default one.
func (a *app) service(s *settings, text string) (service.Service, error) {
	return a.serviceBy(s.Services(), cmp.Or(text, s.DefaultService))
}

func (a *app) serviceBy(reader service.Reader, text string) (service.Service, error) {
	typed, err := reader.Read(text)
	if err != nil {
		return typed, err
	}
	switch host := typed.Target.Host; host {
	case "index.docker.io", "registry-1.docker.io": // Docker Hub's other names (SEC-27)
		if t, err := dockerhost.Parse(host + "/" + typed.Target.Path); err == nil && typed.Target.Scheme == helper.SchemeHTTPS {
			typed.Target = t
		}
	}
	a.subject = whole(typed.Target)
	return typed, nil
}

// lookUp reads a service that is asked about: a password in it has no meaning
// (AUTH-15).
func (a *app) lookUp(s *settings, text string) (service.Service, error) {
	return a.lookUpBy(s.Services(), cmp.Or(text, s.DefaultService))
}

// lookUpStored is lookUp for a command that tells of what is stored or removes
// it, and hands nothing out: that must go on where plain http is no longer
// allowed (AUTH-52).
func (a *app) lookUpStored(s *settings, text string) (service.Service, error) {
	reader := s.Services()
	reader.AnyHTTP = true
	return a.lookUpBy(reader, cmp.Or(text, s.DefaultService))
}

func (a *app) lookUpBy(reader service.Reader, text string) (service.Service, error) {
	typed, err := a.serviceBy(reader, text)
	if err == nil && typed.Password.IsSet() {
		a.warn("the password in the address is ignored")
	}
	return typed, err
}

// lookedUp is the target that every look-up of an address names: without an index
// suffix (AUTH-16).
func lookedUp(reader service.Reader, t helper.Target) helper.Target {
	if read, err := reader.Read(t.String()); err == nil {
		return read.Target
	}
	return t
}

// question is what a command is about: a service and one of its accounts, under
// the policy for it.
type question struct {
	service.Service
	user helper.User // of the address or the flag
	h    *helper.Helper
}

func (a *app) question(s *settings, h *helper.Helper, text string, username *string) (question, error) {
	typed, err := a.lookUpStored(s, text)
	if err != nil {
		return question{}, err
	}
	user, err := oneUser(typed.User, username)
	if err != nil {
		return question{}, err
	}
	h, err = a.forTarget(h, typed.Target)
	return question{typed, user, h}, err
}

// changing is the policy for a command that changes what is stored.
func (a *app) changing(ctx context.Context) (*settings, *helper.Helper, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	h, err := a.helper(ctx)
	if err != nil {
		return nil, nil, err
	}
	return s, h, a.writable(h)
}

// inspect reads a listed record in a time of its own: there may be thousands.
func (a *app) inspect(ctx context.Context, h *helper.Helper, l helper.Listed) (helper.Credential, error) {
	if ctx.Err() != nil {
		return helper.Credential{}, errInterrupted
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	return h.Inspect(bounded, l)
}

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
		return show(c.Custody(ctx).Location)
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
