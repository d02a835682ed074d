package cli

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"keyglot/helper"
)

// claims are what a token says of itself: RFC 7519, section 4.1. Nobody has
// verified them, so that they are for people to look at and for nothing else.
type claims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience audience `json:"aud"`
}

// audience is one name or several: RFC 7519, section 4.1.3.
type audience []string

func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// maxToken is what is looked into at most.
const maxToken = 16 << 10

// claimsOf reads the middle part of a JSON web token; anything else has none.
func claimsOf(c helper.Credential) (none claims) {
	token := c.Secret.Reveal()
	parts := strings.Split(token, ".")
	if c.Kind != helper.Bearer || len(token) > maxToken || len(parts) != 3 {
		return none
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var said claims
	if err != nil || json.Unmarshal(payload, &said) != nil {
		return none
	}
	return said
}

// notVerified is a claim for people, or "".
func notVerified(names ...string) string {
	text := join(", ", names...)
	if text == "" {
		return ""
	}
	return show(text) + " (not verified)"
}
