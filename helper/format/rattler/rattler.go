// Package rattler reads and prints the credentials.json of rattler, pixi and
// conda's kin: an object of a host or address to one authentication.
// https://github.com/conda/rattler/tree/main/crates/rattler_networking
// (authentication_storage). The same text, of one entry, is what they keep in
// keyrings.
package rattler

import (
	"fmt"
	"time"

	"keyglot/helper"
	"keyglot/helper/strictjson"
)

// Names of attributes and further secrets that records of these kinds have.
const (
	attrAccessKey = "access_key_id"
	attrClient    = "client_id"
	attrEndpoints = "endpoints"
	extraSession  = "session_token"
)

// Parse reads all entries. A key "*.example.com" covers example.com and what
// lies below it there, so it makes two https records; whether the wildcard is
// too wide is for the caller to judge.
func Parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	p := parser{Reader: strictjson.New(data), seen: map[helper.Key]bool{}}
	names := map[string]bool{}
	p.Members(func(key string) {
		p.Once(!names[key])
		names[key] = true
		line := p.Line()
		c, reason := p.authentication()
		if p.Err() == nil {
			p.add(line, key, c, reason)
		}
	})
	if err := p.End(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	}
	return p.items, p.skipped, nil
}

// ParseEntry reads the authentication that a keyring holds for a key.
func ParseEntry(key string, data []byte) ([]helper.Item, []helper.Skip, error) {
	p := parser{Reader: strictjson.New(data), seen: map[helper.Key]bool{}}
	c, reason := p.authentication()
	if err := p.End(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	}
	p.add(1, key, c, reason)
	return p.items, p.skipped, nil
}

type parser struct {
	*strictjson.Reader
	items   []helper.Item
	skipped []helper.Skip
	seen    map[helper.Key]bool
}

// add files an authentication under every target that its key means.
func (p *parser) add(line int, key string, c helper.Credential, reason string) {
	var list []helper.Target
	if reason == "" {
		list, reason = targets(key, c.Kind)
	}
	for _, t := range list {
		each := c
		each.Target = t
		if p.seen[each.Key] {
			reason = "another key for the same target stands above"
			continue
		}
		p.seen[each.Key] = true
		p.items = append(p.items, helper.Item{Credential: each, Line: line})
	}
	if reason != "" {
		p.skipped = append(p.skipped, helper.Skip{Line: line, Reason: reason})
	}
}

// authentication reads {"BearerToken": ...} and its kin.
func (p *parser) authentication() (c helper.Credential, reason string) {
	if p.Next() != '{' {
		p.Skip()
		return c, "not an authentication"
	}
	n := 0
	p.Object(func(name string) {
		n++
		switch name {
		case "BearerToken", "CondaToken":
			if p.Next() != '"' {
				p.Skip()
				reason = "a token that is no text"
				return
			}
			c = helper.Foreign(helper.Target{}, helper.User{}, helper.NewSecret(p.Text()))
			if name == "CondaToken" {
				c.Kind, c.Login = helper.Conda, ""
			}
		case "BasicHTTP", "S3Credentials", "OAuth":
			var f fields
			if f, reason = p.fields(); reason == "" {
				c, reason = f.credential(name)
			}
		default:
			p.Skip()
			reason = "a kind of authentication that is not known"
		}
	})
	switch {
	case reason != "":
	case n != 1:
		reason = "not one authentication"
	case c.Secret.Reveal() == "":
		reason = "no secret"
	case helper.HasControl(c.User.Name):
		reason = "a control character in the user name"
	}
	return c, reason
}

// fields are the members of an authentication: texts, and one number.
type fields struct {
	text    map[string]string
	expires time.Time
}

func (p *parser) fields() (f fields, reason string) {
	f.text = map[string]string{}
	if p.Next() != '{' {
		p.Skip()
		return f, "not an authentication"
	}
	p.Object(func(name string) {
		switch next := p.Next(); {
		case next == '"':
			f.text[name] = p.Text()
		case name == "expires_at" && '0' <= next && next <= '9':
			f.expires = time.Unix(int64(min(p.Number(), 1<<40)), 0).UTC()
		default:
			p.Skip()
		}
	})
	return f, ""
}

func (f fields) credential(kind string) (c helper.Credential, reason string) {
	secret := func(name string) helper.Secret { return helper.NewSecret(f.text[name]) }
	switch kind {
	case "BasicHTTP":
		if f.text["username"] == "" {
			return c, "no user name"
		}
		return helper.Foreign(helper.Target{}, helper.Named(f.text["username"]), secret("password")), ""
	case "S3Credentials":
		c = helper.Foreign(helper.Target{}, helper.User{}, secret("secret_access_key"))
		c.Kind, c.Login = helper.S3, ""
		if f.text["access_key_id"] == "" {
			return c, "no access key id"
		}
		c.Attr = map[string]string{attrAccessKey: f.text["access_key_id"]}
		if f.text["session_token"] != "" {
			c.Extra = map[string]helper.Secret{extraSession: secret("session_token")}
		}
		return c, ""
	}
	c = helper.Foreign(helper.Target{}, helper.User{}, secret("access_token"))
	c.Expiry = f.expires
	if f.text["refresh_token"] != "" {
		c.Refresh = secret("refresh_token")
	}
	c.Attr = map[string]string{}
	if f.text["client_id"] != "" {
		c.Attr[attrClient] = f.text["client_id"]
	}
	if f.text["token_endpoint"] != "" {
		c.Attr[attrEndpoints] = endpoints(f.text["token_endpoint"], f.text["revocation_endpoint"])
	}
	return c, ""
}
