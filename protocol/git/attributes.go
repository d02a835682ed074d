package git

import (
	"strings"

	"keyglot/helper"
)

// maxLine is the longest line of a single value, its line feed included:
// git-credential(1), INPUT/OUTPUT FORMAT.
const maxLine = 65535

// attributes are the lines of a request, as they came.
type attributes struct {
	protocol, host, path, url field
	user, password            field
	authType, credential      field
	expiry, refresh           field
	ephemeral, unfinished     field
	headers                   bool
	offers                    offers
	cut                       bool
}

// field is a value that may be absent.
type field struct {
	text string
	set  bool
}

// put sets the field. A second value must be the first (GIT-15).
func (f *field) put(text string) bool {
	if f.set {
		return f.text == text
	}
	f.text, f.set = text, true
	return true
}

func (f field) secret() helper.Secret {
	if !f.set {
		return helper.Secret{}
	}
	return helper.NewSecret(f.text)
}

// readAttributes cuts a request into its lines (GIT-12, GIT-13, GIT-15,
// GIT-18, GIT-20).
func readAttributes(text string) (attributes, error) {
	var a attributes
	if strings.IndexByte(text, 0) >= 0 {
		return a, errRefused
	}
	for text != "" {
		line, rest, ended := strings.Cut(text, "\n")
		if key, value, ok := strings.Cut(line, "="); !ok || key == "" || !a.put(key, value, len(line), ended) {
			return a, errRefused
		}
		text, a.cut = rest, !ended
	}
	return a, nil
}

// put takes one line of that length; false refuses the request.
func (a *attributes) put(key, value string, length int, ended bool) bool {
	if ended {
		value = strings.TrimSuffix(value, "\r")
	}
	stray := strings.IndexByte(value, '\r') >= 0
	if strings.HasSuffix(key, "[]") {
		if !stray {
			a.element(key, value)
		}
		return true
	}
	if length >= maxLine {
		return false
	}
	f := a.field(key)
	return f == nil || !stray && f.put(value)
}

// field is the place of a value; nil if the attribute is unknown.
func (a *attributes) field(key string) *field {
	switch key {
	case "protocol":
		return &a.protocol
	case "host":
		return &a.host
	case "path":
		return &a.path
	case "url":
		return &a.url
	case "username":
		return &a.user
	case "password":
		return &a.password
	case "authtype":
		return &a.authType
	case "credential":
		return &a.credential
	case "password_expiry_utc":
		return &a.expiry
	case "oauth_refresh_token":
		return &a.refresh
	case "ephemeral":
		return &a.ephemeral
	case "continue":
		return &a.unfinished
	}
	return nil
}

// element takes one element of an array. An empty one clears what was
// collected.
func (a *attributes) element(key, value string) {
	switch key {
	case "capability[]":
		a.headers = value != "" && (a.headers || value == "authtype")
	case "wwwauth[]":
		if value == "" {
			a.offers = offers{}
			return
		}
		a.offers.add(value)
	}
}
