//go:build linux || freebsd

package secretservice

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/visible"
)

// application is who made an item, in the attribute of that name.
const application = "keyglot"

// suffix marks the attribute that holds another one's true value in base64.
// D-Bus carries only UTF-8 without NUL, and KeePassXC's XML no control
// characters.
const suffix = "_b64"

// attributes are what an item shows of its record (STO-62). A false word there
// can hide a record but not forge one: the record in the secret is compared.
func attributes(e helper.Entry) map[string]string {
	a := map[string]string{
		"xdg:schema":  "keyglot.Credential",
		"application": application,
		"id":          e.ID(),
		"user_set":    digit(e.User.Set),
		"exact":       digit(e.Exact),
	}
	for name, text := range map[string]string{
		"realm": e.Target.Realm().String(), "path": e.Target.Path, "username": e.User.Name,
		"profile": e.Profile, "kind": string(e.Kind), "origin": e.Origin, "login": e.Login, "alias": e.Alias,
	} {
		a[name] = fit(text)
		if a[name] != text {
			a[name+suffix] = base64.StdEncoding.EncodeToString([]byte(text))
		}
	}
	return a
}

// entry is the reverse of attributes. It is false for an item that is not
// keyglot's, or whose attributes do not agree with their own id.
func entry(a map[string]string) (helper.Entry, bool) {
	text := func(name string) string {
		if encoded, ok := a[name+suffix]; ok {
			text, _ := base64.StdEncoding.DecodeString(encoded)
			return string(text)
		}
		return a[name]
	}
	scheme, host, _ := strings.Cut(text("realm"), "://")
	e := helper.Entry{
		Key: helper.Key{
			Profile: text("profile"),
			Target:  helper.Target{Scheme: scheme, Host: host, Path: text("path")},
			User:    helper.User{Name: text("username"), Set: a["user_set"] == "1"},
		},
		Known: true, Kind: helper.Kind(text("kind")), Exact: a["exact"] == "1",
		Origin: text("origin"), Login: text("login"), Alias: text("alias"),
	}
	return e, a["application"] == application && a["id"] == e.ID()
}

// ofRealm and ofKey are what is searched for.
func ofRealm(r helper.Realm) map[string]string {
	return map[string]string{"application": application, "realm": fit(r.String())}
}

func ofKey(k helper.Key) map[string]string {
	return map[string]string{"application": application, "id": k.ID()}
}

// shows reports whether an item shows everything that it should. Services add
// attributes of their own.
func shows(have, want map[string]string) bool {
	for name, value := range want {
		if have[name] != value {
			return false
		}
	}
	return true
}

// label is what people see of an item.
func label(k helper.Key) string {
	text := k.Target.String()
	if k.Target.Scheme == helper.SchemeHTTPS {
		text = strings.TrimPrefix(text, "https://")
	}
	if k.User.Name != "" {
		text = k.User.Name + "@" + text
	}
	return application + ": " + visible.Text(text)
}

func digit(set bool) string {
	if set {
		return "1"
	}
	return "0"
}

// fit returns text without what cannot be an attribute.
func fit(text string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff {
			return utf8.RuneError
		}
		return r
	}, text)
}
