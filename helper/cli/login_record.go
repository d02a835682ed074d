package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"keyglot/helper"
)

// credential is the record that the flags, standard input or the terminal
// make.
func (l *login) credential(ctx context.Context, a *app, s *settings) (helper.Credential, error) {
	c := helper.Credential{
		Entry: helper.Entry{Key: helper.Key{Target: l.typed.Target, User: l.user}, Kind: l.kind(), Origin: helper.OriginLogin},
		Attr:  map[string]string{},
	}
	if err := l.describe(a, &c); err != nil {
		return c, err
	}
	in := input{a: a, of: show(l.typed.Target.Host), warnArgv: s.WarnArgv}
	var err error
	switch l.method {
	case methodPassword:
		err = l.basic(ctx, a, in, &c)
	case methodToken:
		c.Secret, err = in.given(ctx, "token", l.Token, l.TokenStdin)
	case methodAPIKey:
		err = l.apiKey(ctx, a, in, &c)
	case methodConda:
		c.Secret, err = in.given(ctx, "conda-token", l.CondaToken, false)
		before, rest, _ := helper.CutConda(c.Target.Path)
		c.Target.Path = join("/", before, rest)
	case methodS3:
		err = l.s3Keys(ctx, in, &c)
	case methodHeader:
		err = l.headers(ctx, in, &c)
	default:
		err = l.ask(ctx, a, in, &c)
	}
	if err != nil {
		return c, err
	}
	c.Login = l.sends(c)
	if len(c.Attr) == 0 {
		c.Attr = nil
	}
	return c, nil
}

// sends is the user name that goes with a token where a client sends Basic, if
// it is not the account (AUTH-35).
func (l *login) sends(c helper.Credential) string {
	switch {
	case c.Kind != helper.Bearer:
		return ""
	case l.preset.BasicUser == "" && !c.User.Set:
		return helper.TokenUser
	}
	return l.preset.BasicUser
}

// describe fills in what is not secret.
func (l *login) describe(a *app, c *helper.Credential) error {
	if l.Expires != "" {
		end, err := expiry(l.Expires, a.Now())
		if err != nil {
			return err
		}
		c.Expiry = end
	}
	if len([]rune(l.Note)) > 200 || helper.HasControl(l.Note) {
		return &fault{Reason: "bad_note", Message: "the note is longer than 200 characters or has a control character", Advice: "give one short line"}
	}
	for name, value := range map[string]string{attrNote: l.Note, helper.AttrProvider: l.preset.ID} {
		if value != "" {
			c.Attr[name] = value
		}
	}
	if l.RemoteURL != nil {
		c.Attr[attrRemote] = *l.RemoteURL
	}
	return nil
}

// expiry reads a date, a time, or a number of days (AUTH-41).
func expiry(text string, now time.Time) (time.Time, error) {
	days, isDays := strings.CutSuffix(text, "d")
	n, err := strconv.ParseUint(days, 10, 16)
	end := now.Add(time.Duration(n) * 24 * time.Hour)
	if !isDays || err != nil {
		if end, err = time.ParseInLocation(time.DateOnly, text, now.Location()); err != nil {
			end, err = time.Parse(time.RFC3339, text)
		}
	}
	if err != nil || !end.After(now) {
		return time.Time{}, &fault{Reason: "bad_expires", Message: "--expires is not a time to come", Advice: "e.g. 2027-03-31 or 90d"}
	}
	return end.UTC().Truncate(time.Second), nil
}

// basic reads the password, and asks for the user name if none was given.
func (l *login) basic(ctx context.Context, a *app, in input, c *helper.Credential) (err error) {
	if !c.User.Set {
		terminal, err := a.terminal()
		if err != nil {
			return emptyUser()
		}
		defer terminal.Close()
		name, err := terminal.Ask(ctx, fmt.Sprintf("User name for %s: ", show(c.Target.Host)))
		if err != nil {
			return asked(err)
		}
		if name == "" {
			return emptyUser()
		}
		if c.User, err = userNamed(name); err != nil {
			return err
		}
	}
	in.of = show(c.User.Name) + " on " + in.of
	c.Secret, err = in.given(ctx, "password", l.Password, l.PasswordStdin)
	return err
}

// ask uses the password of the address, or asks on the terminal: for a token
// alone where the service takes nothing else (AUTH-34).
func (l *login) ask(ctx context.Context, a *app, in input, c *helper.Credential) (err error) {
	if l.typed.Password.IsSet() {
		in.onCommandLine("password")
		if c.User.Name == "" {
			return emptyUser()
		}
		c.Secret, err = checkSecret("password", l.typed.Password.Reveal())
		return err
	}
	switch {
	case len(l.preset.Kinds) == 0 || l.preset.Takes(helper.Basic) || l.AnyKind:
		c.Kind, c.User, c.Secret, err = a.ask(ctx, c.Target, c.User)
	case l.preset.Kinds[0] == helper.Header:
		return l.apiKey(ctx, a, in, c)
	default:
		c.Kind = l.preset.Kinds[0]
		c.Secret, err = a.askOne(ctx, l.preset.CreateURL, fmt.Sprintf("Token for %s: ", show(c.Target.Host)), "token")
		before, rest, conda := helper.CutConda(c.Target.Path)
		if conda && c.Kind == helper.Conda {
			c.Target.Path = join("/", before, rest)
		}
	}
	return err
}

// apiKey reads an API key and spells it as the service wants it.
func (l *login) apiKey(ctx context.Context, a *app, in input, c *helper.Credential) (err error) {
	if a.Terminal(0) {
		c.Secret, err = a.askOne(ctx, l.preset.CreateURL, fmt.Sprintf("API key for %s: ", show(c.Target.Host)), "API key")
	} else {
		c.Secret, err = in.given(ctx, "API key", nil, true)
	}
	c.Kind = helper.Bearer
	if name, value, ok := cutHeader(l.preset.Header); ok && err == nil {
		c.Kind = helper.Header
		setHeader(c, name, strings.Replace(value, "{key}", c.Secret.Reveal(), 1))
	}
	return err
}

// setHeader makes a header the record's first.
func setHeader(c *helper.Credential, name, value string) {
	if scheme, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(name, "Authorization") {
		c.Attr[helper.AttrAuthType], value = scheme, rest
	}
	c.Attr[helper.AttrHeader], c.Secret = name, helper.NewSecret(value)
}

// headers reads whole headers; the first is the record's secret.
func (l *login) headers(ctx context.Context, in input, c *helper.Credential) error {
	for i, text := range l.Header {
		name, value, _ := cutHeader(text)
		secret, err := in.given(ctx, "header", &value, false)
		if err != nil {
			return err
		}
		if i == 0 {
			setHeader(c, name, secret.Reveal())
			continue
		}
		if c.Extra == nil {
			c.Extra = map[string]helper.Secret{}
		}
		c.Extra[extraHeader+name] = secret
	}
	return nil
}

// s3Keys reads the parts of an S3 credential. Up to three of them come from
// standard input, a line each (AUTH-30, AUTH-63).
func (l *login) s3Keys(ctx context.Context, in input, c *helper.Credential) error {
	const whatID, whatSecret, whatSession = "access key id", "secret access key", "session token"
	if err := in.linesFor(ctx, []part{{whatID, l.S3AccessKeyID}, {whatSecret, l.S3Secret}, {whatSession, l.S3Session}}); err != nil {
		return err
	}
	id, err := checkSecret(whatID, *l.S3AccessKeyID)
	if err != nil {
		return err
	}
	if c.Secret, err = checkSecret(whatSecret, *l.S3Secret); err != nil {
		return err
	}
	attrs := map[string]string{attrAccessKey: id.Reveal(), attrRegion: l.S3Region}
	if l.S3Endpoint != "" {
		endpoint, err := in.endpoint(l.S3Endpoint)
		if err != nil {
			return err
		}
		attrs[attrEndpoint] = endpoint
	}
	maps.DeleteFunc(attrs, func(_, value string) bool { return value == "" })
	maps.Copy(c.Attr, attrs)
	if l.S3Session == nil || slices.Contains([]string{"", "null"}, *l.S3Session) {
		return nil
	}
	session, err := checkSecret(whatSession, *l.S3Session)
	c.Extra = map[string]helper.Secret{extraSession: session}
	return err
}
