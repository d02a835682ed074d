package rattler

import (
	"encoding/json"
	"strings"

	"keyglot/helper"
)

// index is what the keyring entry of all keys is named, which is no key.
const index = "__rattler_authentication_hosts"

// Targets are what a keyring's key may mean, whose authentication is not known.
// A bucket is one only if the key says so.
func Targets(key string) []helper.Target {
	kind := helper.Bearer
	switch {
	case key == index:
		return nil
	case strings.HasPrefix(key, "s3://"):
		kind = helper.S3
	}
	list, _ := targets(key, kind)
	return list
}

// targets are what a key of the file means for an authentication of a kind. A
// key has no scheme where https is meant; S3 keys are filed under the bucket.
func targets(key string, kind helper.Kind) (list []helper.Target, reason string) {
	if kind == helper.S3 {
		return bucket(key)
	}
	if base, ok := strings.CutPrefix(key, "*."); ok {
		host, err := helper.ParseHost(helper.SchemeHTTPS, base)
		if err != nil {
			return nil, "not a host or address"
		}
		list = append(list, helper.Target{Scheme: helper.SchemeHTTPS, Host: host})
		if wildcard, err := helper.ParseWildcard(key); err == nil {
			list = append(list, helper.Target{Scheme: helper.SchemeHTTPS, Host: wildcard})
		}
		return list, ""
	}
	a, err := helper.SplitAddress(key)
	if err != nil || a.HasUser || a.Rest != "" || a.Scheme != "" && a.Scheme != helper.SchemeHTTPS && a.Scheme != helper.SchemeHTTP {
		return nil, "not a host or address"
	}
	t, err := a.Target(helper.SchemeHTTPS)
	if err != nil || helper.Evasive(t.Path) {
		return nil, "not a host or address"
	}
	return []helper.Target{t}, ""
}

// bucket repairs the keys that older versions filed S3 keys under: the bucket
// alone, or "*." and its name.
func bucket(key string) (list []helper.Target, reason string) {
	name, prefix, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(key, "s3://"), "*."), "/")
	if len(name) < 3 || len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" ||
		strings.ContainsAny(prefix, "?#\\ ") || helper.HasControl(prefix) || helper.Evasive(prefix) {
		return nil, "not a bucket"
	}
	return []helper.Target{{Scheme: helper.SchemeS3, Host: name, Path: helper.CanonicalPath(prefix)}}, ""
}

// endpoints is the record's attribute of that name: JSON text.
func endpoints(token, revoke string) string {
	data, _ := json.Marshal(struct { // two texts: no error
		Token  string `json:"token"`
		Revoke string `json:"revoke,omitempty"`
	}{token, revoke})
	return string(data)
}

// Print returns the file's text for records. What it cannot hold is skipped.
func Print(records []helper.Credential) ([]byte, []helper.Skip) {
	type pair struct {
		key   string
		value any
	}
	var pairs []pair
	var skipped []helper.Skip
	seen := map[string]bool{}
	for n, c := range records {
		key, reason := keyOf(c.Target)
		value, other := authentication(c)
		switch {
		case reason == "" && other != "":
			reason = other
		case reason == "" && seen[key]:
			reason = "rattler keeps one account for a host"
		}
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: n + 1, Reason: reason})
			continue
		}
		seen[key] = true
		pairs = append(pairs, pair{key, value})
	}
	out := []byte("{")
	for i, p := range pairs {
		if i > 0 {
			out = append(out, ',')
		}
		key, _ := json.Marshal(p.key)
		value, _ := json.Marshal(p.value) // texts and a number, checked to be UTF-8: no error
		out = append(append(append(append(out, "\n  "...), key...), ": "...), value...)
	}
	if len(pairs) > 0 {
		out = append(out, '\n')
	}
	return append(out, "}\n"...), skipped
}

// keyOf is the key of a target. A wildcard covers its base too in rattler, so
// only a file that was written for both may have it.
func keyOf(t helper.Target) (key, reason string) {
	switch {
	case t.Scheme == helper.SchemeS3:
		return t.String(), ""
	case t.Realm().IsWildcard():
		return "", "rattler's wildcards cover the domain itself as well"
	case t.Scheme != helper.SchemeHTTPS:
		return "", "rattler keeps https hosts and buckets only"
	case t.Path != "":
		return "", "rattler keeps hosts, not paths"
	}
	return t.Host, ""
}

func authentication(c helper.Credential) (value map[string]any, reason string) {
	secret, session := c.Secret.Reveal(), c.Extra[extraSession]
	texts := []string{secret, c.User.Name, c.Attr[attrAccessKey], c.Refresh.Reveal(), session.Reveal()}
	if !c.Secret.IsSet() || strings.ToValidUTF8(strings.Join(texts, "\n"), "") != strings.Join(texts, "\n") {
		return nil, "no secret that JSON can hold"
	}
	switch {
	case c.Kind == helper.Conda:
		return map[string]any{"CondaToken": secret}, ""
	case c.Kind == helper.S3:
		keys := map[string]any{"access_key_id": c.Attr[attrAccessKey], "secret_access_key": secret, "session_token": nil}
		if session.IsSet() {
			keys["session_token"] = session.Reveal()
		}
		return map[string]any{"S3Credentials": keys}, ""
	case c.Kind == helper.Basic && c.User.Set && c.User.Name != "":
		return map[string]any{"BasicHTTP": map[string]any{"username": c.User.Name, "password": secret}}, ""
	case c.Kind == helper.Bearer && c.Refresh.IsSet():
		return nil, "a browser login stays with the program that renews it"
	case c.Kind == helper.Bearer:
		return map[string]any{"BearerToken": secret}, ""
	}
	return nil, "rattler has no such kind of authentication"
}
