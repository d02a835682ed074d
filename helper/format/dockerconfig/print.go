package dockerconfig

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/format/dockerhost"
	"keyglot/helper/format/jsonedit"
)

// hubKey is what docker itself calls Docker Hub.
const hubKey = "https://index.docker.io/v1/"

// printed is a member of auths as docker and podman read it.
type printed struct {
	Auth     string `json:"auth"`
	Identity string `json:"identitytoken,omitempty"`
}

// Print returns a file that has the records as its auths and nothing else. What
// it cannot hold is skipped; of two accounts of a server the first counts.
func Print(records []helper.Credential) ([]byte, []helper.Skip) {
	auths, skipped := logins(records)
	data, _ := json.MarshalIndent(map[string]any{"auths": auths}, "", "\t") // texts, checked to be UTF-8: no error
	return append(data, '\n'), skipped
}

// Into returns a file with what Print would write among its auths, in the place
// of what it has for the same servers. All else stays byte for byte.
func Into(file []byte, records []helper.Credential) ([]byte, error) {
	auths, _ := logins(records)
	ours := map[helper.Target]bool{}
	for name := range auths {
		t, _ := dockerhost.Parse(name) // it is one: login has tried
		ours[t] = true
	}
	file, err := Remove(file, func(c helper.Credential) bool {
		_, stays := auths[c.Alias]
		return ours[c.Target] && !stays
	})
	for _, name := range slices.Sorted(maps.Keys(auths)) {
		for _, old := range []string{"auth", "username", "password", "identitytoken", "registrytoken"} {
			if err == nil {
				file, err = jsonedit.Remove(file, "auths", name, old)
			}
		}
		if err == nil {
			file, err = jsonedit.Set(file, auths[name].Auth, "auths", name, "auth")
		}
		if err == nil && auths[name].Identity != "" {
			file, err = jsonedit.Set(file, auths[name].Identity, "auths", name, "identitytoken")
		}
	}
	if err != nil && !errors.Is(err, helper.ErrInvalid) {
		err = fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	}
	return file, err
}

// logins are the auths that hold records.
func logins(records []helper.Credential) (auths map[string]printed, skipped []helper.Skip) {
	auths = map[string]printed{}
	for n, c := range records {
		key, entry, reason := login(c)
		if _, twice := auths[key]; twice && reason == "" {
			reason = "docker's file holds one account of a server"
		}
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: n + 1, Reason: reason})
			continue
		}
		auths[key] = entry
	}
	return auths, skipped
}

func login(c helper.Credential) (key string, entry printed, reason string) {
	user, secret := c.BasicUser(helper.User{}).Name, c.Secret.Reveal()
	switch {
	case c.Kind != helper.Basic && c.Kind != helper.Bearer && c.Kind != helper.Identity:
		return "", entry, "docker's file holds passwords and tokens only"
	case c.Refresh.IsSet() || !c.Expiry.IsZero():
		return "", entry, "docker's file holds no expiry and no refresh token"
	case c.Exact && c.Target.Path != "":
		return "", entry, "docker would use it for more than its own path"
	case c.Kind == helper.Identity:
		entry.Identity = secret
		user, secret = tokenUser, ""
	}
	entry.Auth = base64.StdEncoding.EncodeToString([]byte(user + ":" + secret))
	key, ok := server(c)
	if !ok {
		return "", entry, "docker's file holds servers only"
	}
	back, reason := credential(key, auth{auth: entry.Auth, identity: entry.Identity})
	if reason != "" || !back.Secret.Equal(c.Secret) || back.BasicUser(helper.User{}).Name != user || (back.Kind == helper.Identity) != (c.Kind == helper.Identity) || !utf8.ValidString(user+c.Secret.Reveal()) {
		return "", entry, "docker's file cannot hold its user name or password"
	}
	return key, entry, ""
}

// server is the name of a record's server: docker's own for Docker Hub, else the
// one that a docker tool gave it.
func server(c helper.Credential) (string, bool) {
	t := c.Target
	names := []string{c.Alias, t.Host + "/" + t.Path, t.String()}
	if t.Path == "" {
		names[1] = t.Host
	}
	if t.Scheme == helper.SchemeHTTPS && t.Host == dockerhost.Hub && t.Path == "" {
		names = []string{hubKey}
	}
	for _, name := range names {
		if found, err := dockerhost.Parse(name); err == nil && found == t && !t.Realm().IsWildcard() {
			return name, true
		}
	}
	return "", false
}
