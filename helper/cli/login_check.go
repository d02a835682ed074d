package cli

import (
	"context"
	"errors"
	"strings"

	"keyglot/helper"
	"keyglot/helper/curl"
	"keyglot/helper/provider"
)

// checkFlags say whether a login is tried at its service (AUTH-37).
type checkFlags struct {
	Validate   *string `optional:"" placeholder:"URL" help:"Store it only if the service takes it; URL is an address of its own to ask, if keyglot knows none."`
	NoValidate bool    `help:"Do not ask the service whether it takes it."`
	UserAgent  string  `placeholder:"A" help:"The User-Agent of that question."`
}

// check is how a login is tried.
type check struct {
	request provider.Check
	asks    bool
	must    bool // nothing is stored without an answer
	agent   string
}

// of is the check of a login: the one that was asked for, or the one that is
// known for the service.
func (f *checkFlags) of(a *app, l *login) (check, error) {
	c := check{must: f.Validate != nil, agent: f.UserAgent}
	switch {
	case c.must && f.NoValidate:
		return c, &fault{Reason: "validate_mixed", Message: "--validate and --no-validate exclude each other", Advice: "drop one"}
	case c.must && a.offline():
		return c, &fault{Reason: "validate_offline", Message: "--validate asks the service, and no server is asked offline", Advice: "leave out --offline and KEYGLOT_OFFLINE"}
	case helper.HasControl(f.UserAgent):
		return c, &fault{Reason: "bad_user_agent", Message: "the user agent has a control character", Advice: "give one line of text"}
	case f.NoValidate || a.offline():
		return c, nil
	case c.must && l.typed.Target.Realm().IsWildcard():
		return c, &fault{Reason: "validate_wildcard", Message: "--validate asks one host, and " + address(l.typed.Target) + " is many", Advice: "leave it out"}
	case c.must && *f.Validate != "":
		if !sameOrigin(*f.Validate, l.typed.Target) {
			return c, &fault{Reason: "validate_url", Message: "--validate needs an address at the service itself", Advice: "e.g. --validate=" + show(l.typed.Target.Realm().String()) + "/api/user"}
		}
		c.request, c.asks = provider.Check{URL: *f.Validate}, true
	default:
		remote := ""
		if l.RemoteURL != nil {
			remote = *l.RemoteURL
		}
		c.request, c.asks = l.preset.CheckOf(l.typed.Target, remote)
	}
	if c.must && !c.asks || c.must && l.method == methodS3 {
		return c, &fault{Reason: "validate_unknown", Message: "nothing is known to ask " + address(l.typed.Target) + " with", Advice: "give an address of its own that only a login may read: --validate=URL"}
	}
	return c, nil
}

// tells reports whether the answer says who it is.
func (k check) tells() bool { return k.asks && k.request.Login+k.request.Email != "" }

// sameOrigin reports whether an address has the scheme, host and port of a
// target, so that the credential goes nowhere else.
func sameOrigin(text string, t helper.Target) bool {
	a, err := helper.SplitAddress(text)
	if err != nil || a.Scheme == "" || a.HasUser || strings.Contains(a.Rest, "#") {
		return false
	}
	there, err := a.Target("")
	return err == nil && there.Scheme == t.Scheme && there.Host == t.Host
}

// ask tries the login, and labels it with the account that the service names.
func (k check) ask(ctx context.Context, a *app, l *login, c *helper.Credential) (opinion, error) {
	if !k.asks {
		return opinion{}, nil
	}
	said, err := a.verify(ctx, *c, k.request, k.agent)
	host := address(c.Target)
	no, refused := errors.AsType[*refusal](err)
	switch {
	case refused:
		advice := "--no-validate stores it all the same"
		if l.preset.CreateURL != "" {
			advice = "create a new one at " + l.preset.CreateURL + "; " + advice
		}
		return said, &fault{Reason: "refused", Message: shortName(c.Target) + " refused this credential (" + no.status + "); nothing was saved", Advice: advice, Err: helper.ErrDenied}
	case errors.Is(err, errInterrupted):
		return said, err
	case err != nil && !k.must:
		a.warn("it could not be checked whether " + host + " takes it: " + err.Error())
		return said, nil
	case errors.Is(err, curl.ErrCertificate):
		return said, &fault{Reason: "tls", Message: "the certificate of " + host + " is not trusted here; nothing was saved", Advice: "set SSL_CERT_FILE to a file with its issuer's", Err: errFailed}
	case err != nil:
		return said, &fault{Reason: "unreachable", Message: err.Error() + "; nothing was saved", Advice: "try again, or leave out --validate", Err: helper.ErrTemporary}
	}
	if said.label != "" && said.label != helper.TokenUser && !c.User.Set {
		c.User = helper.Named(said.label)
		c.Login = l.sends(*c)
	}
	return said, nil
}
