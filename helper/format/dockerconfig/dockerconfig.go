// Package dockerconfig reads the auths of docker's config.json, which podman's
// auth.json shares.
// https://docs.docker.com/reference/cli/docker/login/#default-behavior
package dockerconfig

import (
	"encoding/base64"
	"fmt"
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/dockerhost"
	"keyglot/helper/strictjson"
)

// tokenUser is the user name that marks an identity token.
const tokenUser = "<token>"

// auth is one member of auths. A member that is not there and an empty one are
// the same to docker.
type auth struct{ auth, username, password, identity, registry string }

// Parse reads the auths. Entries whose secret a helper keeps are skipped, and
// of two names of one host both come back. The
// rest of the file is read for nothing but its syntax.
func Parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	p := parser{Reader: strictjson.New(data)}
	p.Object(func(name string) {
		if name != "auths" || p.Next() != '{' {
			p.Skip()
			return
		}
		names := map[string]bool{}
		p.Members(func(server string) {
			p.Once(!names[server])
			names[server] = true
			p.entry(server)
		})
	})
	if err := p.End(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	}
	return p.items, p.skipped, nil
}

type parser struct {
	*strictjson.Reader
	items   []helper.Item
	skipped []helper.Skip
}

func (p *parser) entry(server string) {
	line := p.Line()
	c, reason := credential(server, readAuth(p.Reader))
	if reason != "" {
		p.skipped = append(p.skipped, helper.Skip{Line: line, Reason: reason})
		return
	}
	p.items = append(p.items, helper.Item{Credential: c, Line: line})
}

func readAuth(r *strictjson.Reader) auth {
	var a auth
	if r.Next() != '{' {
		r.Skip()
		return a
	}
	r.Object(func(name string) {
		to := map[string]*string{
			"auth": &a.auth, "username": &a.username, "password": &a.password,
			"identitytoken": &a.identity, "registrytoken": &a.registry,
		}[name]
		if to == nil || r.Next() != '"' {
			r.Skip()
			return
		}
		*to = r.Text()
	})
	return a
}

func credential(server string, a auth) (c helper.Credential, reason string) {
	if a == (auth{}) {
		return c, KeptByHelper
	}
	if a.auth != "" {
		raw, err := base64.StdEncoding.DecodeString(a.auth)
		user, password, ok := strings.Cut(string(raw), ":")
		if err != nil || !ok {
			return c, "auth is not user:password in base64"
		}
		a.username, a.password = user, strings.Trim(password, "\x00")
	}
	switch {
	case a.identity != "":
		return Credential(server, tokenUser, a.identity)
	case a.registry != "":
		return Credential(server, helper.TokenUser, a.registry)
	case a.username == "" || a.password == "":
		return c, "no user name and password"
	}
	return Credential(server, a.username, a.password)
}

// Credential is what docker and its helpers keep for a server under a user
// name, "<token>" for an identity token.
func Credential(server, user, secret string) (c helper.Credential, reason string) {
	t, err := dockerhost.Parse(server)
	switch {
	case err != nil:
		return c, "not a server"
	case user == "":
		return c, "no user name and password"
	case helper.HasControl(user):
		return c, "a control character in the user name"
	}
	c = helper.Foreign(t, helper.Named(user), helper.NewSecret(secret))
	if user == tokenUser {
		c.Kind = helper.Identity
	}
	c.Alias = server
	return c, ""
}
