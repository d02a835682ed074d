// Package pyx reads the tokens.json in which uv keeps the login to pyx: an
// access token, which is a JSON web token of an hour, and a refresh token that
// works once. https://docs.astral.sh/pyx/
package pyx

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/strictjson"
)

// host is the one that the tokens are for.
const host = "api.pyx.dev"

// Parse reads a tokens.json.
func Parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	texts := map[string]string{}
	r := strictjson.New(data)
	r.Object(func(name string) {
		if r.Next() != '"' {
			r.Skip()
			return
		}
		texts[name] = r.Text()
	})
	if err := r.End(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	}
	token, refresh := texts["access_token"], texts["refresh_token"]
	switch {
	case token == "":
		return nil, []helper.Skip{{Line: 1, Reason: "no access token"}}, nil
	case helper.HasControl(token + refresh):
		return nil, []helper.Skip{{Line: 1, Reason: "a control character in a token"}}, nil
	}
	c := helper.Foreign(helper.Target{Scheme: helper.SchemeHTTPS, Host: host}, helper.User{}, helper.NewSecret(token))
	c.Expiry = ends(token)
	if refresh != "" {
		c.Refresh = helper.NewSecret(refresh)
	}
	return []helper.Item{{Credential: c, Line: 1}}, nil, nil
}

// ends is when a JSON web token ends by its own words, which nobody has
// verified: RFC 7519, section 4.1.4.
func ends(token string) (at time.Time) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return at
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return at
	}
	r := strictjson.New(payload)
	r.Object(func(name string) {
		if next := r.Next(); name != "exp" || next < '0' || next > '9' {
			r.Skip()
			return
		}
		at = time.Unix(int64(min(r.Number(), 1<<40)), 0).UTC()
	})
	if r.End() != nil {
		return time.Time{}
	}
	return at
}
