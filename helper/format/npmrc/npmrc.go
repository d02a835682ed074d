// Package npmrc reads the registries' logins in a user's .npmrc. Its lines mean
// what npm's reader of INI files takes them for: of two lines of one name the
// last counts, and what follows a section header is not npm's.
// https://docs.npmjs.com/cli/configuring-npm/npmrc
package npmrc

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/linecut"
)

// The names of what makes a login, behind "//host/path/:".
const (
	nameToken    = "_authToken"
	nameAuth     = "_auth"
	nameUser     = "username"
	namePassword = "_password"
)

// registry is what the file says of one.
type registry struct {
	name  string // "//host/path/"
	line  int    // the first
	lines []int
	value map[string]string
	other string // why an entry cannot be taken over
}

// Parse reads all logins. They are taken for https: the file names no scheme.
func Parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	registries, skipped, err := parse(data)
	if err != nil {
		return nil, nil, err
	}
	var items []helper.Item
	for _, r := range registries {
		c, reason := r.credential()
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: r.line, Reason: reason})
			continue
		}
		items = append(items, helper.Item{Credential: c, Line: r.line})
	}
	return items, skipped, nil
}

// Remove returns the file without the lines of the logins that drop names;
// everything else stays byte for byte.
func Remove(data []byte, drop func(helper.Credential) bool) ([]byte, error) {
	items, _, err := Parse(data)
	if err != nil {
		return nil, err
	}
	registries, _, err := parse(data)
	if err != nil {
		return nil, err
	}
	dropped := map[int]bool{}
	for _, i := range items {
		dropped[i.Line] = drop(i.Credential)
	}
	gone := map[int]bool{}
	for _, r := range registries {
		for _, line := range r.lines {
			gone[line] = dropped[r.line]
		}
	}
	return linecut.Drop(data, gone), nil
}

func parse(data []byte) (list []*registry, skipped []helper.Skip, err error) {
	if !utf8.Valid(data) {
		return nil, nil, fmt.Errorf("not UTF-8: %w", helper.ErrInvalid)
	}
	known := map[string]*registry{}
	n := 0
	for text := range strings.Lines(string(data)) {
		n++
		text = strings.TrimSpace(text)
		if text == "" || text[0] == ';' || text[0] == '#' {
			continue
		}
		if text[0] == '[' && strings.IndexByte(text, ']') == len(text)-1 {
			return list, skipped, nil
		}
		key, raw, _ := strings.Cut(text, "=")
		key = plain(key)
		at := strings.LastIndexByte(key, ':')
		name := key[at+1:]
		switch name {
		case nameToken, nameAuth, nameUser, namePassword:
		case "certfile", "keyfile":
			skipped = append(skipped, helper.Skip{Line: n, Reason: "a certificate's file"})
			continue
		default:
			continue // no login
		}
		if at < 0 || !strings.HasPrefix(key, "//") {
			if name != nameUser {
				skipped = append(skipped, helper.Skip{Line: n, Reason: "a login that names no registry"})
			}
			continue
		}
		r := known[key[:at]]
		if r == nil {
			r = &registry{name: key[:at], line: n, value: map[string]string{}}
			known[r.name] = r
			list = append(list, r)
		}
		value := plain(raw)
		if strings.Contains(value, "${") {
			r.other = "a value out of the environment"
		}
		r.lines = append(r.lines, n)
		r.value[name] = value
	}
	return list, skipped, nil
}

// plain is what npm makes of a key or a value: quotes are JSON's, without them
// a ";" or "#" begins a comment unless a backslash stands before it.
func plain(text string) string {
	text = strings.TrimSpace(text)
	if last := len(text) - 1; last > 0 && text[0] == text[last] && (text[0] == '"' || text[0] == '\'') {
		if text[0] == '\'' {
			text = text[1:last]
		}
		var value string
		if json.Unmarshal([]byte(text), &value) == nil {
			return value
		}
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == ';' || c == '#':
			return strings.TrimSpace(b.String())
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`\;#`, text[i+1]) >= 0:
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return strings.TrimSpace(b.String())
}

// credential is the login that npm uses: a token before a pair, as its
// registry client picks them.
func (r *registry) credential() (c helper.Credential, reason string) {
	a, err := helper.SplitAddress(helper.SchemeHTTPS + ":" + r.name)
	if err != nil || a.HasUser || a.Rest != "" {
		return c, "not a registry"
	}
	t, err := a.Target(helper.SchemeHTTPS)
	switch {
	case err != nil || helper.Evasive(t.Path):
		return c, "not a registry"
	case r.other != "":
		return c, r.other
	}
	user, secret, reason := r.login()
	switch {
	case reason != "":
		return c, reason
	case secret == "" || r.value[nameToken] == "" && user == "":
		return c, "no token and no user name with a password"
	case helper.HasControl(user) || helper.HasControl(secret):
		return c, "a control character in the user name or the secret"
	case user == "":
		return helper.Foreign(t, helper.User{}, helper.NewSecret(secret)), ""
	}
	return helper.Foreign(t, helper.Named(user), helper.NewSecret(secret)), ""
}

func (r *registry) login() (user, secret, reason string) {
	if token := r.value[nameToken]; token != "" {
		return "", token, ""
	}
	if auth := r.value[nameAuth]; auth != "" {
		raw, err := base64.StdEncoding.DecodeString(auth)
		user, password, ok := strings.Cut(string(raw), ":")
		if err != nil || !ok || !utf8.Valid(raw) {
			return "", "", "_auth is not user:password in base64"
		}
		return user, password, ""
	}
	raw, err := base64.StdEncoding.DecodeString(r.value[namePassword])
	if err != nil || !utf8.Valid(raw) {
		return "", "", "_password is not base64"
	}
	return r.value[nameUser], string(raw), ""
}
