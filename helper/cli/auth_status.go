package cli

import (
	"context"
	"errors"
	"slices"

	"keyglot/helper"
	"keyglot/helper/service"
)

type statusCommand struct {
	elsewhere
	Service     string  `arg:"" optional:"" help:"Only what concerns this service."`
	Username    *string `short:"u" placeholder:"NAME" help:"Only this account."`
	Explain     bool    `help:"Every source in order: which answers, what is shadowed and why."`
	Check       bool    `help:"Only check: 0 all usable, 3 one has expired, 4 none, 6 could not be read."`
	Verify      bool    `help:"Ask the service whether it takes the login, and whose it is."`
	Details     bool    `help:"Provider, note, dates, scopes, and what a token says of itself."`
	AllProfiles bool    `help:"Of every profile, not only the one in force."`
}

func (c *statusCommand) Run(ctx context.Context, a *app) error {
	if err := c.named(a, &c.Service); err != nil {
		return err
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	st := status{statusCommand: c, a: a, s: s, h: h}
	if c.Service != "" || s.DefaultService != "" && c.Explain {
		of, err := a.question(s, h, c.Service, c.Username)
		if err != nil {
			return err
		}
		of.Service.User = of.user
		st.typed, st.user, st.h = &of.Service, of.user, of.h
	}
	if st.typed == nil && c.Username != nil {
		st.user = helper.Named(*c.Username)
	}
	if c.Explain && st.typed == nil {
		return &fault{Reason: "no_service", Message: "no service given", Advice: "name one, e.g. keyglot auth status pkg.example --explain, or set default_service"}
	}
	return st.run(ctx)
}

// status is one report under way.
type status struct {
	*statusCommand
	a     *app
	s     *settings
	h     *helper.Helper
	typed *service.Service // nil: everything
	user  helper.User

	listed  []helper.Listed
	records []helper.Credential // of listed; without secret where it could not be read
	view    statusView
	failed  error         // what could not be read
	asked   map[int]error // with --verify, of listed: nil, a *refusal, or why there is no answer
}

func (s *status) run(ctx context.Context) error {
	var err error
	s.view = statusView{Schema: "auth.status/1", Entries: []entryView{}, Environment: []environmentView{}, Backends: []backendView{}}
	if s.view.Profile, s.view.ProfileSource, err = s.a.profileSource(ctx, s.h); err != nil {
		return err
	}
	s.read(ctx)
	if s.typed != nil {
		s.view.Service = optional(whole(s.typed.Target))
		if err := s.answer(ctx); err != nil {
			return err
		}
	}
	if s.failed == nil && len(s.listed) == 0 {
		if err := s.a.profileKnown(ctx, s.h); err != nil {
			return err
		}
	}
	if s.typed == nil && len(s.listed) == 1 {
		s.answers(s.listed[0].Entry, s.records[0])
	}
	if s.Explain {
		if err := s.explain(ctx); err != nil {
			return err
		}
	}
	if s.Verify {
		if err := s.verify(ctx); err != nil {
			return err
		}
	}
	s.environment()
	s.backends(ctx)
	if s.Check {
		return s.check()
	}
	return s.print()
}

// read loads what is to be shown. What cannot be read is kept as failed.
func (s *status) read(ctx context.Context) {
	q := helper.Query{AllProfiles: s.AllProfiles, User: s.user}
	if s.typed != nil {
		q.Target = helper.Target{Scheme: s.typed.Target.Scheme, Host: s.typed.Target.Host}
	}
	bounded, cancel := s.a.bounded(ctx)
	defer cancel()
	s.listed, s.failed = s.h.List(bounded, q)
	s.records = make([]helper.Credential, len(s.listed))
	for i, l := range s.listed {
		c, err := s.a.inspect(ctx, s.h, l)
		if err != nil {
			s.failed = errors.Join(s.failed, err)
			v := entryViewOf(l)
			word := "unknown"
			if errors.Is(err, helper.ErrLocked) {
				word = "locked"
			}
			v.State = &word
			s.view.Entries = append(s.view.Entries, v)
			continue
		}
		s.records[i] = c
		s.view.Entries = append(s.view.Entries, recordViewOf(l, c, s.a.Now()))
	}
}

// answer finds the record that answers for the service: nothing is renewed.
func (s *status) answer(ctx context.Context) error {
	bounded, cancel := s.a.bounded(ctx)
	defer cancel()
	considered, err := s.h.Explain(bounded, helper.Query{Target: s.typed.Target, User: s.user})
	if err != nil {
		return err
	}
	for _, c := range considered {
		if c.State != helper.Answers {
			continue
		}
		at := slices.IndexFunc(s.listed, func(l helper.Listed) bool { return l.Key == c.Key && l.Store == c.Store && l.Source == c.Source })
		if at >= 0 {
			s.answers(c.Entry, s.records[at])
			return nil
		}
		record, err := s.a.inspect(ctx, s.h, helper.Listed{Entry: c.Entry, Store: c.Store, Source: c.Source})
		if err == nil { // a wildcard's
			s.listed, s.records = append(s.listed, helper.Listed{Entry: c.Entry, Store: c.Store, Source: c.Source, Current: true}), append(s.records, record)
			s.view.Entries = append(s.view.Entries, recordViewOf(s.listed[len(s.listed)-1], record, s.a.Now()))
		}
		s.answers(c.Entry, record)
		return nil
	}
	if err := denied(s.h.Policy, s.typed.Target); err != nil && (s.Explain || len(s.listed) == 0 && s.failed == nil) {
		return err
	}
	if len(s.listed) == 0 && s.failed == nil && !s.Check && !s.Explain {
		return s.a.missing(ctx, s.h, *s.typed, s.Service, helper.ErrNotFound)
	}
	return nil
}

// answers fills in the members that describe the record in force.
func (s *status) answers(e helper.Entry, c helper.Credential) {
	s.view.Service = optional(whole(e.Target))
	kind := string(e.Kind)
	if c.Kind != "" {
		kind = authType(c)
	}
	s.view.AuthType, s.view.RemoteURL = optional(kind), optional(c.Attr[attrRemote])
}

// check is the exit code alone (AUTH-47).
func (s *status) check() error {
	code := 0
	states := map[string]bool{}
	for _, e := range s.view.Entries {
		if e.State != nil {
			states[*e.State] = true
		}
	}
	switch {
	case s.failed != nil:
		s.a.warnUnread(s.failed)
		code = helper.ExitCode(helper.ErrTemporary)
	case states["expired"], states["needs_login"], s.refused():
		code = helper.ExitCode(helper.ErrLoginRequired)
	case s.silent() != nil:
		s.a.warn(s.silent().Error())
		code = helper.ExitCode(helper.ErrTemporary)
	case len(s.view.Entries) == 0 && !slices.ContainsFunc(s.view.Environment, func(v environmentView) bool { return v.State == "used" }):
		code = helper.ExitCode(helper.ErrNotFound)
	}
	if s.a.talk.form != formText {
		if err := s.a.emit(result{value: s.view}); err != nil {
			return err
		}
	}
	if code == 0 {
		return nil
	}
	return &helper.Exit{Code: code}
}

type statusView struct {
	Schema        string            `json:"schema"` // auth.status/1
	Profile       string            `json:"profile"`
	ProfileSource string            `json:"profile_source" oneof:"flag env current default"`
	Service       *string           `json:"service"`
	RemoteURL     *string           `json:"remote_url"`
	AuthType      *string           `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	Entries       []entryView       `json:"entries"`
	Sources       []sourceView      `json:"sources" null:"true"`
	Environment   []environmentView `json:"environment"`
	Backends      []backendView     `json:"backends"`
}
