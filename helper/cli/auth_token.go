package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/service"
)

type tokenCommand struct {
	elsewhere
	Service  string        `arg:"" optional:"" help:"Host, host:port, https address or s3://bucket."`
	Username *string       `short:"u" placeholder:"NAME" help:"The account; needed only if several match."`
	As       string        `enum:"token,basic,header,conda-url,json" default:"token" help:"token: the secret alone; basic: user:secret; header: a whole header line; conda-url: the address with the token in it; json."`
	Field    *string       `placeholder:"NAME" help:"One part: username, password, token, access_key_id, secret_access_key, session_token, expires_at, or the name of a header."`
	MinTTL   time.Duration `name:"min-ttl" placeholder:"5m" help:"Renew what ends sooner; warn if that cannot be done."`
	NoEnv    bool          `help:"Do not look at variables that hold credentials."`
}

// Help is the text below the flags.
func (tokenCommand) Help() string {
	return `The secret is the only thing on standard output:

  curl -H "Authorization: Bearer $(keyglot auth token api.example.com)" ...
  curl -H "$(keyglot auth token --as header git.example.com)" ...`
}

func (c *tokenCommand) Run(ctx context.Context, a *app) error {
	if err := c.named(a, &c.Service); err != nil {
		return err
	}
	a.common.noEnv = c.NoEnv
	if c.Field != nil && c.As != "token" {
		return &fault{Reason: "output_mixed", Message: "--field and --as exclude each other", Advice: "keep one"}
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	typed, err := a.lookUp(s, c.Service)
	if err != nil {
		return err
	}
	user, err := oneUser(typed.User, c.Username)
	if err != nil {
		return err
	}
	h, err := a.helper(ctx)
	if err == nil {
		h, err = a.forTarget(h, typed.Target)
	}
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	start := time.Now()
	answer, err := a.get(bounded, h, helper.Query{Target: typed.Target, User: user, MinTTL: c.MinTTL})
	if err != nil {
		typed.User = user
		return a.missing(bounded, h, typed, c.Service, err)
	}
	a.detail("answered from %s (%s)", answer.Store, since(start))
	c.tooShort(a, answer)
	if a.talk.form == formText && c.As != "json" {
		text, err := c.spell(answer, typed.Target)
		if err != nil {
			return err
		}
		return a.emit(result{text: text})
	}
	if a.talk.form == formText {
		a.talk.form = formJSON
	}
	if !carries(answer) {
		return &fault{Reason: "not_text", Message: "what " + address(answer.Target) + " holds is not UTF-8 text, which JSON cannot carry", Advice: "leave -o json out", Err: errFailed}
	}
	return a.emit(result{value: tokenViewOf(answer)})
}

// tooShort warns of a token that ends before --min-ttl and could not be renewed:
// it is valid yet, and printed (AUTH-44).
func (c *tokenCommand) tooShort(a *app, answer helper.Answer) {
	left := answer.Expiry.Sub(a.Now())
	if answer.Expiry.IsZero() || left >= c.MinTTL {
		return
	}
	why := "does not renew by itself"
	if answer.IsLogin() {
		why = "could not be renewed"
	}
	a.warn("the token for " + address(answer.Target) + " ends in " + span(left) + ", sooner than --min-ttl asks, and " + why)
}

// get asks for a credential; in an address of a conda channel the token is no
// part of what it is for (AUTH-64).
func (a *app) get(ctx context.Context, h *helper.Helper, q helper.Query) (helper.Answer, error) {
	answer, err := h.Get(ctx, q)
	if !errors.Is(err, helper.ErrNotFound) {
		return answer, err
	}
	if before, rest, ok := helper.CutConda(q.Target.Path); ok {
		q.Target.Path, q.Kinds = join("/", before, rest), []helper.Kind{helper.Conda}
		return h.Get(ctx, q)
	}
	return answer, err
}

// missing gives a question without an answer its fixed text and the command
// that mends it.
func (a *app) missing(ctx context.Context, h *helper.Helper, typed service.Service, text string, err error) error {
	host := address(typed.Target)
	if ambiguous, ok := errors.AsType[*helper.Ambiguous](err); ok {
		f := severalMatch(ctx, h, typed.Target, ambiguous)
		if name, _, err := a.profileSource(ctx, h); err == nil && ambiguous.Profile != "" && ambiguous.Profile != name {
			f.Advice += " --profile " + show(ambiguous.Profile)
		}
		return f
	}
	switch {
	case errors.Is(err, helper.ErrNotFound):
		if err := denied(h.Policy, typed.Target); err != nil {
			return err
		}
		if unknown := a.profileKnown(ctx, h); unknown != nil {
			return unknown
		}
		if users, _, _, err := h.Accounts(ctx, typed.Target); err == nil && typed.User.Set && len(users) > 0 {
			return a.noAccount(ctx, h, typed.Target, a.inProfile(h), users)
		}
		advice := "run: keyglot auth login " + shortName(typed.Target) + a.inSame()
		if helper.IsLoopback(typed.Target.Host) && typed.Target.Scheme == helper.SchemeHTTPS && !strings.Contains(text, "://") {
			advice = "for plain http write http://" + typed.Target.Host
		}
		if meant := meantHost(typed.Target); meant != "" {
			advice = "did you mean " + meant + "?"
		}
		advice += keptAway(ctx, h, err)
		return &fault{Reason: "not_found", Message: "nothing is stored for " + host + a.inProfile(h), Advice: advice, Err: helper.ErrNotFound}
	case errors.Is(err, helper.ErrOffline):
		return &fault{Reason: "offline", Message: "the login for " + host + " has expired, and is not renewed offline; it is kept", Advice: "leave out --offline and KEYGLOT_OFFLINE", Err: helper.ErrOffline}
	case errors.Is(err, helper.ErrLoginRequired):
		return &fault{Reason: "login_required", Message: "what is stored for " + host + " has expired", Advice: "run: keyglot auth login " + shortName(typed.Target) + a.inSame(), Err: helper.ErrLoginRequired}
	}
	return err
}

// inSame is the flag that has a login store where this command looked.
func (a *app) inSame() string {
	if a.common.profile == "" {
		return ""
	}
	return " --profile " + show(a.common.profile)
}

// keptAway is the further advice for a miss because a current account is gone:
// another account of its target, or a wider record, may answer instead.
func keptAway(ctx context.Context, h *helper.Helper, err error) string {
	away, ok := errors.AsType[*helper.Aside](err)
	if !ok {
		return ""
	}
	if users, _, _, err := h.Accounts(ctx, away.Target); err == nil && len(users) > 0 {
		return ", or switch to another account: keyglot auth switch " + shortName(away.Target)
	}
	return ", or let a wider one answer: keyglot auth logout " + shortName(away.Target)
}

func severalMatch(ctx context.Context, h *helper.Helper, t helper.Target, ambiguous *helper.Ambiguous) *fault {
	names := userNames(ctx, h, ambiguous.Target, ambiguous.Users)
	return &fault{
		Reason: "ambiguous", Message: plural(len(names), "account") + " match " + address(t) + ": " + strings.Join(names, ", "),
		Advice: "add --username, or: keyglot auth switch " + shortName(ambiguous.Target) + " -u NAME", Err: helper.ErrAmbiguous,
	}
}

// shortName is how a person would type a target: https is understood.
func shortName(t helper.Target) string {
	return strings.TrimPrefix(address(t), "https://")
}
