package cli

import (
	"cmp"
	"encoding/base64"
	"errors"
	"net/textproto"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/provider"
)

// spell writes the secret in the form that was asked for. It is one line.
func (c *tokenCommand) spell(answer helper.Answer, asked helper.Target) (string, error) {
	text, err := c.form(answer, asked)
	if err == nil && strings.ContainsAny(text+answer.Secret.Reveal()+answer.Sends.Name, "\r\n\x00") {
		return "", errors.New("the secret or its user name has a line break or NUL, which one line cannot carry")
	}
	return text, err
}

func (c *tokenCommand) form(answer helper.Answer, asked helper.Target) (string, error) {
	secret := answer.Secret.Reveal()
	if c.Field != nil {
		return field(answer, *c.Field)
	}
	switch kind := answer.Kind; {
	case kind == helper.Conda && c.As == "conda-url":
		return condaURL(asked, secret), nil
	case kind == helper.Conda && c.As == "token", kind == helper.Header && c.As == "token":
		return secret, nil
	case kind == helper.Header && c.As == "header":
		h := headerOf(answer)
		return h.Name + ": " + h.Value, nil
	case kind != helper.Basic && kind != helper.Bearer, c.As == "conda-url":
		return "", notAToken(answer)
	case c.As == "basic":
		return answer.Sends.Name + ":" + secret, nil
	case c.As == "header":
		h := headerOf(answer)
		return h.Name + ": " + h.Value, nil
	}
	return secret, nil
}

// notAToken is the refusal of a kind that one line cannot be made of as it was
// asked for.
func notAToken(answer helper.Answer) error {
	what, advice := "a "+string(answer.Kind)+" credential, which is not one token", "look at it with -o json"
	switch answer.Kind {
	case helper.Basic, helper.Bearer: // of these only --as conda-url is not made
		what, advice = "no conda token", "leave --as conda-url out, or store one with --conda-token -"
	case helper.S3:
		what, advice = "S3 keys, which are not one token", "use --field access_key_id or --field secret_access_key, or -o json"
	case helper.Conda:
		what, advice = "a conda token, which goes into the address", "use --as conda-url, or leave --as out for the token alone"
	case helper.Header:
		what, advice = "a header, which has no other form", "use --as header, or leave --as out for the secret alone"
	}
	return &fault{Reason: "not_a_token", Message: address(answer.Target) + " holds " + what, Advice: advice, Err: errFailed}
}

// headerOf is the header that sends the secret, or nil where none does.
func headerOf(answer helper.Answer) *headerView {
	secret := answer.Secret.Reveal()
	switch answer.Kind {
	case helper.Basic:
		return &headerView{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(answer.Sends.Name+":"+secret))}
	case helper.Bearer:
		if preset, ok := provider.For(answer.Target); ok && preset.Raw {
			return &headerView{"Authorization", secret}
		}
		return &headerView{"Authorization", cmp.Or(answer.Attr[helper.AttrAuthType], "Bearer") + " " + secret}
	case helper.Header:
		return &headerView{cmp.Or(answer.Attr[helper.AttrHeader], "Authorization"), join(" ", answer.Attr[helper.AttrAuthType], secret)}
	}
	return nil
}

// condaURL is the address that was asked for with the token put in (AUTH-64).
func condaURL(asked helper.Target, secret string) string {
	if before, rest, ok := helper.CutConda(asked.Path); ok {
		asked.Path = join("/", before, rest)
	}
	asked.Path = join("/", "t", secret, asked.Path)
	return asked.String()
}

// field is one named part (AUTH-43).
func field(answer helper.Answer, name string) (string, error) {
	secret, known := answer.Secret.Reveal(), true
	switch {
	case name == "username" && answer.Sends.Set:
		return answer.Sends.Name, nil
	case name == "password" && answer.Kind == helper.Basic, name == "token" && (answer.Kind == helper.Bearer || answer.Kind == helper.Conda),
		name == "secret_access_key" && answer.Kind == helper.S3:
		return secret, nil
	case name == "access_key_id" && answer.Kind == helper.S3:
		return answer.Attr[attrAccessKey], nil
	case name == extraSession && answer.Extra[extraSession].IsSet():
		return answer.Extra[extraSession].Reveal(), nil
	case name == "expires_at" && !answer.Expiry.IsZero():
		return answer.Expiry.UTC().Format(time.RFC3339), nil
	case name == "username", name == "password", name == "token", name == "secret_access_key", name == "access_key_id", name == extraSession, name == "expires_at":
	default:
		known = false
	}
	if h := headerOf(answer); !known && h != nil && strings.EqualFold(h.Name, name) {
		return h.Value, nil
	}
	for key, value := range answer.Extra {
		if header, ok := strings.CutPrefix(key, extraHeader); ok && textproto.CanonicalMIMEHeaderKey(header) == textproto.CanonicalMIMEHeaderKey(name) {
			return value.Reveal(), nil
		}
	}
	return "", &fault{Reason: "no_field", Message: address(answer.Target) + " holds no such field", Advice: "look at the fields with -o json", Err: errFailed}
}

// carries reports whether JSON can hold the answer: of what is not UTF-8 it would
// make other text in silence (SEC-7).
func carries(answer helper.Answer) bool {
	texts := []string{answer.Secret.Reveal(), answer.Sends.Name}
	for _, extra := range answer.Extra {
		texts = append(texts, extra.Reveal())
	}
	for _, attribute := range answer.Attr {
		texts = append(texts, attribute)
	}
	return !slices.ContainsFunc(texts, func(s string) bool { return !utf8.ValidString(s) })
}

type tokenView struct {
	Schema    string      `json:"schema"` // auth.token/1
	Service   string      `json:"service"`
	Username  *string     `json:"username"`
	AuthType  string      `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	Token     *string     `json:"token"`
	Fields    *fieldsView `json:"fields"`
	Header    *headerView `json:"header"`
	ExpiresAt *time.Time  `json:"expires_at"`
	Profile   *string     `json:"profile"`
	Source    string      `json:"source"`
}

type fieldsView struct {
	AccessKeyID     string  `json:"access_key_id"`
	SecretAccessKey string  `json:"secret_access_key"`
	SessionToken    *string `json:"session_token"`
	Region          *string `json:"region"`
	Endpoint        *string `json:"endpoint"`
}

type headerView struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// tokenViewOf is an answer for programs. It holds the secret.
func tokenViewOf(answer helper.Answer) tokenView {
	v := tokenView{
		Schema: "auth.token/1", Service: whole(answer.Target), Username: username(answer.Sends), AuthType: authType(answer.Credential),
		Header: headerOf(answer), ExpiresAt: timeOf(answer.Expiry), Profile: optional(answer.Profile), Source: answer.Store,
	}
	secret := answer.Secret.Reveal()
	if answer.Kind == helper.S3 {
		v.Fields = &fieldsView{
			AccessKeyID: answer.Attr[attrAccessKey], SecretAccessKey: secret, SessionToken: optional(answer.Extra[extraSession].Reveal()),
			Region: optional(answer.Attr[attrRegion]), Endpoint: optional(answer.Attr[attrEndpoint]),
		}
		return v
	}
	v.Token = &secret
	return v
}
