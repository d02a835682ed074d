package dockerconfig

import (
	"encoding/base64"
	"encoding/json"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/format/dockerhost"
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
	auths := map[string]printed{}
	var skipped []helper.Skip
	for n, c := range records {
		key, entry, reason := member(c)
		if _, twice := auths[key]; twice && reason == "" {
			reason = "docker's file holds one account of a server"
		}
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: n + 1, Reason: reason})
			continue
		}
		auths[key] = entry
	}
	data, _ := json.MarshalIndent(map[string]any{"auths": auths}, "", "\t") // texts, checked to be UTF-8: no error
	return append(data, '\n'), skipped
}

func member(c helper.Credential) (key string, entry printed, reason string) {
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
