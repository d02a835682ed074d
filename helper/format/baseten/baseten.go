// Package baseten reads the auth.json of Baseten's CLI: profiles, each with a
// server and an API key or a login. Where there is a keyring, only that has the
// secrets. https://docs.baseten.co/
package baseten

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/format/jsonedit"
	"keyglot/helper/linecut"
	"keyglot/helper/strictjson"
)

// inKeyring is why a profile is skipped whose secret is not in the file.
const inKeyring = "the keyring keeps the secret"

// remote is the server of a profile that names none.
const remote = "https://app.baseten.co"

// profile is one member of profiles.
type profile struct {
	name, remote, kind, key  string
	access, refresh, expires string
	line                     int
}

// Parse reads all profiles: each item has the Profile of its own name. secret
// returns what a keyring has for a profile whose secret is not in the file; nil
// or "" is nothing.
func Parse(data []byte, secret func(name string) (string, error)) ([]helper.Item, []helper.Skip, error) {
	list, err := profiles(data)
	if err != nil {
		return nil, nil, err
	}
	var items []helper.Item
	var skipped []helper.Skip
	for _, p := range list {
		if p.key == "" && p.access == "" && secret != nil {
			text, err := secret(p.name)
			if err != nil {
				return nil, nil, err
			}
			p.take(text)
		}
		c, reason := p.credential()
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: p.line, Reason: reason})
			continue
		}
		items = append(items, helper.Item{Credential: c, Line: p.line})
	}
	return items, skipped, nil
}

// Remove returns the file without the secrets of the profiles that drop names.
// The profiles stay: with them the CLI says that a login is needed.
func Remove(data []byte, drop func(helper.Credential) bool) ([]byte, error) {
	list, err := profiles(data)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		c, reason := p.credential()
		if reason != "" || !drop(c) {
			continue
		}
		for _, member := range []string{"api_key", "oauth_credential"} {
			if data, err = jsonedit.Remove(data, "profiles", p.name, member); err != nil {
				return nil, linecut.ErrLayout
			}
		}
	}
	return data, nil
}

func profiles(data []byte) ([]profile, error) {
	var list []profile
	names := map[string]bool{}
	r := strictjson.New(data)
	r.Object(func(member string) {
		if member != "profiles" || r.Next() != '{' {
			r.Skip()
			return
		}
		r.Members(func(name string) {
			r.Once(!names[name])
			names[name] = true
			p := profile{name: name, line: r.Line()}
			p.read(r)
			list = append(list, p)
		})
	})
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	}
	return list, nil
}

func (p *profile) read(r *strictjson.Reader) {
	if r.Next() != '{' {
		r.Skip()
		return
	}
	r.Object(func(name string) {
		to := map[string]*string{"remote_url": &p.remote, "auth_type": &p.kind, "api_key": &p.key}[name]
		switch next := r.Next(); {
		case to != nil && next == '"':
			*to = r.Text()
		case name == "oauth_credential" && next == '{':
			p.login(r)
		default:
			r.Skip()
		}
	})
}

// login reads {"access_token", "refresh_token", "expiry"}.
func (p *profile) login(r *strictjson.Reader) {
	r.Object(func(name string) {
		to := map[string]*string{"access_token": &p.access, "refresh_token": &p.refresh, "expiry": &p.expires}[name]
		if to == nil || r.Next() != '"' {
			r.Skip()
			return
		}
		*to = r.Text()
	})
}

// take reads what a keyring holds: the API key, or a login as JSON.
func (p *profile) take(text string) {
	if p.kind == "api_key" {
		p.key = text
		return
	}
	r := strictjson.New([]byte(text))
	p.login(r)
	if r.End() != nil {
		p.access, p.refresh, p.expires = "", "", ""
	}
}

// credential is what a profile holds. An API key is a header of Baseten's own
// form.
func (p *profile) credential() (c helper.Credential, reason string) {
	a, err := helper.SplitAddress(cmp.Or(p.remote, remote))
	if err != nil || a.Scheme == "" || a.HasUser || a.Rest != "" || strings.Trim(a.Path, "/") != "" {
		return c, "not a server's address"
	}
	t, err := a.Target(helper.SchemeHTTPS)
	if err != nil || t.Scheme != helper.SchemeHTTPS && t.Scheme != helper.SchemeHTTP {
		return c, "not a server's address"
	}
	switch {
	case p.kind != "api_key" && p.kind != "oauth":
		return c, "a kind of login that is not known"
	case p.kind == "api_key" && p.key == "", p.kind == "oauth" && p.access == "":
		return c, inKeyring
	case helper.HasControl(p.key + p.access + p.refresh):
		return c, "a control character in the secret"
	case p.kind == "api_key":
		c = helper.Foreign(t, helper.User{}, helper.NewSecret(p.key))
		c.Kind, c.Login = helper.Header, ""
		c.Attr = map[string]string{helper.AttrHeader: "Authorization", helper.AttrAuthType: "Api-Key"}
	default:
		c = helper.Foreign(t, helper.User{}, helper.NewSecret(p.access))
		if p.refresh != "" {
			c.Refresh = helper.NewSecret(p.refresh)
		}
		if at, err := time.Parse(time.RFC3339, p.expires); err == nil {
			c.Expiry = at.UTC().Truncate(time.Second)
		}
	}
	c.Profile = p.name
	return c, ""
}
