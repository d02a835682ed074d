package cli

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"keyglot/helper"
	"keyglot/helper/service"
)

type tokenCommand struct {
	Service  string  `arg:"" optional:"" help:"Host, host:port or https address."`
	Username *string `short:"u" placeholder:"NAME" help:"The account; needed only if several match."`
	As       string  `enum:"token,basic,header" default:"token" help:"token: the secret alone; basic: user:secret; header: a whole Authorization line."`
}

// Help is the text below the flags.
func (tokenCommand) Help() string {
	return `The secret is the only thing on standard output:

  curl -H "Authorization: Bearer $(keyglot auth token api.example.com)" ...
  curl -H "$(keyglot auth token --as header git.example.com)" ...`
}

func (c *tokenCommand) Run(ctx context.Context, a *app) error {
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
	if typed.Password.IsSet() {
		a.warn("the password in the address is ignored")
	}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	answer, err := h.Get(bounded, helper.Query{Target: typed.Target, User: user})
	if err != nil {
		return a.missing(h, typed, c.Service, err)
	}
	a.detail("answered from %s", answer.Store)
	text, err := spell(answer, c.As)
	if err != nil {
		return err
	}
	return a.say("%s", text)
}

// spell writes the secret in the form that was asked for.
func spell(answer helper.Answer, as string) (string, error) {
	secret := answer.Secret.Reveal()
	if answer.Kind != helper.Basic && answer.Kind != helper.Bearer && answer.Kind != helper.Header {
		return "", &fault{Reason: "not_a_token", Message: show(answer.Target.String()) + " holds a " + string(answer.Kind) + " credential, which is not one token", Advice: "name another account with --username", Err: errors.ErrUnsupported}
	}
	if strings.ContainsAny(secret+answer.Sends.Name, "\r\n\x00") {
		return "", errors.New("the secret or its user name has a line break or NUL, which one line cannot carry")
	}
	basic := answer.Sends.Name + ":" + secret
	switch {
	case as == "token":
		return secret, nil
	case as == "basic":
		return basic, nil
	case answer.Kind == helper.Header:
		return "Authorization: " + answer.Attr[helper.AttrAuthType] + " " + secret, nil
	case answer.Kind == helper.Bearer:
		return "Authorization: Bearer " + secret, nil
	}
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(basic)), nil
}

// missing gives a question without an answer its fixed text and the command
// that mends it.
func (a *app) missing(h *helper.Helper, typed service.Service, text string, err error) error {
	host := show(typed.Target.String())
	if ambiguous, ok := errors.AsType[*helper.Ambiguous](err); ok {
		return severalMatch(typed.Target, ambiguous)
	}
	switch {
	case errors.Is(err, helper.ErrNotFound):
		advice := "run: keyglot auth login " + shortName(typed.Target)
		if helper.IsLoopback(typed.Target.Host) && typed.Target.Scheme == helper.SchemeHTTPS && !strings.Contains(text, "://") {
			advice = "for plain http write http://" + typed.Target.Host
		}
		return &fault{Reason: "not_found", Message: "nothing is stored for " + host + a.inProfile(h), Advice: advice, Err: helper.ErrNotFound}
	case errors.Is(err, helper.ErrLoginRequired):
		return &fault{Reason: "login_required", Message: "what is stored for " + host + " has expired", Advice: "run: keyglot auth login " + shortName(typed.Target), Err: helper.ErrLoginRequired}
	}
	return err
}

func severalMatch(t helper.Target, ambiguous *helper.Ambiguous) error {
	var names []string
	for _, u := range ambiguous.Users {
		names = append(names, account(helper.Entry{Key: helper.Key{User: u}}))
	}
	return &fault{Reason: "ambiguous", Message: plural(len(names), "account") + " match " + show(t.String()) + ": " + strings.Join(names, ", "), Advice: "add --username NAME", Err: helper.ErrAmbiguous}
}

// inProfile names the profile that was asked, if one was named.
func (a *app) inProfile(h *helper.Helper) string {
	if h.Profile == "" {
		return ""
	}
	return " in profile " + show(h.Profile)
}

// shortName is how a person would type a target: https is understood.
func shortName(t helper.Target) string {
	return show(strings.TrimPrefix(t.String(), "https://"))
}
