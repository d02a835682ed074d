package cli

import (
	"cmp"
	"context"

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
