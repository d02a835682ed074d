package cli

import (
	"cmp"
	"context"
	"errors"

	"keyglot/helper"
	"keyglot/helper/provider"
	"keyglot/helper/service"
)

type loginCommand struct {
	elsewhere
	Service  string  `arg:"" optional:"" help:"Host, host:port, https address, *.domain or s3://bucket."`
	Username *string `short:"u" placeholder:"NAME" help:"The account, for a password; with a token its label."`
	methodFlags
	checkFlags
	Provider        string  `placeholder:"ID" help:"Treat the service as this one: see keyglot auth providers."`
	AnyKind         bool    `help:"Store a kind of credential that the service is not known to take."`
	RemoteURL       *string `name:"remote-url" placeholder:"URL" help:"Where the provider itself is, if you host it."`
	Expires         string  `placeholder:"DATE" help:"When the token ends: a date, or a time such as 90d."`
	Note            string  `placeholder:"TEXT" help:"A note to show, not secret."`
	NoSwitch        bool    `help:"Keep the current profile, and the current account of the service."`
	InsecureStorage bool    `help:"Store in plain text, in a file that only you can read."`
}

// Help is the text below the flags.
func (loginCommand) Help() string {
	return `The secret is best given on standard input:

  printf %s "$TOKEN" | keyglot auth login git.example.com -u ann --password -
  keyglot auth login registry.example:5000 --token - < token.txt

Without a password or token it is asked for on the terminal. What is stored for a host covers everything below it; what is stored for host/path covers only that.`
}

func (c *loginCommand) Run(ctx context.Context, a *app) error {
	if err := c.named(a, &c.Service); err != nil {
		return err
	}
	a.common.insecure = c.InsecureStorage
	if c.InsecureStorage && a.common.backend != "" {
		return &fault{Reason: "store_mixed", Message: "--insecure-storage is the plaintext file and does not go with --backend NAME", Advice: "drop one"}
	}
	auto := a.common.profile == autoProfile
	if auto {
		a.common.profile = ""
	}
	s, h, err := a.changing(ctx)
	if err != nil {
		return err
	}
	login, err := c.read(a, s)
	if err != nil {
		return err
	}
	if h, err = a.forTarget(h, login.typed.Target); err != nil {
		return err
	}
	if err := denied(h.Policy, login.typed.Target); err != nil {
		return err
	}
	if auto && !login.check.tells() {
		return noIdentity()
	}
	credential, err := login.credential(ctx, a, s)
	if err != nil {
		return err
	}
	said, err := login.check.ask(ctx, a, login, &credential)
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	if auto {
		if h, err = a.ownProfile(bounded, h, credential, said); err != nil {
			return err
		}
	}
	stored, err := h.Store(bounded, helper.Put{Credential: credential, Current: !c.NoSwitch, Ahead: a.ahead(ctx, s, h)})
	if err != nil {
		return refused(ctx, err)
	}
	return a.loggedIn(bounded, h, login, credential, stored, said)
}

// refused gives a failed login the fixed text of its cause.
func refused(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case errors.Is(err, helper.ErrPlainHTTP):
		return &fault{Reason: "plain_http", Message: "a token never travels over plain http beyond this computer", Advice: "use https"}
	}
	return err
}

// login is one login as it was asked for.
type login struct {
	*loginCommand
	typed  service.Service
	preset provider.Preset // the zero Preset takes anything
	method method
	user   helper.User
	check  check
}

// read checks the words of the command before anything secret is read.
func (c *loginCommand) read(a *app, s *settings) (*login, error) {
	l := &login{loginCommand: c}
	var err error
	text := c.Service
	if c.RemoteURL != nil {
		remote, err := remoteURL(s, *c.RemoteURL)
		if err != nil {
			return nil, err
		}
		*c.RemoteURL = remote.String()
		text = cmp.Or(text, remote.String())
	}
	if l.typed, err = a.service(s, text); err != nil {
		return nil, presetName(err, text)
	}
	if l.method, err = c.methodFlags.one(); err != nil {
		return nil, err
	}
	if l.typed.Password.IsSet() && l.method != methodNone {
		return nil, &fault{Reason: "secret_twice", Message: "the secret is given twice: in the address and with " + string(l.method), Advice: "keep one, best on standard input"}
	}
	if l.typed.Query {
		return nil, &fault{Reason: "bad_service", Message: "this is not a service address (a query or fragment)", Advice: "give a host, host:port, https URL or s3://bucket"}
	}
	if l.preset, err = presetOf(s.presets(), c.Provider, l.typed.Target); err != nil {
		return nil, err
	}
	a.detail("service: %s", cmp.Or(l.preset.ID, "not one that is known; it takes anything"))
	if l.user, err = oneUser(l.typed.User, c.Username); err != nil {
		return nil, err
	}
	if meant := meantHost(l.typed.Target); meant != "" {
		a.warn("this is taken for the host " + l.typed.Target.Host + "; did you mean " + meant + "?")
	}
	if err := l.fits(); err != nil {
		return nil, err
	}
	l.check, err = l.checkFlags.of(a, l)
	return l, err
}

// presetOf is the named preset, or the one that knows the target.
func presetOf(known provider.Catalogue, id string, t helper.Target) (provider.Preset, error) {
	if id == "" {
		preset, _ := known.For(t)
		return preset, nil
	}
	preset, ok := known.ByID(id)
	if !ok {
		return preset, &fault{Reason: "unknown_provider", Message: "there is no provider of that name", Advice: "see keyglot auth providers"}
	}
	return preset, nil
}

// presetName adds to a service that was not understood what may have been
// meant (AUTH-18).
func presetName(err error, text string) error {
	preset, ok := provider.With(nil).ByID(text)
	if p, is := errors.AsType[*service.Problem](err); ok && is && len(preset.Hosts) > 0 {
		return &service.Problem{Reason: p.Reason, Message: p.Message, Advice: "did you mean " + preset.Hosts[0] + "?"}
	}
	return err
}

// meantHost is the host of the known service that a one-label host is the name
// of, or "" (AUTH-18).
func meantHost(t helper.Target) string {
	preset, ok := provider.With(nil).ByID(t.Host)
	if !ok || t.Scheme != helper.SchemeHTTPS || len(preset.Hosts) == 0 {
		return ""
	}
	return preset.Hosts[0]
}

// remoteURL reads the base of a service that is hosted elsewhere (AUTH-39).
func remoteURL(s *settings, text string) (helper.Target, error) {
	remote, err := s.Services().Read(text)
	t := remote.Target
	if err != nil || t.Path != "" || remote.Cut != "" || remote.Query || remote.User.Set || t.Realm().IsWildcard() ||
		t.Scheme != helper.SchemeHTTPS && !(t.Scheme == helper.SchemeHTTP && helper.IsLoopback(t.Host)) {
		return helper.Target{}, &fault{Reason: "remote_url", Message: "--remote-url needs https, and no path, query or user"}
	}
	return t, nil
}

// oneUser is the user name of the address or of the flag.
func oneUser(inAddress helper.User, flag *string) (helper.User, error) {
	switch {
	case flag == nil:
		return inAddress, nil
	case inAddress.Set && inAddress.Name != *flag:
		return helper.User{}, &fault{Reason: "user_twice", Message: "two different user names: in the address and with --username", Advice: "keep one"}
	}
	return userNamed(*flag)
}

// userNamed is the user of a name that a person typed, arrow keys and all.
func userNamed(name string) (helper.User, error) {
	if helper.HasControl(name) {
		return helper.User{}, &fault{Reason: "bad_service", Message: "the user name has a control character", Advice: "give it as one line of text"}
	}
	return helper.Named(name), nil
}
