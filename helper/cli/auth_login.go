package cli

import (
	"context"
	"errors"
	"fmt"

	"keyglot/helper"
	"keyglot/helper/service"
)

type loginCommand struct {
	Service       string  `arg:"" optional:"" help:"Host, host:port, https address or *.domain."`
	Username      *string `short:"u" placeholder:"NAME" help:"The account, for a password; with a token its label."`
	Password      *string `placeholder:"P" help:"The password; - reads it from standard input."`
	PasswordStdin bool    `help:"Read the password from standard input."`
	Token         *string `short:"t" placeholder:"T" help:"A token; - reads it from standard input."`
	TokenStdin    bool    `aliases:"with-token" help:"Read a token from standard input."`

	NoSwitch        bool `help:"Keep the current account of the service."`
	InsecureStorage bool `help:"Store in plain text, in a file that only you can read."`
}

// Help is the text below the flags.
func (loginCommand) Help() string {
	return `The secret is best given on standard input:

  echo "$TOKEN" | keyglot auth login git.example.com --username ann --password -
  keyglot auth login registry.example:5000 --token - < token.txt

Without a password or token it is asked for on the terminal. What is stored for a host covers everything below it; what is stored for host/path covers only that.`
}

func (c *loginCommand) Run(ctx context.Context, a *app) error {
	a.common.insecure = c.InsecureStorage
	if c.InsecureStorage && a.common.backend != "" {
		return &fault{Reason: "store_mixed", Message: "--insecure-storage is the plaintext file and does not go with --backend NAME", Advice: "drop one"}
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	typed, err := a.service(s, c.Service)
	if err != nil {
		return err
	}
	credential, err := c.credential(ctx, a, s, typed)
	if err != nil {
		return err
	}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	stored, err := h.Store(bounded, helper.Put{Credential: credential, Current: !c.NoSwitch})
	if err != nil {
		return refused(ctx, err)
	}
	a.explainLogin(h, typed, credential, stored)
	return a.say("Logged in to %s (profile %s; stored in %s)", who(credential.Entry), show(stored.Profile), stored.Store)
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

// credential is what the flags, standard input or the terminal say.
func (c *loginCommand) credential(ctx context.Context, a *app, s *settings, typed service.Service) (helper.Credential, error) {
	if err := c.oneMethod(typed); err != nil {
		return helper.Credential{}, err
	}
	user, err := oneUser(typed.User, c.Username)
	if err != nil {
		return helper.Credential{}, err
	}
	in := input{a: a, warnArgv: s.WarnArgv}
	kind, secret := helper.Basic, helper.Secret{}
	switch {
	case c.Token != nil || c.TokenStdin:
		kind = helper.Bearer
		secret, err = in.given(ctx, "token", c.Token, c.TokenStdin)
	case c.Password != nil || c.PasswordStdin:
		secret, err = in.given(ctx, "password", c.Password, c.PasswordStdin)
	case typed.Password.IsSet():
		in.onCommandLine("password")
		secret, err = checkSecret("password", typed.Password.Reveal())
	default:
		kind, user, secret, err = a.ask(ctx, typed.Target, user)
	}
	if err != nil {
		return helper.Credential{}, err
	}
	if kind == helper.Basic && user.Name == "" {
		return helper.Credential{}, &fault{Reason: "user_empty", Message: "the user name is empty", Advice: "for services that take any user name use --token"}
	}
	entry := helper.Entry{
		Key:  helper.Key{Target: typed.Target, User: user},
		Kind: kind, Origin: helper.OriginLogin,
	}
	if kind == helper.Bearer && !user.Set {
		entry.Login = helper.TokenUser
	}
	return helper.Credential{Entry: entry, Secret: secret}, nil
}

// oneMethod refuses flags that exclude each other.
func (c *loginCommand) oneMethod(typed service.Service) error {
	password, token := c.Password != nil || c.PasswordStdin, c.Token != nil || c.TokenStdin
	switch {
	case password && token:
		return &fault{Reason: "methods_mixed", Message: "--token and --password exclude each other", Advice: "a token: --token -; a password: --username NAME --password -"}
	case typed.Password.IsSet() && (password || token):
		return &fault{Reason: "secret_twice", Message: "the secret is given twice: in the address and with " + flagName(password), Advice: "keep one, best on standard input"}
	case c.Password != nil && c.PasswordStdin, c.Token != nil && c.TokenStdin:
		return &fault{Reason: "methods_mixed", Message: "--password and --password-stdin (or --token and --token-stdin) exclude each other", Advice: "keep one, best --password -"}
	case typed.Query:
		return &fault{Reason: "bad_service", Message: "this is not a service address (a query or fragment)", Advice: "give a host, host:port, https URL or s3://bucket"}
	case typed.Target.Scheme == helper.SchemeS3:
		return &fault{Reason: "s3_unfit", Message: "s3://BUCKET takes S3 keys only, which this version cannot store yet", Advice: "give a host or https address"}
	case c.Username != nil && *c.Username == "":
		return &fault{Reason: "user_empty", Message: "the user name is empty", Advice: "for services that take any user name use --token"}
	}
	return nil
}

func flagName(password bool) string {
	if password {
		return "--password"
	}
	return "--token"
}

// oneUser is the user name of the address or of the flag.
func oneUser(inAddress helper.User, flag *string) (helper.User, error) {
	switch {
	case flag == nil:
		return inAddress, nil
	case inAddress.Set && inAddress.Name != *flag:
		return helper.User{}, &fault{Reason: "user_twice", Message: "two different user names: in the address and with --username", Advice: "keep one"}
	case helper.HasControl(*flag):
		return helper.User{}, &fault{Reason: "bad_service", Message: "the user name has a control character", Advice: "give it as one line of text"}
	}
	return helper.Named(*flag), nil
}

// explainLogin says what a person may not expect of what was stored.
func (a *app) explainLogin(h *helper.Helper, typed service.Service, c helper.Credential, stored helper.Stored) {
	if typed.Typed != "" {
		a.warn(fmt.Sprintf("%s is stored as %s", show(typed.Typed), c.Target.Host))
	}
	if typed.Cut != "" {
		a.warn(fmt.Sprintf("stored for %s (%s cut)", show(c.Target.String()), typed.Cut))
	}
	if c.Target.Realm().IsWildcard() {
		base := c.Target.Host[2:]
		a.warn(fmt.Sprintf("covers sub-domains of %s, not %s", base, base))
	}
	if c.Target.Path != "" && c.Target.Scheme != helper.SchemeS3 {
		a.warn("git sends no path for this host: run keyglot setup git --host " + c.Target.Host)
	}
	if c.Target.Scheme == helper.SchemeHTTP && !helper.IsLoopback(c.Target.Host) {
		a.warn("the password travels in clear over plain http")
	}
	if len(stored.Accounts) > 1 && !stored.Replaced {
		text := fmt.Sprintf("%s on %s", plural(len(stored.Accounts), "account"), show(c.Target.String()))
		if stored.Current {
			text += "; " + account(c.Entry) + " is now current"
		}
		a.warn(text)
	}
	for _, place := range h.Places {
		if place.Name == stored.Store && place.Plaintext {
			a.warn("the secret is stored in plain text" + location(place))
		}
	}
}
